"""The operations of the Python API, for any task: train, resume, evaluate, compare, load."""
