"""Hash of labelled rows, by which a run recognises its training data."""

import hashlib

from seqkit.data.series.table import fingerprint
from seqkit.data.tagged_series.rows import LabelledRows


def fingerprint_rows(rows: LabelledRows) -> str:
    """Returns a hash of a table's series, times, columns, labels and parts; equal data give equal hashes."""
    digest = hashlib.sha256(fingerprint(rows.table, rows.table.columns).encode())
    digest.update(repr(rows.names).encode() + rows.labels.astype("<i8").tobytes())
    if rows.parts is not None:
        digest.update(repr(rows.parts.tolist()).encode())
    return digest.hexdigest()
