"""Statistics shared by the tasks: ridge regression and paired tests."""
