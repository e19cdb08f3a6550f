"""Tags of the rows of series, such as the states of a machine: the part of the task `tag` that reads numbers."""
