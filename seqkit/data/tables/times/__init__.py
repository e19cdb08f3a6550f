"""Reads the times of a table: formats, periods, clocks, numbers that write dates, and what is wrong with them."""
