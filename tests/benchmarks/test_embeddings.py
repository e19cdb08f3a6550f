"""The benchmark of word vectors: what it writes, and what it makes of figures. Nothing is measured here."""

from importlib.metadata import PackageNotFoundError
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from seqkit.errors import MissingExtraError, SeqkitError, UsageError
from tests.paths import ROOT

pytestmark = pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="not in a checkout")


@pytest.fixture(scope="module")
def embeddings(load) -> ModuleType:
    return load("embeddings")


@pytest.fixture(scope="module")
def tables(load) -> ModuleType:
    return load("vector_tables")


def figures(speed: float, analogies: float | None = 0.5, likeness: float | None = 0.25) -> dict:
    return {
        "seed": 0, "words_per_second": speed, "training_words_per_second": 2 * speed, "vocabulary_seconds": None,
        "seconds": 10.0, "cpu_seconds": 20.0, "peak_bytes": 300_000_000, "semantic": 0.75, "syntactic": analogies,
        "analogies": analogies, "wordsim353": likeness, "questions": [3, 4], "pairs": [1, 2], "vocabulary": 7,
    }  # fmt: skip


def result(ours: list[dict], peer: list[dict], recipe: str = "skipgram") -> dict:
    left_out = ("peak_bytes", "cpu_seconds", "words_per_second", "training_words_per_second")
    counted = {key: value for key, value in figures(1.0).items() if key not in left_out}
    trained = {recipe: {"seqkit": ours, "gensim": peer}}
    return {"corpus": "toy", "lines": 2, "words": 1234, "trained": trained, "counted": counted}


def hand_out(monkeypatch: pytest.MonkeyPatch, embeddings: ModuleType, frames: dict) -> None:
    """Lets the benchmark find these frames as its datasets."""

    class Dataset:
        def __init__(self, name: str) -> None:
            self.name = name

        def load(self) -> SimpleNamespace:
            return SimpleNamespace(load=lambda: frames[self.name])

    monkeypatch.setattr(embeddings, "find_dataset", Dataset)


def begin_nothing(*_) -> None:
    pytest.fail("a measurement was begun")


def cells(text: str, row: str) -> list[str]:
    """Returns the cells of the table's row that begins so."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {row}")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_ratio_is_that_of_the_medians_with_the_range_over_seeds(tables):
    ours, peer = ([figures(speed) for speed in speeds] for speeds in ((10, 20, 60), (10, 40, 5)))
    text = tables.corpus_text(result(ours, peer))

    assert text.startswith(
        "**toy**: 1,234 words in 2 lines, 7 with a vector; 3 of 4 questions and 1 of 2 pairs are known\n\n"
    )
    assert cells(text, "seqkit")[:6] == [
        "seqkit", "skipgram", "20.0 (10.0–60.0)", "2.00× (0.500–12.0)", "40.0 (20.0–120)", "2.00× (0.500–12.0)",
    ]  # fmt: skip
    assert cells(text, "gensim")[:6] == ["gensim", "skipgram", "10.0 (5.00–40.0)", "", "20.0 (10.0–80.0)", ""]


def test_scores_are_means_with_ranges_and_counted_vectors_have_no_speed(tables):
    ours = [figures(1.0, 0.25, 0.1), figures(1.0, 0.5, 0.2), figures(1.0, 1.0, 0.9)]
    text = tables.corpus_text(result(ours, ours))

    assert cells(text, "seqkit")[6:10] == [
        "75.0% (75.0%–75.0%)", "58.3% (25.0%–100.0%)", "58.3% (25.0%–100.0%)", "0.400 (0.100–0.900)",
    ]  # fmt: skip
    assert cells(text, "seqkit")[10:] == ["300 (300–300)", "10.0 (10.0–10.0)", "20.0 (20.0–20.0)", "–"]
    assert cells(text, "PPMI")[1:] == ["", "", "", "", "", "75.0%", "50.0%", "50.0%", "0.250", "", "10.0", "", "–"]


@pytest.mark.parametrize(
    ("recipe", "ours", "speed", "analogies", "likeness"),
    [
        ("skipgram", figures(20.0), "at least 2×: met", "at least 50.0%: met", "at least 0.250: met"),
        ("skipgram", figures(19.0, 0.4), "at least 2×: missed", "at least 50.0%: missed", "at least 0.250: met"),
        ("cbow", figures(10.0, 0.6, 0.2), "at least 1×: met", "at least 50.0%: met", "at least 0.250: missed"),
        ("cbow", figures(9.0, None), "at least 1×: missed", "at least 50.0%: not defined", "at least 0.250: met"),
    ],
)
def test_targets_are_speed_by_recipe_and_scores_of_the_peer(tables, recipe, ours, speed, analogies, likeness):
    actual = tables.targets_of(result([ours], [figures(10.0)], recipe))
    assert [each["target"] for each in actual] == [speed, analogies, likeness]
    assert actual[0]["name"] == f"toy, {recipe}: words/s"


def test_report_contains_all_figures_and_missed_targets(tables):
    report = tables.vector_report([result([figures(19.0)], [figures(10.0)])], notes=["A note."])

    assert cells(report.text, "toy, skipgram: words/s") == ["toy, skipgram: words/s", "1.90×", "at least 2×: missed"]
    assert report.text.endswith("\n\nOne seed.\nA note.")
    assert report.content["results"][0]["trained"]["skipgram"]["seqkit"][0]["words_per_second"] == 19.0
    assert [each["met"] for each in report.content["targets"]] == [False, True, True]


def test_corpus_is_written_in_lower_case_with_one_document_per_line(embeddings, tmp_path, monkeypatch):
    import pandas

    frames = {"imdb": ["It's <br /><br />GREAT, 10/10!", "...", "Bad."], "wikitext2": ["A @-@ B\tc"]}
    hand_out(monkeypatch, embeddings, {name: pandas.DataFrame({"text": texts}) for name, texts in frames.items()})
    written = {name: embeddings.write_corpus(name, tmp_path / name) for name in frames}

    assert (tmp_path / "imdb").read_text("utf-8") == "it's great 10 10\nbad\n"
    assert (tmp_path / "wikitext2").read_text("utf-8") == "a @-@ b c\n"
    assert written == {"imdb": {"lines": 2, "words": 5}, "wikitext2": {"lines": 1, "words": 4}}

    assert embeddings.write_corpus("imdb", tmp_path / "cut", 1) == {"lines": 1, "words": 4}


def test_vectors_with_different_vocabularies_raise(embeddings, tmp_path):
    for name, words in (("a", "one two"), ("b", "one three")):
        rows = "".join(f"{word} {row} 1\n" for row, word in enumerate(words.split()))
        (tmp_path / name).write_text(f"2 2\n{rows}", encoding="utf-8")

    with pytest.raises(SeqkitError, match=r"not the same \(2, 2 words\)"):
        embeddings.scores_of(tmp_path / "a", tmp_path / "b")


def test_grammar_sections_are_syntactic_and_others_semantic(embeddings, monkeypatch):
    import pandas

    frames = {
        "questions_words": pandas.DataFrame(
            [["family", "a", "b", "c", "d"], ["gram1-x", "a", "b", "c", "e"], ["gram1-x", "a", "b", "c", "gone"]],
            columns=["section", "a", "b", "c", "d"],
        ),
        "wordsim353": pandas.DataFrame({"word": ["a", "a"], "other": ["b", "gone"], "score": [1.0, 2.0]}),
    }

    hand_out(monkeypatch, embeddings, frames)
    vectors = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [-1, 0, 0]], np.float32)
    actual = embeddings._scores(["a", "b", "c", "d", "e"], vectors)

    assert (actual["semantic"], actual["analogies"]) == (1.0, 0.5)
    assert (actual["syntactic"], actual["questions"]) == (0.0, [2, 3])
    assert (actual["wordsim353"], actual["pairs"], actual["vocabulary"]) == (None, [1, 2], 5)


@pytest.mark.parametrize("installed", [None, "4.3.3", "3.8"])
def test_missing_or_old_gensim_raises_with_the_remedy(embeddings, monkeypatch, installed):
    def version(name):
        if installed is None:
            raise PackageNotFoundError(name)
        return installed

    monkeypatch.setattr(embeddings, "version", version)
    monkeypatch.setattr(embeddings, "_in_new_process", begin_nothing)
    with pytest.raises(MissingExtraError, match=r'pip install "gensim>=4\.4"'):
        embeddings.run()


def test_unknown_corpus_suggests_similar_names(embeddings, monkeypatch):
    monkeypatch.setattr(embeddings, "version", lambda name: "4.10.0")
    monkeypatch.setattr(embeddings, "_in_new_process", begin_nothing)
    with pytest.raises(UsageError, match=r"no corpus 'wikitext' here\. Did you mean 'wikitext2'"):
        embeddings.run(corpora="imdb,wikitext")
