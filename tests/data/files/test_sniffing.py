"""Detection of the kind of data from a file's first bytes."""

import gzip
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.files.sniffing import kind_of
from tests.archives import tarred, zipped


def array() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, text=np.zeros(3), label=np.zeros(3))
    return buffer.getvalue()


CASES = [
    ("x.csv", b"ds,y\n2020-01-01,1\n", "table"),
    ("x.csv", b"unique_id,ds,y\na,2020-01-01,1\n", "table"),
    ("x.csv", b"ds,y,comment\n2020-01-01,1,holiday\n", "table"),
    ("x.csv", b"date,target,class\n2020-01-01,1,2\n", "table"),
    ("x.csv", b"text,time\n", "table"),
    ("x.csv", b"", "table"),
    ("x.csv", b"\n\n", "table"),
    ("x.csv", b"1,2\n3,4\n", "table"),
    ("x.csv", b"text,label\n", "texts"),
    ("x.csv", b"\xef\xbb\xbfText , LABEL\r\n", "texts"),
    ("x.csv", b'"review";"n";"sentiment"\n"a\nb";1;pos\n', "texts"),
    ("x.txt", "id\tdocument\tlabel\n1\t나쁘다\t0\n".encode(), "texts"),
    ("x.csv", "text,label\n나쁘다,0\n".encode("cp949"), "texts"),
    ("x.csv", "text,label\n나쁘다,0\n".encode("utf-16"), "texts"),
    ("x.csv.gz", gzip.compress(b"text,label\na,b\n", mtime=0), "texts"),
    ("x.csv.gz", gzip.compress(b"ds,y\na,b\n", mtime=0), "table"),
    ("x.csv.gz", b"\x1f\x8bdamaged", "table"),
    ("x.csv", b"text,label\n" + b"a" * 100_000, "texts"),
    ("x.jsonl", b"", "texts"),
    ("x.ndjson.gz", gzip.compress(b"\n", mtime=0), "texts"),
    ("x.txt", b' {"a": 1}\n', "texts"),
    ("x.txt", b'[\n {"a": 1}]', "texts"),
    ("x.txt", b"__label__a text\n", "texts"),
    ("x.txt", b"no label\n__label__a text\n", "texts"),
    ("x.ts", b"", "series"),
    ("x.txt", b"@problemName x\n", "series"),
    ("x", tarred({}, tarfile.TarInfo("pos")), "texts"),
    ("x.tgz", gzip.compress(tarred({}, tarfile.TarInfo("pos")), mtime=0), "texts"),
    ("x.tar.gz", b"\x1f\x8bdamaged", "texts"),
    ("x.zip", zipped({"pos/1.txt": b"x"}), "texts"),
    ("x.xlsx", zipped({"[Content_Types].xml": b"x"}), "table"),
    ("x.npz", array(), "table"),
    ("x.parquet", b"PAR1damaged", "table"),
]


@pytest.mark.parametrize(("name", "content", "kind"), CASES)
def test_kind_is_detected_by_content_and_suffix(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    assert kind_of(str(path)) == kind == kind_of(path)


@pytest.mark.parametrize(("columns", "kind"), [(("ds", "y"), "table"), (("text", "label"), "texts")])
def test_kind_of_parquet_is_detected_by_columns(tmp_path, columns, kind):
    path = tmp_path / "x.parquet"
    pd.DataFrame([["a", 1]], columns=columns).to_parquet(path)
    assert kind_of(str(path)) == kind


def test_folder_contains_texts(tmp_path):
    assert kind_of(str(tmp_path)) == "texts"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("-", "table"),
        ("", "table"),
        ("no such file.csv", "table"),
        ("no such file.ts", "series"),
        ("no such file.zip", "texts"),
        ("x" * 5000, "table"),
        ("a\0b", "table"),
    ],
)
def test_unreadable_source_is_a_table_unless_its_name_says_otherwise(source, kind):
    assert kind_of(source) == kind


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert kind_of(str(tmp_path / "pipe")) == "table"  # and does not wait for somebody to write


def test_nothing_slow_is_imported_and_only_the_head_is_read(tmp_path):
    path = tmp_path / "x.csv"
    with path.open("wb") as file:
        file.write(b"text,label\n")
        file.truncate(1 << 40)  # a file with a hole: its end cannot be reached in any time
    program = (
        "import sys\nfrom seqkit.data.files.sniffing import kind_of\nprint(kind_of(sys.argv[1]))\n"
        "print(sorted({'numpy', 'pandas', 'pyarrow', 'keras', 'tarfile', 'zipfile', 'json'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(seqkit.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["texts", "[]"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("imdb/aclImdb_v1.tar.gz", "texts"),
        ("nsmc/ratings_test.txt", "texts"),
        ("ucr_basicmotions/BasicMotions_TRAIN.ts", "series"),
        ("etth1/ETTh1.csv", "table"),
        ("air_passengers/AirPassengers.csv", "table"),
        ("bike_sharing/hour.csv", "table"),
        ("m4_hourly/Hourly-train.csv", "table"),
        ("mnist/mnist.npz", "table"),
        ("sst/train.txt", "table"),
        ("jena_weather_2020/weather.csv", "table"),
    ],
)
def test_kind_of_public_files(requires_data, path, kind):
    assert kind_of(str(requires_data(path))) == kind
