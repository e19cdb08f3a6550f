"""Data loading and preparation: tables, validation, windows, text and downloads.

Nothing here depends on tasks, models or runs.
"""
