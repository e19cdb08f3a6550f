"""Language models: parts of the text, scores over whole texts, generation, bad input."""

import hashlib
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import seqkit
from seqkit.cli import main
from seqkit.data.text.text_units import TextUnits
from seqkit.errors import DataError, UsageError
from seqkit.runs.run import read_run
from seqkit.tasks.generate.job import _references
from seqkit.tasks.generate.kneser_ney import KneserNey
from seqkit.tasks.generate.mixture import Shares, fit_kneser_ney, mix, recent_share
from seqkit.tasks.generate.plots import surprise
from seqkit.tasks.generate.prepare import prepare
from seqkit.workflows.compare import compare

LINES = "".join(f"line {number} of the text\n" for number in range(100))


@pytest.fixture
def model(small_language_run):
    return seqkit.load(small_language_run)


def test_parts_are_consecutive_and_end_at_line_ends():
    state, units, splits = prepare(LINES, split="0.5,0.25,0.25")
    texts = [units.decode(part.ids) for part in (splits.train, splits.validation, splits.test)]
    assert "".join(texts) == LINES
    assert all(text.endswith("\n") for text in texts)
    assert [part.characters for part in (splits.train, splits.validation, splits.test)] == list(map(len, texts))
    assert state.vocabulary == len(units)


def test_units_are_fitted_on_the_training_part_only():
    _, units, splits = prepare("abcabc\n" * 20 + "xyz\n" * 8, split="0.8,0.1,0.1")
    assert not {"x", "y", "z"} & set(units.tokens)
    assert np.count_nonzero(splits.test.ids == 0) > 0


@pytest.mark.parametrize("split", ["0.9,0.1", "1,0,0", "0.5,0.4,0.2", "a,b,c"])
def test_invalid_split_is_refused(split):
    with pytest.raises(UsageError, match="Use three fractions above 0 that sum to 1"):
        prepare(LINES, split=split)


def test_text_that_is_too_short_is_refused():
    with pytest.raises(DataError, match="The validation part has 1 token, expected at least 2: the text has 10"):
        prepare("abcdefghij", split="0.8,0.1,0.1")


def test_text_shorter_than_a_step_is_refused(tmp_path):
    path = tmp_path / "short.txt"
    path.write_text(LINES)
    with pytest.raises(DataError, match=r"but a step reads 2,049: --batch-size 32 streams of --chunk 64 tokens"):
        seqkit.train("gru", path, task="generate", out=tmp_path / "run")


def test_vocabulary_without_room_for_all_bytes_is_refused():
    with pytest.raises(UsageError, match="--vocabulary is 257, but --tokenizer bpe needs at least 258: all bytes are"):
        prepare(LINES, tokenizer="bpe", vocabulary=257)
    assert len(prepare(LINES, tokenizer="bpe", vocabulary=258)[1]) == 258


def test_test_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="The test part of a language model is the end of its text"):
        seqkit.train("gru", "demo_tales", task="generate", test="demo_tales", tales=50, out=tmp_path / "run")


def test_weights_of_the_mixture_are_the_best_on_validation():
    network, counts, nothing = np.array([0.9, 0.1, 0.5]), np.array([0.1, 0.9, 0.5]), np.full(3, 1e-9)
    assert mix(network, counts, nothing, np.ones(3)) == Shares(0.5, 0.0)
    assert mix(network, counts, np.ones(3), np.ones(3), combine="none") == Shares(1.0, 0.0)
    assert mix(np.full(3, 0.9), counts, nothing, np.ones(3)) == Shares(1.0, 0.0)
    assert mix(np.full(3, 1e-6), counts, nothing, np.ones(3)) == Shares(0.05, 0.0)
    recent = np.array([0.4, 0.4, 0.9])
    both = mix(network, counts, recent, np.ones(3))
    assert both.network == 0.5 and both.recent in (0.8, 0.85)
    assert mix(network, counts, recent, np.ones(3), combine="counts") == Shares(0.5, 0.0)
    assert recent_share(nothing, np.ones(3), np.ones(3)) == 0.95 and recent_share(np.ones(3), nothing, np.ones(3)) == 0


def test_recent_text_has_no_weight_before_it_is_read():
    shares = Shares(0.5, 0.4)
    assert shares.combine(0.2, 0.4, 0.9, 0.0) == pytest.approx(0.3)
    assert shares.combine(0.2, 0.4, 0.9, 1.0) == pytest.approx(0.6 * 0.3 + 0.4 * 0.9)


def test_order_is_chosen_on_validation():
    ids = np.tile(np.array([1, 2, 3, 1, 2, 4]), 300)  # four tokens tell the next one, fewer do not
    model = fit_kneser_ney(ids, ids[:600], 6, "char")
    assert -np.log(model.probabilities(ids[:600])).mean() < 0.2


def test_n_grams_of_the_last_tokens_are_counted(monkeypatch):
    monkeypatch.setattr("seqkit.tasks.generate.mixture.MAX_COUNTED", 50)
    ids = np.append(np.full(100, 1), np.full(50, 2))
    frequencies = fit_kneser_ney(ids, ids[-10:], 3, "word").frequencies
    assert frequencies[0] == frequencies[1] < frequencies[2]


def test_n_gram_model_is_counted_again_with_the_validation_text(tales_run):
    train, path = tales_run
    run = train("again")
    _, units, splits = prepare(
        path.read_text(), **{name: run.manifest.options[name] for name in ("tokenizer", "split")}
    )
    model, metrics = seqkit.load(run.path), run.read_json("metrics.json")
    both = np.concatenate([splits.train.ids, splits.validation.ids])
    expected = KneserNey.fit(both, len(units), model.kneser_ney.order)
    np.testing.assert_array_equal(model.kneser_ney.orders[-1].keys, expected.orders[-1].keys)
    trained = fit_kneser_ney(splits.train.ids, splits.validation.ids, len(units), "char")
    context = splits.train.ids[-1024:]
    probabilities = trained.probabilities(np.append(context, splits.validation.ids))[len(context) :]
    (row,) = (row for row in metrics["validation"]["models"] if row["name"] == "Kneser-Ney")
    assert row["nats"] == pytest.approx(-np.log(probabilities).mean())
    (row,) = (row for row in metrics["validation"]["models"] if row["name"] == "token frequencies")
    assert row["nats"] == pytest.approx(-np.log(trained.frequencies[splits.validation.ids]).mean())


def test_score_of_a_text_in_two_parts_is_that_of_the_whole(model):
    ids = model.units.encode("One day Nora the mouse lost a whistle.\n" * 30)
    whole = model.probabilities(ids)
    parts = [
        model.probabilities(ids[:700]),
        model.probabilities(ids[700:], before=np.append(model.units.encode("\n"), ids[:700])),
    ]
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=1e-4)


def test_scores_are_those_of_the_next_tokens(model):
    text = "One day"
    probabilities, context = [], ""
    for character in text:
        probabilities.append(model.next(context)[character])
        context += character
    row = model.score([text]).iloc[0]
    assert row["nats"] == pytest.approx(-np.log(probabilities).mean(), rel=1e-4)
    assert row["perplexity"] == pytest.approx(np.exp(row["nats"]))
    assert row["bits_per_character"] == pytest.approx(row["nats"] / np.log(2))


def test_next_is_a_distribution(model):
    distribution = model.next("Once upon a tim")
    assert isinstance(distribution, pd.Series) and distribution.sum() == pytest.approx(1)
    assert distribution.index[0] == "e" and distribution.is_monotonic_decreasing


def test_unseen_characters_have_a_score(model):
    assert np.isfinite(model.score(["Ωπ字", ""])["nats"]).all()
    assert isinstance(model.generate("Ω", 5, seed=0), str)


def test_single_text_is_refused(model):
    with pytest.raises(UsageError, match="Expected a list of texts, got a single text"):
        model.score("text")


def test_generation_depends_on_the_seed_only_and_has_the_length(model):
    first, again, other = (model.generate("One day ", 80, seed=seed) for seed in (1, 1, 2))
    assert first == again != other and len(first) == 80
    assert "".join(model.stream("One day ", 80, seed=1)) == first


def test_greedy_generation_takes_the_most_likely_token(model):
    text = model.generate("One da", 3, temperature=0)
    assert [model.next("One da" + text[:i]).index[0] for i in range(3)] == list(text)


def test_learning_curve_refers_to_the_n_gram_model_and_the_mixture():
    models = [{"name": "gru", "nats": 1.0}, {"name": "gru alone", "nats": 1.2}, {"name": "Kneser-Ney", "nats": 1.1}]
    assert _references(models) == {"mixed with Kneser-Ney": 1.0, "Kneser-Ney": 1.1}
    assert _references([models[0], models[2]]) == {"Kneser-Ney": 1.1}


def test_metrics_count_tokens_and_name_the_baselines(small_language_run):
    test = read_run(small_language_run).read_json("metrics.json")["test"]
    names = [row["name"] for row in test["models"]]
    assert names[0] == "gru" and names[-2:] == ["Kneser-Ney", "token frequencies"]
    for row in test["models"]:
        assert row["bits_per_character"] == pytest.approx(row["nats"] / np.log(2))  # a token is a character
    errors = pd.read_csv(small_language_run / "errors.csv")
    blocks = errors[errors["part"] == "test"]
    assert len(blocks) == -(-test["tokens"] // 256)


def test_other_text_is_scored_whole(small_language_run, tmp_path):
    path = tmp_path / "other.txt"
    path.write_text("One day Nora the mouse lost a whistle at the mill.\n" * 3)
    scores = seqkit.evaluate(small_language_run, path)
    assert scores["characters"] == scores["tokens"] == 153
    model = seqkit.load(small_language_run)
    assert scores["models"][0]["nats"] == pytest.approx(model.score([path.read_text()])["nats"][0])


def test_unknown_tokens_of_other_text_are_counted(small_language_run, tmp_path):
    path = tmp_path / "other.txt"
    path.write_text("One day Ωα.\n")
    result = CliRunner().invoke(main, ["evaluate", str(small_language_run), "--data", str(path)])
    assert "2 of 12 tokens do not occur in the training text: all are scored as one token" in result.stderr
    assert "no paired test of gru and Kneser-Ney: one block is too few; at least 2 are needed" in result.stdout


@pytest.mark.parametrize(
    ("name", "reason"), [("units.json", "its hash differs"), ("kneser_ney.npz", "does not belong")]
)
def test_damaged_file_is_refused(name, reason, small_language_run, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(small_language_run, run)
    content = (run / name).read_bytes()
    (run / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=f"{reason}|damaged"):
        seqkit.load(run)


def test_units_of_another_run_are_refused(small_language_run, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(small_language_run, run)
    content = TextUnits.fit("other text\n").to_json()
    (run / "units.json").write_bytes(content)
    manifest = json.loads((run / "run.json").read_text())
    manifest["task_state"]["units_sha256"] = hashlib.sha256(content).hexdigest()
    (run / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match=r"units\.json does not match run\.json"):
        seqkit.load(run)


def test_command_prints_prompt_and_continuation(small_language_run):
    result = CliRunner().invoke(
        main, ["generate", str(small_language_run), "--prompt", "One day ", "--length", "20", "--seed", "3", "--n", "2"]
    )
    assert result.exit_code == 0
    first, second = result.stdout.split("\n---\n")
    model = seqkit.load(small_language_run)
    assert first.rstrip("\n") == ("One day " + model.generate("One day ", 20, temperature=0.8, seed=3)).rstrip("\n")
    assert second.rstrip("\n") == ("One day " + model.generate("One day ", 20, temperature=0.8, seed=4)).rstrip("\n")


def test_command_prints_json_and_notes_unknown_characters(small_language_run):
    result = CliRunner().invoke(
        main, ["generate", str(small_language_run), "--prompt", "Ω", "--length", "5", "--seed", "3", "--json"]
    )
    (row,) = json.loads(result.stdout)
    assert row["prompt"] == "Ω" and len(row["text"]) >= 5 and row["seed"] == 3
    assert "1 of the prompt's tokens do not occur in the training text" in result.stderr


@pytest.mark.parametrize("option", [("--temperature", "-1"), ("--top-p", "0"), ("--top-k", "0"), ("--length", "-1")])
def test_command_refuses_values_out_of_range(option, small_language_run):
    assert CliRunner().invoke(main, ["generate", str(small_language_run), *option]).exit_code == 2


@pytest.mark.parametrize("value", ["nan", "inf"])
@pytest.mark.parametrize("option", ["--temperature", "--top-p", "--repetition-penalty"])
def test_command_refuses_numbers_that_are_not_finite(option, value, small_language_run):
    result = CliRunner().invoke(main, ["generate", str(small_language_run), option, value])
    assert result.exit_code == 2 and f"Invalid value for '{option}'" in result.stderr


def test_command_refuses_a_run_of_another_task(small_run):
    result = CliRunner().invoke(main, ["generate", str(small_run)])
    assert result.exit_code == 2 and "but a run of the task 'generate' is needed" in result.stderr


def test_page_of_surprise_holds_the_text_shaded_and_escaped(small_language_run, tmp_path):
    page = (small_language_run / "plots" / "surprise.html").read_text()
    test = read_run(small_language_run).read_json("metrics.json")["test"]
    assert page.count("<span title=") == min(test["tokens"], 3000)
    surprise(["<b>", " & "], np.array([0.0, 8 * np.log(2)]), title="A < B", path=tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "A &lt; B" in page and "<b>" not in page
    assert '<span title="0.0" style="background: rgba(234, 88, 12, 0.00)">&lt;b&gt;</span>' in page
    assert '<span title="8.0" style="background: rgba(234, 88, 12, 0.75)"> &amp; </span>' in page


@pytest.fixture
def tales_run(tmp_path):
    """Returns a function that trains on a file of tales, and the file."""
    path = tmp_path / "tales.txt"
    path.write_text("One day Nora the mouse lost a whistle.\nAt last she found the whistle.\n" * 40)

    def train(name: str, **options):
        given = {"units": 4, "embedding": 4, "epochs": 1, "batch_size": 4, "chunk": 16, **options}
        return seqkit.train("gru", path, task="generate", out=tmp_path / name, **given)

    return train, path


def test_runs_of_one_text_are_compared_and_of_others_refused(tales_run):
    train, _ = tales_run
    first, second, words = train("first"), train("second", units=8), train("words", tokenizer="word", chunk=4)
    rows = compare([first.path, second.path])["runs"]
    assert rows[0]["validation_nats"] <= rows[1]["validation_nats"]
    assert "p_value" in rows[1] and "p_value" not in rows[0]
    with pytest.raises(UsageError, match=r"answer different questions: text, split or units differ\. Compare runs of"):
        compare([first.path, words.path])


def test_unknown_words_are_read_but_never_written(tales_run):
    train, _ = tales_run
    model = seqkit.load(train("few", tokenizer="word", vocabulary=6, chunk=4).path)
    assert model.next("One day Nora the")["<unk>"] > 0.1
    assert "<unk>" not in model.generate("One day Nora the", 60, seed=0)


def test_run_of_a_text_that_has_changed_is_not_evaluated(tales_run):
    train, path = tales_run
    run = train("run")
    before = run.read_json("metrics.json")["test"]
    assert seqkit.evaluate(run.path)["models"] == before["models"]
    path.write_text(path.read_text() + "More.\n")
    with pytest.raises(DataError, match=r"tales\.txt has changed since the run .* was trained"):
        seqkit.evaluate(run.path)


@pytest.mark.parametrize("content", ["", "\n"])
def test_empty_text_is_not_evaluated(content, small_language_run, tmp_path):
    (tmp_path / "empty.txt").write_text(content)
    with pytest.raises(DataError, match=r"empty\.txt"):
        seqkit.evaluate(small_language_run, tmp_path / "empty.txt")


def test_model_that_fails_is_reported(model, monkeypatch):
    class Broken:
        def run(self, *arguments):
            raise RuntimeError("out of memory.")

    monkeypatch.setattr(model._stepper, "_session", Broken())
    with pytest.raises(DataError, match=r"The model of the run fails: out of memory\. Train the run again\."):
        model.generate("x", 1)
