"""Importing Keras: garbage is not looked for meanwhile, and is afterwards as before."""

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_is_collected_after_the_import_if_it_was_before_and_never_meanwhile(tmp_path, enabled):
    (tmp_path / "keras.py").write_text("import gc; print(gc.isenabled())\n")  # The time of the import is its own.
    (tmp_path / "tensorflow.py").write_text("class config:\n    list_logical_devices = print\n")
    program = (
        f"import gc; gc.{'enable' if enabled else 'disable'}()\n"
        "from seqkit.training.keras_import import import_keras\n"
        "import_keras(); print(gc.isenabled())"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", str(enabled)]
