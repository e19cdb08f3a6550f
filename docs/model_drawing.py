"""Drawings of Keras models as SVG: one box per layer, one arrow per tensor.

Reads the graph from the model's public configuration; needs neither Graphviz nor a browser.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    import keras

SETTINGS = (
    "units", "filters", "kernel_size", "pool_size", "num_heads", "key_dim", "activation", "rate", "dropout",
    "recurrent_dropout", "weight_dropout", "window", "negative", "pool",
)  # fmt: skip
"""Settings of a layer worth showing, in this order."""

IMPLIED = (None, 0, 0.0, "linear", "tanh")
"""Values of settings that say nothing: off, or what everyone expects."""

COLOURS = {
    "recurrent": ("#dbeafe", "#2563eb"),
    "convolution": ("#dcfce7", "#16a34a"),
    "dense": ("#ffedd5", "#ea580c"),
    "attention": ("#f3e8ff", "#9333ea"),
    "embedding": ("#fce7f3", "#db2777"),
    "ends": ("#e5e7eb", "#4b5563"),
    "other": ("#ffffff", "#9ca3af"),
}
"""Fill and outline of the boxes, by what a layer does."""

FAMILIES = {
    "SimpleRNN": "recurrent",
    "LSTM": "recurrent",
    "GRU": "recurrent",
    "RecurrentDropoutGRU": "recurrent",
    "RecurrentDropoutLSTM": "recurrent",
    "Bidirectional": "recurrent",
    "RNN": "recurrent",
    "MaskedConv1D": "convolution",
    "MaskedMaxPooling1D": "convolution",
    "MaskedGlobalMaxPooling1D": "convolution",
    "OneHotConvMax": "convolution",
    "Dense": "dense",
    "MultiHeadAttention": "attention",
    "Attention": "attention",
    "Embedding": "embedding",
    "WordEmbedding": "embedding",
    "SkipGram": "embedding",
    "BagOfWords": "embedding",
    "InputLayer": "ends",
}

BOX, GAP, MARGIN = 46, 32, 16
"""Heights of a box and of the space below it, and the width of the border, in pixels."""

FONT = 'font-family="Roboto, Helvetica, Arial, sans-serif"'


@dataclass(frozen=True)
class Node:
    """One layer or operation of a model.

    Attributes:
        name: Its name in the model.
        kind: Its class, such as "GRU".
        label: Name to show; "" for an operation, whose name is a counter.
        settings: Settings to show, such as "units=32".
        weights: Number of its weights.
        shape: Shape of its output, such as "(batch, 120, 20)".
        parents: Names of the nodes whose outputs it reads.
    """

    name: str
    kind: str
    label: str
    settings: str
    weights: int
    shape: str
    parents: tuple[str, ...]


def draw_model(model: "keras.Model", title: str) -> str:
    """Returns a drawing of a functional model, inputs on top.

    Args:
        model: A functional Keras model.
        title: What a screen reader says, in plain text.
    """
    return draw_nodes(read_nodes(model), title)


def read_nodes(model: "keras.Model") -> list[Node]:
    """Returns the layers and operations of a functional model, each after those it reads.

    Masks, and the operations that only compute them, are left out.
    """
    config = model.get_config()
    configurations = {layer["name"]: layer for layer in config["layers"]}
    ends = config["output_layers"]
    nodes = []
    for operation in model.operations:
        configuration = configurations[operation.name]
        arguments = [
            [call["args"], [value for name, value in call["kwargs"].items() if not name.endswith("mask")]]
            for call in configuration["inbound_nodes"]
        ]
        is_layer = hasattr(operation, "count_params")
        nodes.append(
            Node(
                name=operation.name,
                kind=configuration["class_name"],
                label=operation.name if is_layer else "",
                settings=_settings(configuration, arguments),
                weights=operation.count_params() if is_layer else 0,
                shape=_shape(_first(operation.output).shape),
                parents=tuple(dict.fromkeys(_tensors(arguments))),
            )
        )
    needed = {ends[0]} if isinstance(ends[0], str) else {end[0] for end in ends}  # one output, or several
    for node in reversed(nodes):
        if node.name in needed:
            needed |= set(node.parents)
    return [node for node in nodes if node.name in needed]


def draw_nodes(nodes: Sequence[Node], title: str) -> str:
    """Returns a drawing of a graph.

    Args:
        nodes: Each after those it reads.
        title: What a screen reader says, in plain text.
    """
    rows: dict[str, int] = {}
    for node in nodes:
        rows[node.name] = max((rows[parent] + 1 for parent in node.parents), default=0)
    boxes = _place(nodes, rows)
    aside = max(x + width for x, _, width in boxes.values()) + 22
    skips = [(p, n.name) for n in nodes for p in n.parents if rows[n.name] - rows[p] > 1]
    labels = [boxes[node.name][0] + boxes[node.name][2] / 2 + 8 + 6.2 * len(node.shape) for node in nodes]
    total_width = max(aside + 10 * bool(skips) if skips else aside - 22, *labels) + MARGIN
    total_height = max(y for _, y, _ in boxes.values()) + BOX + 24 + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total_width:.0f} {total_height:.0f}" '
        f'width="{total_width:.0f}" height="{total_height:.0f}" role="img" {FONT}>',
        f"<title>{escape(title)}</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0.5 L8 4 L0 7.5 Z" fill="#6b7280"/></marker></defs>',
        f'<rect width="{total_width:.0f}" height="{total_height:.0f}" rx="8" fill="#ffffff"/>',
    ]
    for node in nodes:
        for parent in node.parents:
            ends = boxes[parent], boxes[node.name]
            path = _around(*ends, aside) if (parent, node.name) in skips else _straight(*ends)
            parts.append(f'<path d="{path}" fill="none" stroke="#6b7280" stroke-width="1.4" marker-end="url(#tip)"/>')
    for node in nodes:
        parts += _box(node, boxes[node.name])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _place(nodes: Sequence[Node], rows: dict[str, int]) -> dict[str, tuple[float, float, float]]:
    """Returns left edge, top edge and width of each box: a row of the drawing is centred."""
    widths = {node.name: _width(node) for node in nodes}
    by_row: dict[int, list[str]] = {}
    for node in nodes:
        by_row.setdefault(rows[node.name], []).append(node.name)
    span = {row: sum(widths[n] for n in names) + 24 * (len(names) - 1) for row, names in by_row.items()}
    places: dict[str, tuple[float, float, float]] = {}
    for row, names in by_row.items():
        x = MARGIN + (max(span.values()) - span[row]) / 2
        for name in names:
            places[name] = (x, MARGIN + row * (BOX + GAP), widths[name])
            x += widths[name] + 24
    return places


def _width(node: Node) -> float:
    first = 7.4 * len(node.kind) + 5.9 * len(node.label) + 5.5 * len(_weights(node)) + 26
    return max(170, first + 24, 5.8 * len(node.settings) + 24)


def _box(node: Node, place: tuple[float, float, float]) -> list[str]:
    x, y, width = place
    fill, outline = COLOURS[FAMILIES.get(node.kind, "other")]
    middle = y + (BOX / 2 + 4.5 if not node.settings else 19)
    texts = [
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BOX}" rx="6" fill="{fill}" stroke="{outline}" '
        'stroke-width="1.3"/>',
        f'<text x="{x + 12:.1f}" y="{middle:.1f}" font-size="13" fill="#111827">'
        f'<tspan font-weight="600">{escape(node.kind)}</tspan>'
        + (f'<tspan dx="8" font-size="12" fill="#4b5563">{escape(node.label)}</tspan>' if node.label else "")
        + "</text>",
    ]
    if node.weights:
        texts.append(
            f'<text x="{x + width - 12:.1f}" y="{middle:.1f}" font-size="11" fill="#4b5563" text-anchor="end">'
            f"{_weights(node)}</text>"
        )
    if node.settings:
        texts.append(
            f'<text x="{x + 12:.1f}" y="{y + 36:.1f}" font-size="11.5" fill="#374151">{escape(node.settings)}</text>'
        )
    texts.append(
        f'<text x="{x + width / 2 + 8:.1f}" y="{y + BOX + 18:.1f}" font-size="11" fill="#4b5563" '
        f'stroke="#ffffff" stroke-width="4" paint-order="stroke">{escape(node.shape)}</text>'
    )
    return texts


def _weights(node: Node) -> str:
    return f"{node.weights:,} weights" if node.weights else ""


def _straight(start: tuple[float, float, float], end: tuple[float, float, float]) -> str:
    """Returns a path from the bottom of one box to the top of another."""
    (x, y, width), (to_x, to_y, to_width) = start, end
    x, y, to_x = x + width / 2, y + BOX, to_x + to_width / 2
    half = (y + to_y) / 2
    return f"M{x:.1f} {y:.1f} C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"


def _around(start: tuple[float, float, float], end: tuple[float, float, float], aside: float) -> str:
    """Returns a path from the right side of one box, past those between, to the right side of another."""
    (x, y, width), (to_x, to_y, to_width) = start, end
    x, y, to_x, to_y = x + width, y + BOX / 2 + 6, to_x + to_width, to_y + BOX / 2 - 6
    bend = min(10.0, aside - x, aside - to_x)
    return (
        f"M{x:.1f} {y:.1f} H{aside - bend:.1f} Q{aside:.1f} {y:.1f} {aside:.1f} {y + bend:.1f} "
        f"V{to_y - bend:.1f} Q{aside:.1f} {to_y:.1f} {aside - bend:.1f} {to_y:.1f} H{to_x:.1f}"
    )


def _settings(configuration: dict[str, Any], arguments: list[Any]) -> str:
    """Returns the settings of a layer, or what an operation picks out of a tensor."""
    config = configuration["config"]
    if configuration["class_name"] == "GetItem":
        (_, picked), _ = arguments[0]
        return f"x[{', '.join(map(_index, picked if isinstance(picked, (list, tuple)) else [picked]))}]"
    if configuration["class_name"] == "Bidirectional":
        inner = config["layer"]
        return f"{inner['class_name']}, forward and backward: {_settings(inner, [])}"
    shown = {name: config[name] for name in SETTINGS if name in config}
    if "kernel_size" in shown and isinstance(shown["kernel_size"], (list, tuple)):
        (shown["kernel_size"],) = shown["kernel_size"]
    return ", ".join(f"{name}={value}" for name, value in shown.items() if value not in IMPLIED or name == "rate")


def _first(outputs: Any) -> Any:
    """Returns the output of a layer; of several, such as a sequence and the last states, the first."""
    return outputs[0] if isinstance(outputs, (list, tuple)) else outputs


def _index(item: Any) -> str:
    if isinstance(item, dict) and item["class_name"] == "__slice__":
        item = item["config"]
        start, stop = ("" if item[end] is None else str(item[end]) for end in ("start", "stop"))
        return f"{start}:{stop}"
    return str(item)


def _shape(shape: Sequence[int | None]) -> str:
    names = ["batch" if not axis else "time" if size is None else str(size) for axis, size in enumerate(shape)]
    return f"({', '.join(names)})"


def _tensors(arguments: Any) -> Iterator[str]:
    """Yields the names of the nodes that arguments come from, however deep they are nested."""
    if isinstance(arguments, dict):
        if arguments.get("class_name") == "__keras_tensor__":
            yield arguments["config"]["keras_history"][0]
            return
        arguments = list(arguments.values())
    if isinstance(arguments, (list, tuple)):
        for argument in arguments:
            yield from _tensors(argument)
