"""Benchmarks against other libraries; `python -m benchmarks` lists them, from a checkout.

They print tables and assert nothing. They are not installed, and no test runs them in full.
"""
