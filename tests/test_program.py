"""The program's end: at once, but with nothing left undone."""

import subprocess
import sys

import pytest

PROGRAM = """
import atexit, sys
import seqkit.__main__ as program
from seqkit import cli

class Slow:
    def __del__(self):
        sys.__stdout__.write("taken to pieces ")

def main():
    atexit.register(print, "tidied up")
    sys.stdout.write("written ")
    program.slow = Slow()
    {end}

cli.main = main
program.run()
"""


@pytest.mark.parametrize(("end", "code"), [("sys.exit(0)", 0), ("sys.exit()", 0), ("sys.exit(3)", 3)])
def test_the_process_ends_at_once_with_its_code_its_output_and_what_was_left_to_do_at_exit(end, code):
    ended = subprocess.run([sys.executable, "-c", PROGRAM.format(end=end)], capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert ended.stdout == "written tidied up\n"
    assert ended.stderr == ""


@pytest.mark.parametrize(
    ("end", "message"), [("sys.exit('what is wrong')", "what is wrong\n"), ("raise ValueError('a defect')", "a defect")]
)
def test_what_nobody_caught_is_shown_and_fails(end, message):
    ended = subprocess.run([sys.executable, "-c", PROGRAM.format(end=end)], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert message in ended.stderr
    assert "tidied up" in ended.stdout
