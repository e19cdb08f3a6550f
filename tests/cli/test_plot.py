"""`plot`: a map of words from a run or a file, and its errors."""

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
def plotted(monkeypatch) -> list[tuple]:
    """Records the calls of `word_map` instead of plotting."""
    calls: list[tuple] = []
    monkeypatch.setattr(word_plots, "word_map", lambda *args, **options: calls.append((*args, options)))
    return calls


def test_plot_writes_a_png(done, refused, words):
    result = done("plot", words, "--words", "king,queen,man", "--pairs", "man:king,woman:queen")
    assert (result.stdout, result.stderr) == ("", "plotted 4 words in words.png\n")
    assert imread("words.png").std() > 0
    message = refused("plot", words, "--words", "king,queen,man", code=2)
    assert message == "words.png exists. Choose another --output, or add --overwrite."
    assert "plotted 3 words" in done("plot", words, "--words", "king,queen,man", "--overwrite").stderr


def test_plot_of_a_file_is_written_to_output(done):
    write_vectors(WordVectors(WORDS, MATRIX), "v.bin", "word2vec-bin")
    done("plot", "v.bin", "--words", "king,queen,man", "-o", "deep/MAP.PNG", "--method", "tsne")
    assert imread("deep/MAP.PNG", format="png").std() > 0


def test_repeated_words_and_pairs_are_plotted_once(done, words, plotted):
    flags = ["--words", "Queen, king,", "--words", "queen", "--pairs", "man:king", "--pairs", "woman:QUEEN"]
    done("plot", words, *flags, "--seed", 7, "--font", "DejaVu Sans", "--method", "tsne")
    ((plotted_words, matrix, path, options),) = plotted
    assert plotted_words == ["queen", "king", "man", "woman"]
    np.testing.assert_array_equal(matrix, MATRIX[[1, 0, 2, 3]])
    assert path == "words.png"
    pairs = [("man", "king"), ("woman", "queen")]
    assert options == {"pairs": pairs, "method": "tsne", "seed": 7, "font": "DejaVu Sans"}


def test_hangul_without_a_font_is_rejected_with_the_install_command(refused, words, monkeypatch):
    file = font_manager.findfont("DejaVu Sans")
    fonts = [font for font in font_manager.fontManager.ttflist if font.fname == file]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", fonts)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    message = refused("plot", words, "--words", "king,queen,왕", code=3)
    assert message.startswith("No installed font has the letters '왕'. Install one: pip install 'seqkit[korean]'")
    message = refused("plot", words, "--words", "king,queen,왕", "--font", "DejaVu Sans", code=2)
    assert message == "The font DejaVu Sans lacks '왕'. Choose another --font, or omit it."


def test_invalid_plots_are_rejected(refused, words, write_embed_run):
    assert "There are no words to plot. Name some: --words king,queen,man,woman." in refused("plot", words, code=2)
    few = "A map needs at least 3 different words, got 2. Add more words."
    assert few in refused("plot", words, "--words", "king,queen,King", code=2)
    assert "'quen' has no vector" in refused("plot", words, "--words", "king,man,quen", code=4)
    assert "Did you mean 'queen'?" in refused("plot", words, "--pairs", "man:king,woman:quen", code=4)
    assert "two words as man:king, got 'man'" in refused("plot", words, "--pairs", "man", code=2)
    assert "got 'man:king:queen'" in refused("plot", words, "--pairs", "man:king:queen", code=2)
    other_format = "Plots are written as PNG. Use --output map.png."
    assert other_format in refused("plot", words, "--words", "king,queen,man", "-o", "map.pdf", code=2)
    other = write_embed_run(["a"], [[1]], name="other", task="forecast")
    assert f"See `seqkit forecast {other}`" in refused("plot", other, "--words", "a,b,c", code=2)
    assert "There is no run directory or vector file nowhere." in refused("plot", "nowhere", "--words", "a,b,c", code=4)
    same = write_embed_run(["a", "b", "c"], [[1, 2]] * 3, name="same")
    assert "all have the same direction" in refused("plot", same, "--words", "a,b,c", code=5)
