"""Statistics that several tasks share: ridge regression, paired tests."""
