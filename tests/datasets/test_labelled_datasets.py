"""Labelled datasets: small files of their formats in a cache, and counts of the real ones."""

import hashlib
import importlib
import zipfile
from collections import Counter
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from seqkit.data.labelled.examples import find_examples
from seqkit.errors import DataError
from seqkit.tasks.classify.series import prepare_series
from seqkit.tasks.classify.texts import prepare_texts
from seqkit.tasks.embed.inference import vectors_of
from tests.archives import tarred

imdb = importlib.import_module("seqkit.datasets.imdb")
nsmc = importlib.import_module("seqkit.datasets.nsmc")

SERIES = {  # training and test series, shortest and longest, channels, and the number of each class in either part
    "BasicMotions": (40, 40, 100, 100, 6, [10] * 4, [10] * 4),
    "ItalyPowerDemand": (67, 1029, 24, 24, 1, [34, 33], [513, 516]),
    "JapaneseVowels": (270, 370, 7, 29, 12, [30] * 9, [31, 35, 88, 44, 29, 24, 40, 50, 29]),
    "SyntheticControl": (300, 300, 60, 60, 1, [50] * 6, [50] * 6),
}


def ucr(name: str) -> ModuleType:
    return importlib.import_module(f"seqkit.datasets.ucr_{name.lower()}")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache without downloads."""
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path))
    return tmp_path


def archive_of(texts: dict[str, str]) -> bytes:
    """Returns a .tar.gz of files by name."""
    return tarred({f"aclImdb/{name}": text.encode() for name, text in texts.items()}, mode="w:gz")


FILMS = {
    "README": "Large Movie Review Dataset v1.0",
    "train/neg/0_2.txt": "Dull.<br /><br />Very dull.",
    "train/neg/1_1.txt": "Awful",
    "train/pos/0_9.txt": "A café, filmed well",
    "train/pos/1_7.txt": "Good",
    "train/unsup/0_0.txt": "Whatever",
    "train/unsup/1_0.txt": "Who knows",
    "train/urls_neg.txt": "http://www.imdb.com/title/tt0064354/usercomments",
    "train/labeledBow.feat": "9 0:9 1:1",
    "test/neg/0_2.txt": "Bad",
    "test/neg/1_3.txt": "Poor",
    "test/pos/0_10.txt": "Great",
    "test/pos/1_8.txt": "Lovely",
}


def put_films(cache: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache / "imdb").mkdir()
    (cache / "imdb" / "aclImdb_v1.tar.gz").write_bytes(content)
    monkeypatch.setattr(imdb, "_TEXTS", 2)


def test_film_reviews_are_read_from_an_archive_with_the_original_layout(cache: Path, monkeypatch) -> None:
    put_films(cache, archive_of(FILMS), monkeypatch)
    reviews = {tuple(row) for row in imdb.load()[["part", "label", "text"]].itertuples(index=False)}
    expected = {(*name.split("/")[:2], text) for name, text in FILMS.items() if name.count("/") == 2}
    assert reviews == {row for row in expected if row[1] != "unsup"}
    assert len(reviews) == 8


def test_wrong_number_of_film_reviews_is_refused(cache: Path, monkeypatch) -> None:
    lacking = {name: text for name, text in FILMS.items() if name != "test/pos/1_8.txt"}
    put_films(cache, archive_of(lacking), monkeypatch)
    with pytest.raises(DataError) as refusal:
        imdb.load()
    assert "2 in train/neg, 2 in train/pos, 2 in test/neg, 1 in test/pos, expected 2 texts in each" in str(
        refusal.value
    )
    assert "Delete it to download it again" in str(refusal.value)


@pytest.mark.parametrize("damage", [lambda content: content[:-60], lambda _: b"no archive at all"])
def test_damaged_archive_of_film_reviews_is_refused(cache: Path, monkeypatch, damage) -> None:
    put_films(cache, damage(archive_of(FILMS)), monkeypatch)
    with pytest.raises(DataError, match="it is damaged or not an archive"):
        imdb.load()


def test_real_film_reviews_are_counted_by_folder(requires_data, monkeypatch) -> None:
    path = requires_data("imdb/aclImdb_v1.tar.gz")
    monkeypatch.setattr(imdb, "_TEXTS", 12_499)
    with pytest.raises(DataError) as refusal:
        imdb._check(path)
    counts = "12,500 in train/neg, 12,500 in train/pos, 12,500 in test/neg, 12,500 in test/pos"
    assert str(refusal.value) == f"it has {counts}, expected 12,499 texts in each."


KOREAN = {
    "train": 'id\tdocument\tlabel\n1\t"최고\t1\n2\t\t0\n3\t그저 그런 "영화"\t0\n4\t좋다\t1\n',
    "test": "id\tdocument\tlabel\n5\t별로다\t0\n6\t재밌다\t1\n",
}


def put_korean(cache: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> None:
    (cache / "nsmc").mkdir()
    for part, text in files.items():
        (cache / "nsmc" / f"ratings_{part}.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(nsmc, "_ROWS", {"train": 4, "test": 2})


def test_korean_reviews_keep_quotes_and_empty_texts(cache: Path, monkeypatch) -> None:
    put_korean(cache, monkeypatch, KOREAN)
    frame = nsmc.load()
    assert frame["text"].tolist() == ['"최고', "", '그저 그런 "영화"', "좋다", "별로다", "재밌다"]
    assert frame["label"].tolist() == ["pos", "neg", "neg", "pos", "neg", "pos"]
    assert frame["part"].tolist() == ["train"] * 4 + ["test"] * 2
    assert frame["id"].tolist() == ["1", "2", "3", "4", "5", "6"]


def test_modified_korean_files_are_noted(cache: Path, monkeypatch) -> None:
    put_korean(cache, monkeypatch, KOREAN)
    notes = nsmc.load().attrs["notes"]
    assert [note for note in notes if "published" in note] == [
        f"ratings_{part}.txt differs from the published file: do not compare scores with published ones"
        for part in KOREAN
    ]
    published = {part: hashlib.sha256(text.encode()).hexdigest() for part, text in KOREAN.items()}
    monkeypatch.setattr(nsmc, "_SHA256", published)
    assert not [note for note in nsmc.load().attrs["notes"] if "published" in note]


@pytest.mark.parametrize(
    ("part", "change", "complaint"),
    [
        ("train", lambda text: text.replace("4\t좋다\t1\n", ""), "it has 3 rows of id, document, label, expected 4 of"),
        ("test", lambda text: text.replace("document", "text"), "it has 2 rows of id, text, label, expected 2 of"),
        ("test", lambda text: text.replace("별로다\t0", "별로다\t2"), "it has the label '2', expected 0 and 1"),
    ],
)
def test_invalid_korean_file_is_refused(cache: Path, monkeypatch, part: str, change, complaint: str) -> None:
    put_korean(cache, monkeypatch, KOREAN | {part: change(KOREAN[part])})
    with pytest.raises(DataError) as refusal:
        nsmc.load()
    assert complaint in str(refusal.value) and f"ratings_{part}.txt is not the expected file" in str(refusal.value)


def test_real_korean_reviews_are_complete(requires_data) -> None:
    path = requires_data("nsmc/ratings_test.txt")
    frame = nsmc._load("test")
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    assert len(frame) == len(lines) == 50_000
    signs = Counter(line.rpartition("\t")[2] for line in lines)
    assert Counter(frame["label"]) == {"neg": signs["0"], "pos": signs["1"]}
    is_published = hashlib.sha256(path.read_bytes()).hexdigest() == nsmc._SHA256["test"]
    assert any("differs from the published file" in note for note in frame.attrs["notes"]) != is_published


@pytest.mark.parametrize("name", SERIES)
def test_series_match_the_docstring(name: str, requires_data) -> None:
    requires_data(f"ucr_{name.lower()}/{name}_TEST.ts")
    training, test, shortest, longest, channels, in_training, in_test = SERIES[name]
    frame = ucr(name).load()
    assert Counter(frame["part"]) == {"train": training, "test": test}
    lengths = frame["series"].map(len)
    assert (lengths.min(), lengths.max()) == (shortest, longest)
    assert {series.shape[1] for series in frame["series"]} == {channels}
    for part, expected in (("train", in_training), ("test", in_test)):
        assert frame["label"][frame["part"] == part].value_counts().sort_index().tolist() == expected
    assert frame.attrs["source"] == f"ucr_{name.lower()}" and len(frame.attrs["channels"]) == channels
    assert f"{training + test:,} " in (ucr(name).__doc__ or "")


@pytest.mark.parametrize(("name", "error"), [("ItalyPowerDemand", 0.0447), ("SyntheticControl", 0.12)])
def test_nearest_neighbour_error_equals_the_archives(name: str, error: float, requires_data) -> None:
    requires_data(f"ucr_{name.lower()}/{name}_TEST.ts")
    frame = ucr(name).load()
    training_part, test_part = frame[frame["part"] == "train"], frame[frame["part"] == "test"]
    x, held_out = (np.stack([series[:, 0] for series in part["series"]]) for part in (training_part, test_part))
    distances = ((held_out[:, None] - x) ** 2).sum(axis=2)
    nearest = training_part["label"].to_numpy()[distances.argmin(axis=1)]
    assert np.mean(nearest != test_part["label"].to_numpy()) == pytest.approx(error, abs=5e-5)


@pytest.mark.parametrize("name", SERIES)
def test_only_the_series_are_unpacked_from_the_archive(name: str, cache: Path) -> None:
    folder = cache / f"ucr_{name.lower()}"
    folder.mkdir()
    header = "@problemName x\n@timeStamps false\n@univariate true\n@classLabel true a b\n@data\n"
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr(f"{name}/{name}_TRAIN.ts", header + "1,2,3:a\n4,5,6:b\n")
        archive.writestr(f"{name}/{name}_TEST.ts", header + "7,8,9:a\n")
        archive.writestr(f"{name}/{name}_TRAIN.arff", "@relation x\n")
    frame = ucr(name).load()
    assert frame[["label", "part"]].to_numpy().tolist() == [["a", "train"], ["b", "train"], ["a", "test"]]
    assert [series.tolist() for series in frame["series"]][2] == [[7.0], [8.0], [9.0]]
    assert {path.name for path in folder.iterdir()} == {f"{name}.zip", f"{name}_TRAIN.ts", f"{name}_TEST.ts"}


def test_protocol_of_film_reviews_splits_training_and_keeps_test(cache: Path, monkeypatch) -> None:
    places = [f"{part}/{label}/{i}_1.txt" for part in ("train", "test") for label in ("neg", "pos") for i in range(10)]
    films = {place: f"Seen at {place}" for place in places}
    put_films(cache, archive_of(films), monkeypatch)
    monkeypatch.setattr(imdb, "_TEXTS", 10)
    state, splits = carried_out(imdb, imdb.load())
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (18, 2, 20)
    assert state.classes == ("neg", "pos")


@pytest.mark.parametrize("name", SERIES)
def test_protocol_of_series_splits_training_and_keeps_test(name: str, requires_data) -> None:
    requires_data(f"ucr_{name.lower()}/{name}_TEST.ts")
    training, test, shortest, longest, channels, in_training, _ = SERIES[name]
    state, splits = carried_out(ucr(name), ucr(name).load())
    assert len(splits.test) == test and len(splits.train) == len(splits.folds) == training
    _, parts = carried_out(ucr(name), ucr(name).load(), folds=0)
    assert len(parts.test) == test and len(parts.train) + len(parts.validation) == training
    assert len(parts.validation) == pytest.approx(training / 4, abs=len(in_training) / 2)
    assert (state.spec.steps, len(state.channels)) == (longest if longest == shortest else None, channels)


def carried_out(module: ModuleType, frame: pd.DataFrame, **options):
    """Returns state and parts that the protocol of a set makes of its frame."""
    prepare = partial(prepare_texts, vectors_of=vectors_of) if module.KIND == "texts" else prepare_series
    return prepare(find_examples(frame), **{**module.PROTOCOL, **options})
