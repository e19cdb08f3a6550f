"""Models of a stranger: an ONNX file opens no other file and takes no memory without end; Keras imports nothing."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import seqkit
from seqkit.errors import DataError

ENDS = (
    [helper.make_tensor_value_info("window", TensorProto.FLOAT, ["batch", 6, 16])],
    [helper.make_tensor_value_info("forecast", TensorProto.FLOAT, ["batch", 3, 1])],
)
FLAT = [
    helper.make_node("ReduceSum", ["window"], ["sum"], keepdims=1),
    helper.make_node("Mul", ["sum", "zero"], ["nil"]),
]


def model(nodes: list[Any], constants: list[Any], **more: Any) -> bytes:
    """A model with the inputs and outputs of the golden run's: zeros of the right shape in `base`, and more nodes."""
    shape = numpy_helper.from_array(np.array([3, 1], np.int64), "tail")
    zero = numpy_helper.from_array(np.zeros(1, np.float32), "zero")
    first = [
        helper.make_node("Shape", ["window"], ["size"], start=0, end=1),
        helper.make_node("Concat", ["size", "tail"], ["whole"], axis=0),
        helper.make_node("Expand", ["zero", "whole"], ["base"]),
    ]
    graph = helper.make_graph([*first, *nodes], "g", *ENDS, [shape, zero, *constants], **more)
    content = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    return bytes(content)


def constant(name: str, *values: int) -> Any:
    return numpy_helper.from_array(np.array(values, np.int64), name)


def elsewhere(location: str) -> Any:
    tensor = TensorProto(name="secret", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", "0"), ("length", "4")):
        tensor.external_data.add(key=key, value=value)
    return tensor


def reading(location: str) -> bytes:
    return model([helper.make_node("Add", ["base", "secret"], ["forecast"])], [elsewhere(location)])


def gathering(location: str) -> bytes:
    """Of a tensor that no optimisation looks at."""
    nodes = [
        helper.make_node("Gather", ["secret", "first"], ["chosen"]),
        helper.make_node("Add", ["base", "chosen"], ["forecast"]),
    ]
    return model(nodes, [elsewhere(location), constant("first", 0)])


def within(location: str) -> bytes:
    """In a constant of a branch of a loop, and not among the weights."""
    inner = helper.make_graph(
        [helper.make_node("Constant", [], ["out"], value=elsewhere(location))],
        "inner",
        [],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1])],
    )
    nodes = [
        helper.make_node("Cast", ["one"], ["yes"], to=TensorProto.BOOL),
        helper.make_node("If", ["yes"], ["chosen"], then_branch=inner, else_branch=inner),
        helper.make_node("Add", ["base", "chosen"], ["forecast"]),
    ]
    return model(nodes, [constant("one", 1)])


def swap(run: Path, content: bytes, say: Callable[..., None]) -> None:
    """Puts a model into a run, with its hash."""
    (run / "model.onnx").write_bytes(content)
    known = hashlib.sha256(content).hexdigest()
    say(run / "run.json", lambda manifest: manifest["model"].update(onnx_sha256=known))


def test_handmade_model_predicts(ask, runs, say):
    """The models below are rejected for what they do, not for how they are made."""
    swap(runs / "forecast", model([helper.make_node("Identity", ["base"], ["forecast"])], []), say)
    assert len(ask("forecast", "forecast", code=0)[1].splitlines()) == 4


@pytest.mark.parametrize("make", [reading, gathering, within])
@pytest.mark.parametrize("location", ["here", "../outside/secret", "absolute", "runs/../here", "/dev/zero"])
def test_model_with_external_data_raises_before_it_is_loaded(ask, runs, say, outside, monkeypatch, make, location):
    (runs / "here").write_bytes(np.float32(4711).tobytes())
    opened_by: list[object] = []
    monkeypatch.setattr("onnxruntime.InferenceSession", lambda *given, **named: opened_by.append(given))
    swap(runs / "forecast", make(str(outside / "secret") if location == "absolute" else location), say)
    _, text = ask("forecast", "forecast", code=5)
    assert "refers to external data" in text
    assert not opened_by


def test_redundant_length_bytes_do_not_hide_external_data(ask, runs, say, outside):
    plain = reading("../outside/secret")
    entry = b"\x0a\x08location"
    assert plain.count(entry) == 1
    for tag, length in ((b"\x8a\x00", b"\x08"), (b"\x0a", b"\x88\x00"), (b"\x8a\x80\x00", b"\x88\x80\x80\x00")):
        swap(runs / "forecast", plain.replace(entry, tag + length + b"location"), say)
        assert "refers to external data" in ask("forecast", "forecast", code=5)[1]


def test_model_in_ort_format_raises(ask, runs, say):
    import onnxruntime

    (runs / "plain.onnx").write_bytes(model([helper.make_node("Identity", ["base"], ["forecast"])], []))
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(runs / "own.ort")
    options.add_session_config_entry("session.save_model_format", "ORT")
    onnxruntime.InferenceSession(str(runs / "plain.onnx"), options)
    swap(runs / "forecast", (runs / "own.ort").read_bytes(), say)
    assert "in another format" in ask("forecast", "forecast", code=5)[1]


def swollen(count: int, *, by_the_input: bool) -> bytes:
    """Fills an array of so many numbers when it is run, or while it is opened."""
    number = [helper.make_node("Mul", ["size", "count"], ["many"])] if by_the_input else []
    fill = helper.make_node(
        "ConstantOfShape", ["many" if by_the_input else "count"], ["filled"],
        value=numpy_helper.from_array(np.ones(1, np.float32)),
    )  # fmt: skip
    nodes = [
        *number,
        fill,
        helper.make_node("ReduceSum", ["filled"], ["sum"], keepdims=0),
        helper.make_node("Add", ["base", "sum"], ["forecast"]),
    ]
    return model(nodes, [constant("count", count)])


@pytest.mark.parametrize("count", [10**12, 10**18])
@pytest.mark.parametrize("by_the_input", [False, True])
def test_model_that_allocates_too_much_memory_raises(ask, runs, say, count, by_the_input):
    swap(runs / "forecast", swollen(count, by_the_input=by_the_input), say)
    assert "The model of the run fails" in ask("forecast", "forecast", code=5)[1]


def test_models_may_allocate_half_of_the_memory(runs, say):
    """Runs in a new process that sees a small machine, because the limit is set only once."""
    swap(runs / "forecast", swollen(10**8, by_the_input=True), say)  # 400 MB
    program = (
        "import os, seqkit, sys\n"
        "own = os.sysconf\n"
        "os.sysconf = lambda name: int(sys.argv[1]) // 4096 if name == 'SC_PHYS_PAGES' else own(name)\n"
        "try: print(len(seqkit.load('forecast').forecast()))\n"
        "except seqkit.errors.DataError as error: print(error)\n"
    )
    for memory, said in ((500_000_000, "The model of the run fails"), (2_000_000_000, "3")):
        command = [sys.executable, "-c", program, str(memory)]
        done = subprocess.run(command, cwd=runs, capture_output=True, text=True, check=True)
        assert said in done.stdout


def test_model_with_an_undeclared_output_shape_raises(ask, runs, say):
    more = [
        helper.make_node("Concat", ["base", "base"], ["twice"], axis=0),
        helper.make_node("Identity", ["twice"], ["forecast"]),
    ]
    swap(runs / "forecast", model(more, []), say)
    assert "returned the shape (2, 3, 1), expected (1, 3, 1)" in ask("forecast", "forecast", code=5)[1]


def test_model_that_fails_at_run_time_raises(ask, runs, say):
    nodes = [
        helper.make_node("Mul", ["size", "seven"], ["seventh"]),
        helper.make_node("Reshape", ["base", "seventh"], ["odd"]),
        helper.make_node("Add", ["odd", "base"], ["forecast"]),
    ]
    swap(runs / "forecast", model(nodes, [constant("seven", 7)]), say)
    assert "The model of the run fails" in ask("forecast", "forecast", code=5)[1]


@pytest.mark.parametrize("operator", ["EPContext", "NoSuchOperator"])
def test_unknown_operator_raises(ask, runs, say, operator):
    node = helper.make_node(operator, ["base"], ["forecast"], domain="com.microsoft")
    content = onnx.load_from_string(model([node], []))
    content.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    swap(runs / "forecast", content.SerializeToString(), say)
    assert "is damaged: ONNX Runtime cannot load it" in ask("forecast", "forecast", code=5)[1]


# Keras, which only a person loads a run's model with, as the README has it.

LOAD = """
import sys
import keras
import seqkit.layers
for name in sys.argv[1:]:
    try:
        keras.models.load_model(name)
    except Exception as error:
        print("refused", error)
    else:
        print("loaded")
"""


def changed(path: Path, change: Callable[[Any], object]) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(path) as own, zipfile.ZipFile(content, "w") as other:
        for member in own.infolist():
            text = own.read(member)
            if member.filename == "config.json":
                config = json.loads(text)
                change(config["config"]["layers"][-1])
                text = json.dumps(config).encode()
            other.writestr(member.filename, text)
    path.write_bytes(content.getvalue())


def test_keras_safe_mode_rejects_code_and_foreign_modules(runs, tmp_path):
    import base64
    import marshal

    canary = tmp_path / "canary"
    code = base64.b64encode(marshal.dumps((lambda x: Path(str(canary)).touch()).__code__)).decode()
    (runs / "evil.py").write_text(f"open({str(canary)!r}, 'w')\nclass Layer: pass\n")
    attacks: dict[str, Callable[[Any], object]] = {
        "plain": lambda layer: None,
        "lambda": lambda layer: layer.update(
            module="keras.layers", class_name="Lambda", registered_name=None,
            config={"name": "x", "function": {"class_name": "__lambda__", "config": {"code": code, "defaults": None}}},
        ),
        "function": lambda layer: layer.update(
            module="os", class_name="system", config={"command": f"touch {canary}"}, registered_name=None
        ),
        "builtin": lambda layer: layer.update(
            module="builtins", class_name="exec", config=f"open({str(canary)!r}, 'w')", registered_name="exec"
        ),
        "module": lambda layer: layer.update(
            module="evil", class_name="Layer", config={}, registered_name="evil>Layer"
        ),
    }  # fmt: skip
    names = []
    for name, change in attacks.items():
        names.append(str(runs / f"{name}.keras"))
        Path(names[-1]).write_bytes((runs / "forecast" / "model.keras").read_bytes())
        changed(Path(names[-1]), change)
    command = [sys.executable, "-c", LOAD, *names]
    done = subprocess.run(command, cwd=runs, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = [line.split()[0] for line in done.stdout.splitlines() if line.startswith(("loaded", "refused"))]
    assert said == ["loaded", *["refused"] * 4]
    assert "potential risk of arbitrary code execution" in done.stdout
    assert not canary.exists()
    page = Path(seqkit.__file__).parent.parent / "docs" / "how-to" / "python.md"
    if page.is_file():  # what is tested here is what the page says to do
        assert "import seqkit.layers" in page.read_text(encoding="utf-8")
        assert "keras.models.load_model(" in page.read_text(encoding="utf-8")


def test_model_of_another_run_raises_in_python(runs):
    (runs / "forecast" / "model.onnx").write_bytes(reading("x"))
    with pytest.raises(DataError, match="not the file that training wrote"):
        seqkit.load(runs / "forecast")
