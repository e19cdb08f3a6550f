"""Datasets of sentence pairs: simulated commands, small files in a cache, and counts of the real ones."""

import importlib
import re

import pytest

from seqkit.data.pairs.sentence_pairs import find_pairs
from seqkit.data.pairs.splits import shared_notes, split_pairs
from seqkit.errors import DataError, UsageError
from seqkit.registry import datasets

demo = importlib.import_module("seqkit.datasets.demo_commands")
ANKI = {"anki_fra_eng": ("fra", 142_787), "anki_kor_eng": ("kor", 3_798)}


def anki(name: str):
    return importlib.import_module(f"seqkit.datasets.{name}")


@pytest.mark.parametrize("language", ["robot", "korean"])
def test_commands_do_not_repeat_and_are_the_same_for_a_seed(language):
    frame = demo.load(commands=600, language=language)
    assert not frame["english"].duplicated().any() and not frame["answer"].duplicated().any()
    assert frame["part"].value_counts().to_dict() == {"train": 480, "validation": 60, "test": 60}
    more = demo.load(commands=800, language=language)
    assert more.head(600).equals(frame)
    assert not demo.load(commands=600, language=language, commands_seed=1).equals(frame)


def test_many_commands_are_found():
    assert not demo.load(commands=6_000)["english"].duplicated().any()


ACTION = r"(push|lift|paint|find|clean|guard) the (?:\w+) (box|ball|lamp|door|book|chair)"


def test_test_commands_have_combinations_that_training_lacks_and_words_that_it_has():
    frame = demo.load(commands=2000)
    combinations, words = {}, {}
    for part, rows in frame.groupby("part"):
        combinations[part] = [re.findall(ACTION, text.lower()) for text in rows["english"]]
        words[part] = set(" ".join(rows["english"]).lower().replace(".", "").split())
    known = {pair for pairs in combinations["train"] for pair in pairs}
    assert all(pairs for pairs in combinations["test"])
    assert all(not known.issuperset(pairs) for pairs in combinations["test"])
    assert all(known.issuperset(pairs) for pairs in combinations["validation"])
    assert words["test"] == words["train"]
    answers = {part: set(" ".join(rows["answer"]).split()) for part, rows in frame.groupby("part")}
    assert answers["test"] <= answers["train"]


@pytest.mark.parametrize(
    ("clause", "english", "robot", "korean"),
    [
        (
            ("push", "box", "red", "", ""), "push the red box", "BOX RED PUSH", "빨간 상자를 밀어라",
        ),
        (
            ("clean", "book", "light", "on the light side", "twice"),
            "clean the light book on the light side twice", "BRIGHT SIDE BOOK PALE X2 WIPE",
            "밝은 쪽에서 연한 책을 두 번 닦아라",
        ),
    ],
)  # fmt: skip
def test_grammar_by_hand(clause, english, robot, korean):
    assert demo._english(clause) == english
    assert demo._robot(clause) == robot
    assert demo._korean(clause, is_last=True) == korean


def test_two_commands_are_ordered_by_their_conjunction():
    rows = demo.load(commands=400)
    after = rows[rows["english"].str.contains(" after you ")].iloc[0]
    first, second = after["english"].lower().rstrip(".").split(" after you ")
    verbs = [words[0] for words in (second.split(), first.split())]
    assert [demo._ACTIONS[verb][0] for verb in verbs] == [step.split()[-1] for step in after["answer"].split(" ; ")]
    korean = demo.load(commands=400, language="korean")
    both = korean[korean["english"].str.contains(" and then ")].iloc[0]
    verbs = [clause.split()[0].lower() for clause in both["english"].split(" and then ")]
    assert demo._ACTIONS[verbs[0]][2] in both["answer"] and both["answer"].endswith(demo._ACTIONS[verbs[1]][1] + ".")


@pytest.mark.parametrize("noun", ["공", "문", "책"])
def test_object_particle_after_a_final_consonant(noun):
    assert demo._particle(noun) == "을" and demo._particle("상자") == demo._particle("램프") == "를"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"commands": 99}, "`commands`, expected 100 to 1000000, got 99"),
        ({"commands": 1_000_001}, "got 1000001"),
        ({"commands_seed": -1}, "`commands_seed`, expected 0 to 4294967295, got -1"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(UsageError) as refusal:
        demo.load(**options)
    assert message in str(refusal.value)


@pytest.mark.parametrize("name", ["demo_commands", *ANKI])
def test_protocol_names_the_columns_and_the_kind(name):
    constants = datasets()[name].constants
    assert constants["KIND"] == "pairs" and constants["TASKS"] == ("translate",)
    assert set(constants["PROTOCOL"]) >= {"source", "target"}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Returns a function that puts pairs into an empty cache without downloads, as the file of a dataset."""
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path))

    def put(name: str, pairs: int, *ends: str) -> None:
        (tmp_path / name).mkdir()
        lines = ("\t".join((f"E{i}.", f"F{i}.", *ends)) + "\n" for i in range(pairs))
        (tmp_path / name / f"{ANKI[name][0]}.txt").write_text("".join(lines))
        for constant in ("_MIN_PAIRS", "_PAIRS"):
            monkeypatch.setattr(anki(name), constant, 200)

    return put


@pytest.mark.parametrize("name", ANKI)
@pytest.mark.parametrize("ends", [(), ("CC-BY",)])
def test_pairs_are_read_in_the_order_of_the_file(cache, name, ends):
    cache(name, 200, *ends)
    frame = anki(name).load()
    assert list(frame.columns) == [ANKI[name][0], "eng"] and frame.iloc[7].tolist() == ["F7.", "E7."]
    assert len(frame) == 200 and frame.attrs["notes"] == []


@pytest.mark.parametrize("name", ANKI)
def test_another_version_of_the_file_is_noted(cache, name):
    cache(name, 230)
    (note,) = anki(name).load().attrs["notes"]
    assert "has 230 pairs, not the 200 of" in note


@pytest.mark.parametrize("name", ANKI)
def test_truncated_file_is_refused(cache, name):
    cache(name, 199)
    with pytest.raises(DataError, match="it has 199 pairs, expected at least 200"):
        anki(name).load()


def test_pairs_are_drawn_and_a_larger_draw_contains_a_smaller_one(cache):
    cache("anki_fra_eng", 230)
    small, large = (anki("anki_fra_eng").load(pairs=pairs)["fra"].tolist() for pairs in (100, 150))
    assert len(small) == 100 and set(small) < set(large) and large == sorted(large, key=lambda text: int(text[1:-1]))
    with pytest.raises(UsageError, match="`pairs`, expected 100 to 1000000, got 99"):
        anki("anki_fra_eng").load(pairs=99)


@pytest.mark.parametrize("name", ANKI)
def test_real_pairs_and_their_protocol(requires_data, name):
    requires_data(f"{name}/{ANKI[name][0]}.txt")
    frame, protocol = anki(name).load(), dict(datasets()[name].constants["PROTOCOL"])
    assert len(frame) == min(50_000, ANKI[name][1]) and frame.attrs["notes"] == []
    split = protocol.pop("split")
    pairs = find_pairs(frame, source=protocol["source"], target=protocol["target"])
    rows = split_pairs(pairs, split)
    assert (len(rows["validation"]), len(rows["test"])) == ((1000, 1000) if name == "anki_fra_eng" else (380, 380))
    assert shared_notes(pairs, rows) == []
    for sentences in (pairs.sources, pairs.targets):
        assert not {sentences[i] for i in rows["test"]} & {sentences[i] for i in rows["train"]}
