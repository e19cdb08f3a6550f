"""Run directories: written atomically, locked during training, and read as untrusted data."""
