"""Drawings of models: every layer once, every tensor an arrow, nothing on top of anything else."""

import importlib
import re
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="the tests stand in no checkout")

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        yield importlib.import_module("docs.model_drawing")


@pytest.fixture(scope="module")
def model():
    """A model with two branches, a shortcut and a slice."""
    import keras

    inputs = keras.Input((6, 3), name="window")
    left = keras.layers.Dense(4, activation="relu", name="left")(inputs)
    right = keras.layers.GRU(4, return_sequences=True, name="right")(inputs)
    x = keras.layers.Add(name="sum")([left, right])
    x = keras.layers.Dropout(0.5, name="dropout")(x)
    x = keras.layers.Add(name="shortcut")([x, left])
    return keras.Model(inputs, keras.layers.Identity(name="end")(x[:, -2:]))


def boxes(svg: str) -> list[tuple[float, float, float, float]]:
    rects = ET.fromstring(svg).findall(f"{SVG}rect")[1:]  # the first one is the background
    return [tuple(float(rect.get(key)) for key in ("x", "y", "width", "height")) for rect in rects]


def test_nodes_have_settings_weights_shapes_and_parents(drawing, model):
    nodes = {node.label or node.kind: node for node in drawing.read_nodes(model)}

    assert next(iter(nodes)) == "window"
    assert set(nodes) == {"window", "left", "right", "sum", "dropout", "shortcut", "GetItem", "end"}
    assert (nodes["left"].kind, nodes["left"].settings) == ("Dense", "units=4, activation=relu")
    assert nodes["left"].weights == 3 * 4 + 4
    assert nodes["right"].shape == "(batch, 6, 4)"
    assert nodes["dropout"].settings == "rate=0.5"
    assert nodes["shortcut"].parents == ("dropout", "left")
    assert (nodes["GetItem"].settings, nodes["GetItem"].shape) == ("x[:, -2:]", "(batch, 2, 4)")


def test_masks_and_what_computes_them_are_left_out(drawing):
    import keras

    tokens = keras.Input((None,), dtype="int32", name="tokens")
    x = keras.layers.Embedding(9, 2, mask_zero=True, name="embedding")(tokens)
    model = keras.Model(tokens, keras.layers.GRU(3, name="gru")(x))

    nodes = drawing.read_nodes(model)
    assert [(node.label, node.parents) for node in nodes] == [
        ("tokens", ()),
        ("embedding", ("tokens",)),
        ("gru", ("embedding",)),
    ]
    assert [node.shape for node in nodes] == ["(batch, time)", "(batch, time, 2)", "(batch, 3)"]


def test_every_layer_is_a_box_and_every_tensor_an_arrow(drawing, model):
    svg = drawing.draw_model(model, "a <title>")
    tree = ET.fromstring(svg)

    assert tree.find(f"{SVG}title").text == "a <title>"
    assert len(boxes(svg)) == 8
    assert len(tree.findall(f"{SVG}path")) == 9
    texts = ["".join(text.itertext()) for text in tree.findall(f"{SVG}text")]
    for shown in ("Denseleft", "units=4, activation=relu", "16 weights", "(batch, 6, 3)"):
        assert texts.count(shown) == 1


def test_boxes_neither_overlap_nor_leave_the_drawing(drawing, model):
    svg = drawing.draw_model(model, "title")
    _, _, width, height = map(float, ET.fromstring(svg).get("viewBox").split())

    for x, y, w, h in boxes(svg):
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
    for (x, y, w, h), (x2, y2, w2, h2) in combinations(boxes(svg), 2):
        assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


def test_shortcut_passes_the_boxes_between_on_the_right(drawing, model):
    svg = drawing.draw_model(model, "title")
    (around,) = re.findall(r'<path d="M[\d.]+ [\d.]+ H([\d.]+)', svg)
    assert float(around) > max(x + w for x, _, w, _ in boxes(svg))


def test_same_model_built_again_gives_the_same_drawing(drawing):
    from seqkit.recipes.autoregression import build_model
    from seqkit.spec import Spec

    first, second = (drawing.draw_model(build_model(Spec.series(steps=5, features=2)), "title") for _ in range(2))
    assert first == second
