"""Where the tests find what lies in the checkout."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
"""The checkout."""

GOLDEN = ROOT / "tests" / "golden"
"""Finished runs as they were written when their format was new, a folder to a format."""
FORMAT_1 = GOLDEN / "format-1"
