"""Training of word vectors that goes on from those of a run or a file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.text.subwords import Subwords
from seqkit.data.text.tokenizer import TextTokenizer
from seqkit.data.vectors.formats import WordVectors, write_vectors
from seqkit.errors import DataError, SeqkitError
from seqkit.progress import Callbacks
from seqkit.tasks.embed.inference import KeyedVectors, NgramVectors
from seqkit.tasks.embed.start import Source, start_from
from seqkit.training.checkpoints import Checkpoints
from seqkit.workflows.train import resume

STANDING = {"learning_rate": 1e-12}
"""So small a step that vectors stay where they start."""

TEXT = "the cat saw the bird\nthe bird saw a newt\n" * 30


def trained(out: Path, text: str = TEXT, recipe: str = "skipgram", **options):
    lines = pd.DataFrame({"text": text.strip().split("\n")})
    return seqkit.train(
        recipe, lines, out=out, **{"epochs": 1, "min_count": 1, "sample": 0.0, "negative": 2.0, **options}
    )


@pytest.fixture
def pets(tmp_path) -> str:
    """A GloVe file with three words of the text and two others."""
    rng = np.random.default_rng(0)
    words = ["the", "dog", "cat", "bird", "ferret"]
    write_vectors(WordVectors(words, rng.normal(0, 0.5, (5, 6)).astype(np.float32)), tmp_path / "pets.txt", "glove")
    return str(tmp_path / "pets.txt")


@pytest.mark.parametrize("recipe", ["skipgram", "cbow"])
def test_known_words_start_at_their_vectors_new_ones_at_random_and_others_are_kept(recipe, tmp_path, pets):
    seen: list[str] = []
    callbacks = Callbacks(on_message=seen.append)
    run = trained(tmp_path / "run", recipe=recipe, vectors=pets, callbacks=callbacks, **STANDING)
    assert (
        f"vectors: 3 of 6 words start where {pets} has them, 3 new ones start at random; 2 words that the text lacks "
        "are kept"
    ) in seen
    start, vectors = seqkit.load(pets), seqkit.load(run.path)
    assert vectors.index_to_key == ["the", "bird", "saw", "a", "cat", "newt", "dog", "ferret"]
    assert vectors.counts.tolist() == [90, 60, 60, 30, 30, 30, 0, 0]
    for word in ("the", "bird", "cat"):
        np.testing.assert_allclose(vectors[word], start[word], atol=1e-6)
    for word in ("dog", "ferret"):
        np.testing.assert_array_equal(vectors[word], start[word])
    new = vectors[["saw", "a", "newt"]]
    assert (np.abs(new) <= 0.5 / 6 + 1e-6).all() and len(np.unique(new)) == 18
    state = run.manifest.task_state
    assert (state["vocabulary"], state["kept"], state["dim"]) == (8, 2, 6)


def test_training_goes_on_from_a_run_with_its_context_vectors(tmp_path):
    first = trained(tmp_path / "first", "the cat saw the dog\n" * 40, dim=5)
    second = trained(tmp_path / "second", vectors=str(first.path), **STANDING)
    old, new = (np.load(run.path / "context.npy") for run in (first, second))
    old_rows, new_rows = (seqkit.load(run.path).key_to_index for run in (first, second))
    assert old.shape == (4, 5) and new.shape == (7, 5) and old.any(axis=1).all()
    for word in ("the", "cat", "saw", "dog"):
        np.testing.assert_allclose(new[new_rows[word]], old[old_rows[word]], atol=1e-6)
    assert np.abs(new[new_rows["bird"]]).max() < 1e-6
    # The context vectors of another kind of layer do not fit, and start at zero, except those of kept words.
    other = trained(tmp_path / "other", recipe="cbow", vectors=str(first.path), **STANDING)
    assert np.abs(np.load(other.path / "context.npy")).max() < 1e-6
    third = trained(tmp_path / "third", vectors=str(second.path), epochs=2)
    assert seqkit.load(third.path).index_to_key[-1] == "dog"
    np.testing.assert_array_equal(np.load(third.path / "context.npy")[-1], new[-1])


def test_first_steps_move_given_vectors_little(tmp_path):
    first = seqkit.train("skipgram", "demo_royalty", out=tmp_path / "first", sentences=3000)
    second = seqkit.train(
        "skipgram", "demo_royalty", out=tmp_path / "second", sentences=3000, epochs=1, vectors=str(first.path)
    )
    old, new = seqkit.load(first.path), seqkit.load(second.path)
    cosines = [
        np.dot(old[word], new[word]) / np.linalg.norm(old[word]) / np.linalg.norm(new[word])
        for word in old.index_to_key
    ]
    assert np.mean(cosines) > 0.95
    loss = [pd.read_csv(run.path / "history.csv")["loss"] for run in (first, second)]
    assert loss[1][0] < loss[0][0] - 0.5


def test_composed_vectors_and_ngrams_start_where_they_were(tmp_path):
    sizes = {"subwords": "2-3", "buckets": 40, "dim": 5}
    first = trained(tmp_path / "first", "the cat saw the dog\n" * 40, **sizes)
    second = trained(tmp_path / "second", vectors=str(first.path), **sizes, **STANDING)
    old, new = seqkit.load(first.path), seqkit.load(second.path)
    for word in ("the", "cat", "saw", "dog"):
        np.testing.assert_allclose(new[word], old[word], atol=1e-5)
    before, after = old.subwords, new.subwords
    assert set(before.buckets) < set(after.buckets)
    same = np.isin(after.buckets, before.buckets)
    np.testing.assert_allclose(after.vectors[same], before.vectors, atol=1e-6)
    # Other n-grams, and those of vectors without any, start at random, but the composed vectors do not.
    for options in ({"subwords": "2-4", "buckets": 40}, {"subwords": "2-3", "buckets": 39}):
        third = seqkit.load(trained(tmp_path / f"{options}", vectors=str(first.path), **options, **STANDING).path)
        for word in ("the", "cat", "saw", "dog"):
            np.testing.assert_allclose(third[word], old[word], atol=1e-5)
        assert not np.allclose(third["cats"], old["cats"], atol=1e-3)
    plain = seqkit.load(trained(tmp_path / "plain", vectors=str(first.path), **STANDING).path)
    np.testing.assert_allclose(plain["cat"], old["cat"], atol=1e-6)


def test_subwords_are_split_as_in_the_run(tmp_path):
    first = trained(tmp_path / "first", "lower lowest slower\n" * 20, tokenizer="bpe", dim=4)
    second = trained(
        tmp_path / "second", "slow lowest news\n" * 20, tokenizer="bpe", vectors=str(first.path), **STANDING
    )
    tokenizers = [TextTokenizer.from_json((run.path / "tokenizer.json").read_bytes()) for run in (first, second)]
    assert tokenizers[0].tokens == tokenizers[1].tokens
    old, new = seqkit.load(first.path), seqkit.load(second.path)
    assert "▁lowest" in old.index_to_key
    np.testing.assert_allclose(new["▁lowest"], old["▁lowest"], atol=1e-6)
    (tmp_path / "pairs.txt").write_text("slow lowest 3\nlower lowest 2\nslower lowest 1\n")
    notes: list[str] = []
    scores = seqkit.evaluate(first.path, pairs=str(tmp_path / "pairs.txt"), note=notes.append)
    assert scores["models"][0]["pairs"]["covered"] == 2 and "trained on text without a name" in notes[0]


def test_baseline_knows_only_the_words_of_the_text(tmp_path, pets):
    (tmp_path / "text.txt").write_text(TEXT)
    run = seqkit.train("cbow", tmp_path / "text.txt", out=tmp_path / "run", epochs=1, min_count=1, vectors=pets)
    (tmp_path / "pairs.txt").write_text("the cat 3\ncat bird 2\ndog ferret 1\nsaw a 1\n")
    for _ in range(2):  # computed, and read again
        notes: list[str] = []
        scores = seqkit.evaluate(run.path, pairs=str(tmp_path / "pairs.txt"), note=notes.append)
        assert [model["pairs"]["covered"] for model in scores["models"]] == [4, 3]
        assert scores["models"][1]["against_model"]["pairs"]["compared"] == 3
        assert notes == [f"PPMI + SVD knows only this text, while the training went on from {pets}"]
    assert np.load(run.path / "baseline.npy").shape == (6, 6)


class Cut(SeqkitError):
    """What ends a training here."""


def cut_after_an_epoch(out: Path, monkeypatch, **options) -> None:
    """Starts a training that ends right after its first checkpoint."""
    save = Checkpoints.save

    def cut(self, *arguments, **named):
        save(self, *arguments, **named)
        raise Cut

    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(Checkpoints, "save", cut)
        seqkit.train("skipgram", out=out, **options)


def assert_same_numbers(first: Path, second: Path) -> None:
    for name in ("vectors.npy", "context.npy", "vocabulary.txt"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_interrupted_training_resumes_to_the_same_bits(tmp_path, pets, monkeypatch):
    (tmp_path / "text.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    options = {"data": "text.txt", "epochs": 3, "min_count": 1, "vectors": Path(pets).name}
    whole = seqkit.train("skipgram", out=tmp_path / "whole", **options)
    cut_after_an_epoch(tmp_path / "cut", monkeypatch, **options)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    content = Path(pets).read_bytes()
    Path(pets).write_bytes(content.replace(b"dog", b"cow"))
    with pytest.raises(DataError, match="has changed: vectors_sha256 is"):
        resume(tmp_path / "cut")
    Path(pets).write_bytes(content)
    assert_same_numbers(resume(tmp_path / "cut").path, whole.path)


def test_interrupted_training_on_subwords_resumes_to_the_same_bits(tmp_path, monkeypatch):
    (tmp_path / "text.txt").write_text("今天天气很好我们去公园\n我们今天去散步天气好\nlow lower lowest\n" * 30)
    options = {"data": tmp_path / "text.txt", "epochs": 2, "tokenizer": "bpe", "vocabulary": 30, "negative": 2.0}
    first = seqkit.train("skipgram", out=tmp_path / "first", **options)
    options["vectors"] = str(first.path)
    whole = seqkit.train("skipgram", out=tmp_path / "whole", **options)
    cut_after_an_epoch(tmp_path / "cut", monkeypatch, **options)
    run = resume(tmp_path / "cut")
    assert_same_numbers(run.path, whole.path)
    assert (run.path / "tokenizer.json").read_bytes() == (first.path / "tokenizer.json").read_bytes()


def test_vectors_that_do_not_fit_are_refused(tmp_path, pets):
    with pytest.raises(DataError, match=r"has none of the 2 words of the text\. Check .* --tokenizer and --lower make"):
        trained(tmp_path / "run", "x y\n" * 9, vectors=pets)
    with pytest.raises(DataError, match=r"pets.txt have 6 dimensions, but --dim is 5\. Leave --dim out"):
        trained(tmp_path / "run", vectors=pets, dim=5)
    assert trained(tmp_path / "run", vectors=pets, dim=6).manifest.task_state["dim"] == 6


def test_dimension_of_the_vectors_goes_before_that_of_a_recipe_or_a_dataset(tmp_path):
    matrix = np.random.default_rng(0).normal(0, 0.5, (3, 6)).astype(np.float32)
    write_vectors(WordVectors(["the", "good", "king"], matrix), tmp_path / "words.txt", "glove")
    options = {"vectors": str(tmp_path / "words.txt"), "epochs": 1}
    # demo_royalty asks for 32 dimensions, and conv1d for 128 on texts.
    vectors = seqkit.train("cbow", "demo_royalty", out=tmp_path / "royalty", sentences=300, **options)
    assert vectors.manifest.task_state["dim"] == 6
    labels = seqkit.train("conv1d", "demo_reviews", out=tmp_path / "reviews", rows=60, filters=2, **options)
    assert labels.manifest.task_state["embedding"] == 6
    with pytest.raises(DataError, match=r"have 6 dimensions, but --embedding is 128\. Leave --embedding out"):
        seqkit.train("conv1d", "demo_reviews", out=tmp_path / "other", rows=60, embedding=128, **options)


def test_damaged_context_vectors_are_refused(tmp_path):
    run = trained(tmp_path / "first", dim=4)
    np.save(run.path / "context.npy", np.full((6, 4), np.nan, np.float32))
    with pytest.raises(DataError, match=r"context.npy is damaged: vector 1 contains a value that is not finite"):
        trained(tmp_path / "second", vectors=str(run.path))


def test_words_with_blanks_cannot_be_kept_and_are_counted():
    source = Source(KeyedVectors(["a", ". . .", "b", "c d"], np.eye(4), name="glove"), None, "", None, "")
    start = start_from(source, ["b", "new"])
    assert start.rows.tolist() == [2, -1] and start.known.tolist() == [0] and start.kept_words == ["a"]
    assert start.notes[1] == "vectors: left out 2 words of glove that contain blanks"


def test_words_are_found_in_another_normal_form_and_ngrams_only_of_the_same_sizes():
    ngrams = NgramVectors(Subwords(2, 3, 9), np.array([1]), np.ones((1, 2), np.float32))
    vectors = KeyedVectors(["cafe\u0301"], np.ones((1, 2)), subwords=ngrams)
    source = Source(vectors, None, "", None, "")
    assert start_from(source, ["café"], Subwords(2, 3, 9)).rows.tolist() == [0]
    assert start_from(source, ["café"], Subwords(2, 3, 9)).ngrams is ngrams
    for sizes in (None, Subwords(2, 4, 9), Subwords(2, 3, 8)):
        assert start_from(source, ["café"], sizes).ngrams is None
