"""Statistics shared by the tasks: ridge regression, paired tests and the paired bootstrap."""
