"""Training of word vectors with `seqkit.train` and with `keras.Model.fit`."""

import threading
from collections.abc import Iterator

import keras
import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.text.tokenizer import TextTokenizer
from seqkit.errors import SeqkitError
from seqkit.progress import Callbacks, Progress
from seqkit.recipes import cbow, skipgram
from seqkit.spec import Spec
from seqkit.tasks.embed.loop import _prefetch
from seqkit.training.optimizers.row_adagrad import RowAdagrad

RECIPES = pytest.mark.parametrize("recipe", ["skipgram", "cbow"])


@pytest.fixture(scope="module")
def sentences() -> pd.DataFrame:
    from seqkit.datasets import demo_royalty

    return demo_royalty.load(sentences=400)


@RECIPES
def test_king_minus_man_plus_woman_is_queen(recipe, tmp_path):
    run = seqkit.train(recipe, "demo_royalty", out=tmp_path / "run")
    found = seqkit.load(run.path).most_similar(positive=["king", "woman"], negative=["man"])
    assert found[0][0] == "queen"


@RECIPES
def test_seed_determines_the_vectors_bit_for_bit(recipe, sentences, tmp_path):
    def vectors(name: str, seed: int) -> bytes:
        run = seqkit.train(recipe, sentences, out=tmp_path / name, epochs=2, dim=8, min_count=1, seed=seed)
        return (run.path / "vectors.npy").read_bytes()

    first = vectors("first", 5)
    assert vectors("again", 5) == first
    assert vectors("other", 6) != first


@RECIPES
def test_loss_in_the_history_decreases(recipe, sentences, tmp_path):
    run = seqkit.train(recipe, sentences, out=tmp_path / "run", epochs=4, dim=8, min_count=1, sample=0.0)
    history = pd.read_csv(run.path / "history.csv")
    assert history["epoch"].tolist() == [1, 2, 3, 4]
    assert history["loss"].is_monotonic_decreasing
    assert (history["words_per_second"] > 0).all() and (history["seconds"] > 0).all()


@pytest.mark.parametrize("tokenizer", ["bpe", "char"])
def test_text_without_blanks_gets_vectors_of_subwords_or_characters(tokenizer, tmp_path):
    rng = np.random.default_rng(0)
    words = ["今天", "天气", "很好", "我们", "公园", "散步"]
    path = tmp_path / "zh.txt"
    path.write_text("".join("".join(rng.choice(words, 8)) + "。\n" for _ in range(300)), encoding="utf-8")
    seen: list[str] = []
    callbacks = Callbacks(on_message=seen.append)
    run = seqkit.train("cbow", path, out=tmp_path / "run", epochs=1, dim=4, tokenizer=tokenizer, callbacks=callbacks)
    assert not any("blanks" in line for line in seen)
    vectors = seqkit.load(run.path)
    if tokenizer == "char":
        assert {*vectors.index_to_key} == {*"今天气很好我们公园散步。"} and not (run.path / "tokenizer.json").exists()
    else:
        assert {"今天", "▁公园", "天气"} <= set(vectors.index_to_key) and vectors.key("散步") is not None
        fitted = TextTokenizer.from_json((run.path / "tokenizer.json").read_bytes())
        assert {*vectors.index_to_key} <= {*fitted.tokens}
    (tmp_path / "pairs.txt").write_text("今 天 3\n公 园 2\n步 气 1\n今天 天气 3\n公园 散步 2\n", encoding="utf-8")
    notes: list[str] = []
    scores = seqkit.evaluate(run.path, pairs=str(tmp_path / "pairs.txt"), note=notes.append)
    assert notes == [] and [row["name"] for row in scores["models"]] == ["cbow", "PPMI + SVD"]
    assert scores["models"][0]["pairs"]["covered"] >= (3 if tokenizer == "char" else 2)


def test_progress_is_reported_at_the_end_of_every_epoch(sentences, tmp_path):
    seen: list[Progress] = []
    callbacks = Callbacks(on_progress=seen.append)
    seqkit.train("cbow", sentences, out=tmp_path / "run", epochs=2, dim=4, min_count=1, callbacks=callbacks)
    ends = [p for p in seen if p.ended]
    assert [(p.epoch, p.epochs) for p in ends] == [(1, 2), (2, 2)]
    assert all(p.step == p.steps > 0 and p.words_per_second for p in ends)
    assert all(0 < p.step <= p.steps and np.isfinite(p.loss) for p in seen)


def test_ngrams_give_an_unseen_inflected_word_a_vector_near_its_stem(tmp_path):
    run = seqkit.train("skipgram", "demo_royalty", out=tmp_path / "run", sentences=4000, subwords="3-5", buckets=2000)
    vectors = seqkit.load(run.path)
    assert "landlordly" not in vectors.index_to_key
    assert np.isfinite(vectors["landlordly"]).all()
    nearest = [word for word, _ in vectors.most_similar("landlordly", topn=4)]
    assert "landlord" in nearest and "the" not in nearest


@RECIPES
def test_divergence_suggests_a_lower_learning_rate(recipe, sentences, tmp_path):
    for rate, message in (
        (1e38, r"to nan by epoch 1, .* try --learning-rate 2\.5e\+37"),
        (100, "loss went from .* 25"),
    ):
        with pytest.raises(SeqkitError, match=message):
            seqkit.train(recipe, sentences, out=tmp_path / f"{rate}", min_count=1, dim=8, learning_rate=rate)


@pytest.mark.parametrize("build_model", [skipgram.build_model, cbow.build_model], ids=["skipgram", "cbow"])
def test_keras_fit_trains_the_model_and_calls_callbacks(build_model):
    keras.utils.set_random_seed(0)
    pairs = np.random.default_rng(0).integers(0, 5, (32, 85))
    lines = np.stack([2 * pairs + 1, 2 * pairs + 2, np.zeros_like(pairs)], axis=2)  # words in fixed pairs
    tokens = lines.reshape(32, 255).astype(np.int32)
    model = build_model(Spec.words(vocabulary=10, dim=6))
    model.compile(optimizer=RowAdagrad())
    epochs = []
    called = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append((epoch, logs["loss"])))
    history = model.fit(tokens, epochs=5, batch_size=4, verbose=0, callbacks=[called])
    losses = history.history["loss"]
    assert epochs == list(enumerate(losses))
    assert losses[-1] < 0.9 * losses[0]
    weights = model.get_weights()
    vectors = model.predict(tokens, verbose=0)
    again = build_model(Spec.words(vocabulary=10, dim=6))
    assert not np.allclose(again.predict(tokens, verbose=0), vectors)
    again.set_weights(weights)
    for found, expected in zip(again.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(again.predict(tokens, verbose=0), vectors)


def test_prefetched_items_keep_their_order():
    parts = [np.full(2, number) for number in range(20)]
    np.testing.assert_array_equal(list(_prefetch(iter(parts))), parts)


def test_error_while_prefetching_is_raised_after_earlier_items():
    def broken() -> Iterator[np.ndarray]:
        yield np.zeros(1)
        raise OSError("the disk is gone")

    reading = _prefetch(broken())
    np.testing.assert_array_equal(next(reading), [0])
    with pytest.raises(OSError, match="the disk is gone"):
        next(reading)


def test_closing_early_stops_the_thread():
    before = set(threading.enumerate())
    reading = _prefetch(np.zeros(1) for _ in range(10**9))
    next(reading)
    assert set(threading.enumerate()) - before
    reading.close()
    assert not set(threading.enumerate()) - before
