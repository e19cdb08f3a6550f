"""Optimizers that update only the embedding rows that a batch uses."""
