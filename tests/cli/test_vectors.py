"""`neighbors`, `analogy`, `similarity` and `export` on a run and on files, as text and JSON, and their errors."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from seqkit.data.vectors.formats import WordVectors, read_vectors, write_vectors

# king = man + crown, queen = woman + crown: each axis is one meaning.
MEANT = {"man": (1, 0, 0), "woman": (0, 1, 0), "king": (1, 0, 2), "queen": (0, 1, 2), "왕": (1, 0, 1)}


@pytest.fixture(params=["run", "word2vec", "word2vec-bin", "glove"])
def source(request, write_embed_run) -> str:
    """The five words, as a run and as files of each format."""
    matrix = np.array(list(MEANT.values()), np.float32)
    if request.param == "run":
        return str(write_embed_run(list(MEANT), matrix))
    write_vectors(WordVectors(list(MEANT), matrix), "words.vec", request.param)
    return "words.vec"


@pytest.fixture
def words(write_embed_run) -> Path:
    path: Path = write_embed_run(list(MEANT), list(MEANT.values()))
    return path


def cosine(a: str, b: str) -> float:
    first, second = np.array(MEANT[a], float), np.array(MEANT[b], float)
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def test_neighbors_prints_the_nearest_words_in_columns(done, source):
    # 왕 takes two columns of the terminal: (1, 0, 1) and (1, 0, 2) make 3 / sqrt(10).
    expected = "near king   cosine\n왕          0.9487\nqueen       0.8000\nman         0.4472\nwoman       0.0000\n"
    result = done("neighbors", source, "king")
    assert (result.stdout, result.stderr) == (expected, "")


def test_vectors_of_a_file_that_are_left_out_are_noted_by_every_command(done):
    Path("words.vec").write_bytes(b"3 2\nking 1 0\nqueen 1 1\nman\xd0 0 1\n")
    Path("pairs.txt").write_text("king queen 5\nking king 9\n")
    note = r"left out 1 vector of a word that is not UTF-8, such as one cut inside a letter: 'man\xd0' in line 4"
    for arguments in (
        ("neighbors", "words.vec", "king"),
        ("similarity", "words.vec", "king", "queen"),
        ("export", "words.vec", "-o", "out.vec"),
        ("evaluate", "words.vec", "--pairs", "pairs.txt"),
    ):
        assert f"words.vec: {note}\n" in done(*arguments).stderr
    assert read_vectors("out.vec").words == ["king", "queen"]


def test_capitals_of_questions_are_looked_up_in_lower_case_and_noted(done):
    # cos(king, queen) = 0.8, cos(man, woman) = 0, cos(king, man) = 1 / sqrt(5): ranks 3, 1, 2 for the ratings 3, 2, 1.
    write_vectors(
        WordVectors([*MEANT, "NASA"], np.array([*MEANT.values(), (1, 1, 1)], np.float32)), "words.vec", "glove"
    )
    Path("pairs.txt").write_text("King\tQueen\t8.5\nMan\twoman\t7.5\nKing\tman\t1\nNASA\tApollo\t9\n")
    result = done("evaluate", "words.vec", "--pairs", "pairs.txt")
    assert "covers 3 of 4 pairs" in result.stdout and "0.500" in result.stdout
    note = "3 of 7 words of the questions have a vector only in lower case, which is used: 'King', …"
    assert result.stderr == f"words.vec: {note}\n"
    Path("questions.txt").write_text(": royal\nman king woman queen\nMan King Woman Queen\n")
    result = done("evaluate", "words.vec", "--analogies", "questions.txt")
    assert "covers 2 of 2 questions" in result.stdout and "100.0 %" in result.stdout
    assert "4 of 8 words of the questions" in result.stderr
    Path("pairs.txt").write_text("king\tqueen\t8.5\nman\twoman\t7.5\n")
    assert done("evaluate", "words.vec", "--pairs", "pairs.txt").stderr == ""


def test_neighbors_of_several_words_are_separate_tables(done, words):
    result = done("neighbors", words, "man", "woman", "--top", 1)
    assert result.stdout == "near man   cosine\n왕         0.7071\n\nnear woman   cosine\nqueen        0.4472\n"


def test_neighbors_as_json_have_full_precision(done, source, strict_json):
    content = strict_json(done("neighbors", source, "king", "man", "--json", "--top", 2).stdout)
    assert [row["word"] for row in content] == ["king", "man"]
    assert [row["word"] for row in content[0]["neighbors"]] == ["왕", "queen"]
    assert [row["cosine"] for row in content[0]["neighbors"]] == pytest.approx([cosine("king", "왕"), 0.8], abs=1e-6)


def test_analogy_is_b_minus_a_plus_c_of_unit_vectors(done, source, strict_json):
    # king - man + woman = (1, 0, 2) / sqrt(5) - (1, 0, 0) + (0, 1, 0)
    target = np.array([1, 0, 2]) / np.sqrt(5) + [-1, 1, 0]
    score = target @ [0, 1, 2] / np.linalg.norm(target) / np.sqrt(5)
    lines = done("analogy", source, "man", "king", "woman").stdout.splitlines()
    assert lines[0] == "man is to king as woman is to   cosine"
    assert lines[1] == f"queen                           {score:.4f}"
    assert len(lines) == 3  # 왕 is the only other candidate
    content = strict_json(done("analogy", source, "man", "king", "woman", "--json", "--top", 1).stdout)
    assert content == {
        "a": "man",
        "b": "king",
        "c": "woman",
        "method": "3cosadd",
        "answers": [{"word": "queen", "cosine": pytest.approx(score, abs=1e-6)}],
    }


def test_analogy_multiplies_cosines_with_3cosmul(done, words, strict_json):
    content = strict_json(done("analogy", words, "man", "king", "woman", "--method", "3cosmul", "--json").stdout)
    near = [(1 + cosine("queen", other)) / 2 for other in ("king", "woman", "man")]
    assert content["answers"][0] == {"word": "queen", "score": pytest.approx(near[0] * near[1] / (near[2] + 0.001))}
    assert "as woman is to    score\n" in done("analogy", words, "man", "king", "woman", "--method", "3cosmul").stdout


def test_similarity_prints_one_number(done, source, strict_json):
    assert done("similarity", source, "king", "queen").stdout == "0.8000\n"
    content = strict_json(done("similarity", source, "king", "queen", "--json").stdout)
    assert content == {"a": "king", "b": "queen", "cosine": pytest.approx(0.8)}


def test_words_are_looked_up_in_lower_case_if_the_run_is_lower_case(done, words, refused):
    assert done("similarity", words, "King", "QUEEN").stdout == "0.8000\n"
    assert done("neighbors", words, "King", "--top", 1).stdout.startswith("near king ")
    write_vectors(WordVectors(["king"], np.ones((1, 2), np.float32)), "words.txt", "word2vec")
    message = refused("neighbors", "words.txt", "King", code=4)
    assert message == "The word 'King' has no vector in words.txt. Did you mean 'king'?"


def test_a_remark_says_that_a_vector_is_composed_of_ngrams(done, write_embed_run):
    from seqkit.data.text.subwords import Subwords

    buckets = np.unique(Subwords(3, 4, 500).ngrams(["kingly"]).values)
    parts = np.tile([1.0, 0.0], (len(buckets), 1))
    path = write_embed_run(["king", "man"], [[1, 1], [0, 1]], seen=buckets, ngrams=parts, subwords=[3, 4], buckets=500)
    result = done("neighbors", path, "kingly", "--top", 1)
    assert result.stdout == "near kingly   cosine\nking          0.7071\n"
    assert result.stderr == "'kingly' is not in the vocabulary; its vector is composed of its n-grams\n"


def test_control_characters_are_not_printed(done):
    write_vectors(WordVectors(["a", "b\x1b[31m"], np.ones((2, 1), np.float32)), "odd.txt", "glove")
    assert done("neighbors", "odd.txt", "a").stdout == "near a   cosine\nb\ufffd[31m   1.0000\n"


@pytest.mark.parametrize("file_format", ["word2vec", "word2vec-bin", "glove"])
def test_export_writes_the_same_vectors(done, words, file_format):
    result = done("export", words, "--format", file_format, "--output", "deep/out.vec")
    assert (result.stdout, result.stderr) == ("", "wrote 5 vectors of dimension 3 to deep/out.vec\n")
    found = read_vectors("deep/out.vec")
    assert found.words == list(MEANT)
    np.testing.assert_array_equal(found.vectors, np.array(list(MEANT.values()), np.float32))
    assert os.listdir("deep") == ["out.vec"]
    assert done("similarity", "deep/out.vec", "king", "queen").stdout == "0.8000\n"


def test_export_writes_word2vec_text_by_default(done, words):
    done("export", words, "-o", "out.vec")
    assert Path("out.vec").read_text(encoding="utf-8").splitlines()[:2] == ["5 3", "man 1 0 0"]


def test_export_replaces_a_file_only_with_overwrite(done, refused, words):
    Path("out.vec").write_text("mine")
    assert (
        refused("export", words, "-o", "out.vec", code=2)
        == "out.vec exists. Choose another --output, or add --overwrite."
    )
    done("export", words, "-o", "out.vec", "--overwrite")
    assert Path("out.vec").read_text(encoding="utf-8").startswith("5 3\n")


def test_export_can_convert_a_file_in_place(done):
    write_vectors(WordVectors(["a", "b"], np.eye(2, dtype=np.float32)), "v.txt", "glove")
    done("export", "v.txt", "-o", "v.txt", "--overwrite")
    assert Path("v.txt").read_text() == "2 2\na 1 0\nb 0 1\n"


def test_export_rejects_outputs_that_are_not_files(refused, words, folder):
    assert "is a directory" in refused("export", words, "-o", folder, code=2)
    assert "standard output" in refused("export", words, "-o", "-", code=2)
    Path("link.vec").symlink_to("there.vec")
    assert "a link or a device" in refused("export", words, "-o", "link.vec", "--overwrite", code=2)
    assert "Missing option '--output'" in refused("export", words, code=2)
    assert "is not a directory" in refused("export", words, "-o", f"{words}/run.json/out.vec", code=2)


def test_export_of_an_unrepresentable_word_writes_nothing(refused):
    Path("glove.txt").write_text("at 1 2\n. . . 3 4\n")
    message = refused("export", "glove.txt", "-o", "out.vec", code=5)
    assert "its word '. . .' contains whitespace" in message


QUESTIONS = {
    "neighbors": lambda source: ("neighbors", source, "king"),
    "analogy": lambda source: ("analogy", source, "man", "king", "woman"),
    "similarity": lambda source: ("similarity", source, "king", "man"),
    "export": lambda source: ("export", source, "--output", "out.vec"),
}


@pytest.mark.parametrize("command", QUESTIONS)
def test_sources_without_vectors_are_rejected(refused, write_embed_run, command):
    arguments = QUESTIONS[command]
    assert "There is no run directory or vector file nowhere." in refused(*arguments("nowhere"), code=4)
    other = write_embed_run(["king"], [[1]], name="other", task="classify")
    assert f"See `seqkit predict {other}`" in refused(*arguments(other), code=2)
    Path("empty").mkdir()
    assert "empty is not a run directory" in refused(*arguments("empty"), code=4)
    Path("text.txt").write_text("Once upon a time\n")
    assert "text.txt is not a word-vector file" in refused(*arguments("text.txt"), code=5)
    Path("cut.txt").write_text("3 2\nking 1 0\nman 0")
    assert "cut.txt" in refused(*arguments("cut.txt"), code=5)


@pytest.mark.parametrize("command", QUESTIONS)
def test_damaged_runs_are_rejected(refused, words, command):
    file = words / "vectors.npy"
    whole = np.load(file)
    np.save(file, np.where(np.arange(3) == 1, np.float32("nan"), whole))
    assert "vector 1 of 'man' contains a value that is not finite" in refused(*QUESTIONS[command](words), code=5)
    np.save(file, whole)
    file.write_bytes(file.read_bytes()[:-1])
    assert "vectors.npy is damaged: it is not a complete NumPy array" in refused(*QUESTIONS[command](words), code=5)


@pytest.mark.parametrize("command", ["neighbors", "analogy", "similarity"])
def test_an_unknown_word_is_rejected_with_a_similar_spelling(refused, write_embed_run, command):
    path = write_embed_run(["kings", "man", "woman"], np.eye(3))
    message = refused(*QUESTIONS[command](path), code=4)
    assert message == f"The word 'king' has no vector in {path}. Did you mean 'kings'?"


def test_invalid_arguments_are_rejected(refused, words):
    assert "Missing argument" in refused("neighbors", words, code=2)
    assert "Missing argument" in refused("analogy", words, "man", "king", code=2)
    assert "--top" in refused("neighbors", words, "man", "--top", 0, code=2)
    assert "it is empty" in refused("neighbors", words, "", code=2)
    assert "3cosadd" in refused("analogy", words, "man", "king", "woman", "--method", "cos", code=2)


def test_help_explains_the_order_of_an_analogy(done):
    assert "seqkit analogy SOURCE man king woman" in " ".join(done("analogy", "--help").stdout.split())
    assert "SOURCE is the directory of a finished run, or a vector file" in done("neighbors", "--help").stdout.replace(
        "\n  ", " "
    )


def test_the_command_module_imports_nothing_slow(in_a_shell):
    program = (
        "import json, sys, seqkit.tasks.embed.commands\n"
        "print(json.dumps(sorted({'numpy', 'pandas', 'matplotlib', 'sklearn', 'onnxruntime'} & set(sys.modules))))"
    )
    assert json.loads(in_a_shell("-c", program).stdout) == []


def test_an_unknown_word_without_ngrams_is_not_called_composed(refused, write_embed_run):
    message = refused("neighbors", str(write_embed_run(["king", "queen"], np.eye(2))), "kingg", code=4)
    assert "composed" not in message and "Did you mean 'king'?" in message


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            ("forecast",),
            "holds word vectors (task 'embed'), but a run of the task 'forecast' is needed. See `seqkit neighbors",
        ),
        (
            ("predict", "a text"),
            "holds word vectors (task 'embed'), but a run of the task 'classify' is needed. See `seqkit neighbors",
        ),
        (("compare",), "Comparing needs at least two runs."),
    ],
)
def test_commands_of_other_tasks_name_the_right_one(refused, write_embed_run, command, message):
    run = str(write_embed_run(["king", "queen"], np.eye(2)))
    assert message in refused(command[0], run, *command[1:], code=2)


def test_runs_of_word_vectors_cannot_be_compared(refused, write_embed_run):
    runs = [str(write_embed_run(["king", "queen"], np.eye(2), name=name)) for name in ("one", "two")]
    assert "`seqkit evaluate RUN`" in refused("compare", *runs, code=2)
