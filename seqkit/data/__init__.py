"""Data before it is a model's input: reading tables, finding what is wrong with them, windows, text, downloads.

Nothing here knows of tasks, models or runs.
"""
