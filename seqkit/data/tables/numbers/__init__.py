"""Reads the numbers of a table: separators, signs, codes for missing values, and what is wrong with them."""
