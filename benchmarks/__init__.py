"""Measurements, each beside what it is to be compared with: `python -m benchmarks` from a checkout lists them.

They print tables and assert nothing; they are not installed, and no test runs them.
"""
