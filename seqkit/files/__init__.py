"""Atomic file writes, and reading of untrusted arrays."""
