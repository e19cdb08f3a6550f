"""`plot`: a map of chosen words from a run or a file, and what it refuses."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.image import imread

from seqkit.data.vectors.formats import WordVectors, write_vectors
from seqkit.tasks.embed import plots as word_plots

WORDS = ["king", "queen", "man", "woman", "왕"]
MATRIX = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)


@pytest.fixture
def words(write_embed_run) -> Path:
    path: Path = write_embed_run(WORDS, MATRIX)
    return path


@pytest.fixture
def drawn(monkeypatch) -> list[tuple]:
    """What was to be drawn, in order; nothing is."""
    seen: list[tuple] = []
    monkeypatch.setattr(word_plots, "word_map", lambda *args, **options: seen.append((*args, options)))
    return seen


def test_plot_writes_a_picture(done, words):
    result = done("plot", words, "--words", "king,queen,man", "--pairs", "man:king,woman:queen")
    assert (result.stdout, result.stderr) == ("", "4 words drawn in words.png\n")
    assert imread("words.png").std() > 0


def test_plot_of_a_file_goes_where_it_is_told_to(done):
    write_vectors(WordVectors(WORDS, MATRIX), "v.bin", "word2vec-bin")
    done("plot", "v.bin", "--words", "king,queen,man", "-o", "deep/MAP.PNG", "--method", "tsne")
    assert imread("deep/MAP.PNG", format="png").std() > 0


def test_words_and_pairs_may_be_given_again_and_are_drawn_once(done, words, drawn):
    flags = ["--words", "Queen, king,", "--words", "queen", "--pairs", "man:king", "--pairs", "woman:QUEEN"]
    done("plot", words, *flags, "--seed", 7, "--font", "DejaVu Sans", "--method", "tsne")
    ((shown, matrix, path, options),) = drawn
    assert shown == ["queen", "king", "man", "woman"]
    np.testing.assert_array_equal(matrix, MATRIX[[1, 0, 2, 3]])
    assert path == "words.png"
    pairs = [("man", "king"), ("woman", "queen")]
    assert options == {"pairs": pairs, "method": "tsne", "seed": 7, "font": "DejaVu Sans"}


def test_hangul_without_a_font_is_refused_with_the_line_that_installs_one(refused, words, monkeypatch):
    own = font_manager.findfont("DejaVu Sans")
    fonts = [each for each in font_manager.fontManager.ttflist if each.fname == own]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", fonts)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    message = refused("plot", words, "--words", "king,queen,왕", code=3)
    assert message.startswith("No installed font has the letters '왕'. Install one: pip install 'seqkit[korean]'")
    message = refused("plot", words, "--words", "king,queen,왕", "--font", "DejaVu Sans", code=2)
    assert message == "The font DejaVu Sans lacks '왕'. Choose another --font, or omit it."


def test_what_cannot_be_drawn_is_refused(refused, words, write_embed_run):
    assert "Say which words to draw" in refused("plot", words, code=2)
    assert "at least 3 different words, and 2 are given" in refused("plot", words, "--words", "king,queen,King", code=2)
    assert "'quen' has no vector" in refused("plot", words, "--words", "king,man,quen", code=4)
    assert "Did you mean 'queen'?" in refused("plot", words, "--pairs", "man:king,woman:quen", code=4)
    assert "two words as man:king, got 'man'" in refused("plot", words, "--pairs", "man", code=2)
    assert "got 'man:king:queen'" in refused("plot", words, "--pairs", "man:king:queen", code=2)
    assert "name --output map.png" in refused("plot", words, "--words", "king,queen,man", "-o", "map.pdf", code=2)
    other = write_embed_run(["a"], [[1]], name="other", task="forecast")
    assert f"See `seqkit forecast {other}`" in refused("plot", other, "--words", "a,b,c", code=2)
    assert "no vector file nowhere." in refused("plot", "nowhere", "--words", "a,b,c", code=4)
    same = write_embed_run(["a", "b", "c"], [[1, 2]] * 3, name="same")
    assert "all point the same way" in refused("plot", same, "--words", "a,b,c", code=5)
