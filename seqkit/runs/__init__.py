"""The run directory: written atomically, locked, and read as a stranger's data."""
