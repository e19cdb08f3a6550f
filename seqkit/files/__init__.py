"""Writing files atomically, and arrays that are checked before they are read."""
