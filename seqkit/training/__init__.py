"""Training: from a recipe and data to a finished run. Nothing here is needed to use one."""
