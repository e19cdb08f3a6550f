"""Model inputs from a regular table: scaling, calendar features, windows, chronological splits."""
