"""Feeds: training and validation batches, one type of example per file."""
