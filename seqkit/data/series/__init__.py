"""A regular table as a model reads it: scaling, calendar terms, windows, chronological splits."""
