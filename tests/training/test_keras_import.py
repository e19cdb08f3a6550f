"""`import_keras` disables garbage collection during the import and restores it afterwards."""

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT


@pytest.mark.parametrize("enabled", [True, False])
def test_import_disables_garbage_collection_and_restores_it(tmp_path, enabled):
    (tmp_path / "keras.py").write_text("import gc; print(gc.isenabled())\n")  # Stands in for Keras.
    (tmp_path / "tensorflow.py").write_text("class config:\n    list_logical_devices = print\n")
    program = (
        f"import gc; gc.{'enable' if enabled else 'disable'}()\n"
        "from seqkit.training.keras_import import import_keras\n"
        "import_keras(); print(gc.isenabled())"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", str(enabled)]


def test_many_networks_in_one_process_are_trained_without_advice_on_compiling():
    code = (
        "from seqkit.training.keras_import import import_keras\n"
        "import_keras()\n"
        "import tensorflow as tf\n"
        "for _ in range(8):\n"
        "    @tf.function\n"
        "    def double(x): return 2 * x\n"
        "    double(tf.constant(1.0))\n"
        "tf.get_logger().warning('another warning')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "retracing" not in done.stderr and "another warning" in done.stderr
