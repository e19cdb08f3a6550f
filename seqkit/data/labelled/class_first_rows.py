"""Parses text files with a series in each line, its class first: the TSV and TXT files of the UCR archive."""

from __future__ import annotations

import numpy as np

from seqkit.data.labelled.class_first_lines import class_first_cells, is_whole_number
from seqkit.data.labelled.parsed_series import ParsedSeries
from seqkit.data.labelled.series_values import number_or_nan
from seqkit.errors import DataError


def parse_class_first(lines: list[str], name: str) -> ParsedSeries:
    """Returns the series of a file; a class that is a whole number loses its decimals.

    Args:
        lines: Lines of the file, of which `looks_like_class_first` recognises the first ones.
        name: Name of the file in messages.

    Raises:
        DataError: A line has no values, or a value is not a number.
    """
    series, labels, numbers = [], [], []
    for number, line in enumerate(lines, start=1):
        cells = class_first_cells(line)
        if not cells:
            continue
        if len(cells) < 2:
            raise DataError(
                f"{name}: line {number:,} has a class but no values. Write each line as class, value, value."
            )
        values = []
        for step, cell in enumerate(cells[1:], start=1):
            try:
                values.append(number_or_nan(cell))
            except ValueError as error:
                raise DataError(
                    f"{name}: line {number:,}, value {step:,} is {cell[:40]!r}, expected a number: the file has no "
                    "header, so each line is a series after its class. Fix it, or name the columns in a header."
                ) from error
        series.append(np.array(values)[:, None])
        labels.append(str(int(float(cells[0]))) if is_whole_number(cells[0]) else cells[0])
        numbers.append(number)
    return ParsedSeries(series, labels, numbers, ("dim_0",), ["no header: each line is a series after its class"])
