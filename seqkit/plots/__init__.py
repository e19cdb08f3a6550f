"""Plotting: the shared figure style, fonts for any script, and label placement."""
