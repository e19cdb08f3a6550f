"""Batches for training, one form of example a file."""
