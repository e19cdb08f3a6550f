"""Draws how surprising each token of a text is, as a page of HTML that needs nothing else."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from seqkit.files.atomic import write_bytes

MAX_TOKENS = 3000
"""Tokens that are drawn at most: a long page is not read."""

MAX_BITS = 8.0
"""Surprise that gets the darkest colour; more looks the same."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 16px/1.7 system-ui, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #111827; }}
h1 {{ font-size: 1.15em; }}
p.key {{ font-size: 0.85em; color: #4b5563; }}
p.text {{ white-space: pre-wrap; }}
span {{ border-radius: 2px; }}
</style>
<h1>{title}</h1>
<p class="key">The darker a token, the less the model expected it: {key}; point at a token for its bits.</p>
<p class="text">{text}</p>
</html>
"""


def surprise(tokens: Sequence[str], nats: np.ndarray, *, title: str, path: Path) -> None:
    """Writes the first `MAX_TOKENS` tokens of a text, each shaded by its surprise.

    Args:
        tokens: The tokens as text, with the blanks between them.
        nats: −log probability of each token, of shape (tokens,).
        title: Heading of the page.
        path: The file.
    """
    bits = nats[:MAX_TOKENS] / np.log(2)
    text = "".join(
        f'<span title="{value:.1f}" style="background: {_colour(value)}">{escape(token)}</span>'
        for token, value in zip(tokens[:MAX_TOKENS], bits, strict=True)
    )
    key = ", ".join(
        f'<span style="background: {_colour(value)}">&nbsp;{value:g} bit{"s" * (value != 1)}&nbsp;</span>'
        for value in (1, 2, 4, MAX_BITS)
    )
    write_bytes(path, _PAGE.format(title=escape(title), key=key, text=text).encode("utf-8", "replace"))


def _colour(bits: float) -> str:
    """Returns a colour from transparent to orange; text stays readable on each."""
    return f"rgba(234, 88, 12, {min(bits / MAX_BITS, 1) * 0.75:.2f})"
