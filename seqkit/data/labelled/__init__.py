"""Labelled examples, texts or whole series: reading, finding labels, splits."""
