"""Classify: which label a whole text or a whole series carries."""
