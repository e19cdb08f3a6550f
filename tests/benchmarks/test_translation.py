"""Tables of the benchmark of translation."""

import pytest


@pytest.fixture(scope="module")
def translation(load):
    return load("translation")


def models(*scores: float, p_value: float = 0.5) -> dict:
    names = ("recipe", "IBM model 1", "nearest sentence")
    rows = [{"name": name, "bleu": bleu, "chrf": bleu + 10} for name, bleu in zip(names, scores, strict=True)]
    for row in rows[1:]:
        row["against_model"] = {"p_value": p_value if row["bleu"] == max(scores[1:]) else 0.9}
    return {"pairs": 10, "models": rows}


def test_recipes_are_compared_with_the_best_baseline(translation):
    rows = [
        {"recipe": "one", "parameters": 12_345, "seconds": 61.0, "validation": models(30.04, 9, 10)}
        | {"test": models(29.96, 15, 17, p_value=1e-4)},
        {"recipe": "two", "parameters": 5, "seconds": 2.0, "validation": models(20, 9, 10)}
        | {"test": models(16, 15, 17, p_value=0.0421)},
    ]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in translation.table(rows).split("\n")]
    assert lines[0] == ["", "parameters", "seconds", "val. BLEU", "test BLEU", "test chrF", "p"]
    assert lines[2][:2] + lines[2][3:] == ["`one`", "12,345", "30.0", "30.0", "40.0", "<.001"]
    assert lines[3][3:] == ["20.0", "16.0", "26.0", "0.042"]
    assert lines[4] == ["IBM model 1", "", "", "9.0", "15.0", "25.0", ""]
    assert [line[0] for line in lines[4:]] == ["IBM model 1", "nearest sentence"]


def test_samples_are_evenly_spaced(translation):
    pairs = [{"source": f"s{i}|", "reference": f"r{i}", "translation": f"t{i}"} for i in range(100)]
    lines = translation.sample_table(pairs, 4).split("\n")
    assert (
        len(lines) == 6 and [f"t{i}" in line for i, line in zip((12, 37, 62, 87), lines[2:], strict=True)] == [True] * 4
    )
    assert "s12\\|" in lines[2]
    assert len(translation.sample_table(pairs[:2], 5).split("\n")) == 4
