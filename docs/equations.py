"""Turns the equations of a page into MathML, which browsers draw without a script; MkDocs runs it as a hook."""

import html
import re
from typing import Any

ARITHMATEX = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)
"""An equation as `pymdownx.arithmatex` writes it: within a line, or on its own."""


def on_page_content(content: str, **_: Any) -> str:
    """Returns the HTML of a page with MathML in place of LaTeX."""
    from latex2mathml.converter import convert

    def mathml(match: re.Match[str]) -> str:
        tag, bracket, latex = match.groups()
        latex = latex.replace("{aligned}", "{align*}")  # of the two, the converter knows the latter
        display = "block" if bracket == "[" else "inline"
        return f'<{tag} class="equation">{convert(html.unescape(latex).strip(), display=display)}</{tag}>'

    return ARITHMATEX.sub(mathml, content)
