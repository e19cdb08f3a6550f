"""Word vectors compared with gensim: words per second, memory, and quality of the vectors.

Both read the same text file (one document per line, lower-cased, words separated by blanks) and train with the same
settings on all processors, in turn, each in a new process. Speed is the words of the corpus times epochs per second: of
the whole process, from start to saved vectors, and of training alone. Quality is measured on the same analogies and
word pairs, also for count-based vectors (PPMI and SVD). gensim reads with `LineSentence`, as in its documentation:
`pip install "gensim>=4.4"`.
"""

import json
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.measure import note, run_process, seqkit_process
from benchmarks.report import Report, describe_machine
from benchmarks.vector_tables import vector_report
from seqkit.errors import MissingExtraError, SeqkitError, UsageError, nearest
from seqkit.registry import find_dataset

DIM, WINDOW, NEGATIVE, MIN_COUNT, SAMPLE, EPOCHS = 100, 5, 5, 5, 1e-3, 5
GENSIM = (4, 4)
RECIPES = ("skipgram", "cbow")
QUICK_LINES = 2000

CORPORA: dict[str, Callable[[str], list[str]]] = {
    "wikitext2": lambda text: text.lower().split(),
    "imdb": lambda text: re.findall(r"[a-z0-9']+", text.replace("<br />", " ").lower()),
}
"""Functions that split a text of each corpus into words."""

WITH_GENSIM = """
import json, sys, time
from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence
text, model = LineSentence(sys.argv[1]), Word2Vec(**json.loads(sys.argv[3]))
began = time.perf_counter()
model.build_vocab(text)
counted = time.perf_counter()
model.train(text, total_examples=model.corpus_count, epochs=model.epochs)
trained = time.perf_counter()
model.wv.save_word2vec_format(sys.argv[2], binary=True)
print(json.dumps([counted - began, trained - counted]))
"""


def run(*, corpora: str = "wikitext2,imdb", seeds: int = 3, quick: bool = False) -> Report:
    """Trains both in turn.

    Args:
        corpora: Corpora, separated by commas: wikitext2 (the training part), imdb (all 50,000 reviews).
        seeds: Trainings of each, with different seeds, [1, inf).
        quick: 2,000 lines of each corpus and one seed, as a smoke test.
    """
    names, gensim_version = corpora.split(","), _gensim_version()
    for name in names:
        if name not in CORPORA:
            raise UsageError(f"There is no corpus '{name}' here. {nearest(name, CORPORA)}")
    seeds, lines = (1, QUICK_LINES) if quick else (seeds, None)
    workers = describe_machine()["threads"]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            file = Path(folder) / f"{name}.txt"
            note(f"{name}: writing the corpus")
            size = _in_new_process(write_corpus, name, file, lines)
            _start_once(file, Path(folder), workers)
            results.append({"corpus": name, **size, **_train(file, Path(folder), seeds, workers, size["words"])})
    return vector_report(
        results,
        notes=[f"gensim {gensim_version} with {workers} workers; seqkit with as many threads as TensorFlow chooses."],
    )


def write_corpus(name: str, path: Path, lines: int | None = None) -> dict[str, int]:
    """Writes a corpus, one document per line, lower-cased, with words separated by blanks.

    Args:
        name: A key of `CORPORA`.
        path: File to write.
        lines: Maximum number of documents; None for all.

    Returns:
        The number of "lines" and "words".
    """
    texts, words_of = find_dataset(name).load().load()["text"], CORPORA[name]
    documents = words = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for document in islice(filter(None, map(words_of, texts)), lines):
            file.write(" ".join(document) + "\n")
            documents, words = documents + 1, words + len(document)
    return {"lines": documents, "words": words}


def scores_of(*paths: Path) -> list[dict[str, Any]]:
    """Returns the quality of the vectors of each run or file, after checking that their vocabularies are equal.

    Raises:
        SeqkitError: The vocabularies differ.
    """
    from seqkit.tasks.embed.inference import open_vectors

    opened = [open_vectors(path) for path in paths]
    vocabularies = [set(vectors.index_to_key) for vectors in opened]
    if any(words != vocabularies[0] for words in vocabularies):
        sizes = ", ".join(f"{len(words):,}" for words in vocabularies)
        raise SeqkitError(f"The vocabularies are not the same ({sizes} words): the vectors cannot be compared.")
    return [_scores(vectors.index_to_key, vectors.vectors) for vectors in opened]


def count_vectors(file: Path) -> dict[str, Any]:
    """Computes count-based vectors; returns their quality and the duration, without the start of a process."""
    from seqkit.data.text.corpus import read_corpus
    from seqkit.data.text.corpus_files import corpus_text
    from seqkit.tasks.embed.baseline import ppmi_svd

    began = time.perf_counter()
    corpus = read_corpus(corpus_text([file]), tokenizer="blank", min_count=MIN_COUNT, scratch=file.parent)
    read = time.perf_counter()
    vectors = ppmi_svd(corpus.ids, len(corpus.words), window=WINDOW, dim=DIM)
    ended = time.perf_counter()
    return {"seconds": ended - began, "vocabulary_seconds": read - began, **_scores(corpus.words, vectors)}


def _train(file: Path, folder: Path, seeds: int, workers: int, words: int) -> dict[str, Any]:
    """Returns the figures of all trainings on a corpus, by recipe and system, and those of count-based vectors."""
    trained: dict[str, dict[str, list[dict[str, Any]]]] = {name: {"seqkit": [], "gensim": []} for name in RECIPES}
    for recipe in RECIPES:
        for seed in range(seeds):
            note(f"{file.stem}: {recipe}, seed {seed}")
            ours, peer = folder / f"{file.stem}-{recipe}-{seed}", folder / f"{file.stem}-{recipe}-{seed}.bin"
            costs = [by_seqkit(recipe, file, ours, seed), by_gensim(recipe, file, peer, seed, workers, words)]
            scores = _in_new_process(scores_of, ours, peer)
            for system, figures, quality in zip(("seqkit", "gensim"), costs, scores, strict=True):
                speed = words * EPOCHS / figures["seconds"]
                trained[recipe][system].append({"seed": seed, "words_per_second": speed, **figures, **quality})
    note(f"{file.stem}: counting")
    return {"trained": trained, "counted": _in_new_process(count_vectors, file)}


def by_seqkit(recipe: str, file: Path, out: Path, seed: int) -> dict[str, Any]:
    """Trains with the `seqkit` command; returns the figures of the process."""
    process = seqkit_process(
        "train", recipe, "--data", str(file), "--tokenizer", "blank", "--dim", str(DIM), "--window", str(WINDOW),
        "--negative", str(NEGATIVE), "--min-count", str(MIN_COUNT), "--sample", str(SAMPLE), "--epochs", str(EPOCHS),
        "--seed", str(seed), "--out", str(out), "-q",
    )  # fmt: skip
    training = json.loads((out / "metrics.json").read_text(encoding="utf-8"))["training"]
    return {
        "seconds": process.seconds,
        "cpu_seconds": process.cpu_seconds,
        "peak_bytes": process.peak_bytes,
        "training_words_per_second": training["words_per_second"],
        "vocabulary_seconds": training.get("reading_seconds"),
    }


def by_gensim(recipe: str, file: Path, out: Path, seed: int, workers: int, words: int) -> dict[str, Any]:
    """Trains with gensim; returns the figures of the process."""
    options = {
        "vector_size": DIM, "window": WINDOW, "negative": NEGATIVE, "min_count": MIN_COUNT, "sample": SAMPLE,
        "epochs": EPOCHS, "sg": int(recipe == "skipgram"), "seed": seed, "workers": workers,
    }  # fmt: skip
    process = run_process("-c", WITH_GENSIM, str(file), str(out), json.dumps(options))
    vocabulary, training = json.loads(process.output)
    return {
        "seconds": process.seconds,
        "cpu_seconds": process.cpu_seconds,
        "peak_bytes": process.peak_bytes,
        "training_words_per_second": words * EPOCHS / training,
        "vocabulary_seconds": vocabulary,
    }


def _start_once(file: Path, folder: Path, workers: int) -> None:
    """Trains both on the first lines, so that the libraries of both are in the file cache when they are timed."""
    note(f"{file.stem}: warming up")
    small = folder / f"{file.stem}-small.txt"
    with file.open(encoding="utf-8") as whole:
        small.write_text("".join(islice(whole, QUICK_LINES)), encoding="utf-8")
    ours, peer = folder / small.stem, folder / f"{small.stem}.bin"
    by_seqkit("cbow", small, ours, 0)
    by_gensim("cbow", small, peer, 0, workers, 0)
    _in_new_process(scores_of, ours, peer)


def _scores(words: Sequence[str], vectors: Any) -> dict[str, Any]:
    """Returns the accuracy on analogies, by type, and the correlation with human similarity ratings."""
    from seqkit.data.vectors.analogies import sections_of
    from seqkit.tasks.embed.metrics import analogy_scores, pair_scores, share_of

    sections = sections_of(find_dataset("questions_words").load().load())
    pairs = find_dataset("wordsim353").load().load()
    answers = analogy_scores(words, vectors, sections, lower=True)
    ratings = list(pairs[["word", "other", "score"]].itertuples(index=False, name=None))
    likeness = pair_scores(words, vectors, ratings, lower=True)

    def share(*, syntactic: bool) -> float | None:
        chosen = [section for section in answers.sections if section.name.startswith("gram") == syntactic]
        return share_of(sum(section.right for section in chosen), sum(section.asked for section in chosen))

    return {
        "vocabulary": len(words),
        "semantic": share(syntactic=False),
        "syntactic": share(syntactic=True),
        "analogies": answers.share,
        "questions": [answers.asked, answers.all],
        "wordsim353": likeness.spearman,
        "pairs": [likeness.covered, likeness.pairs],
    }


def _in_new_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a function in a new process, because this one's memory would count as the trainings' (`run_process`)."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def _gensim_version() -> str:
    """Returns the installed version of gensim, without importing it.

    Raises:
        MissingExtraError: gensim is missing or too old.
    """
    required = ".".join(map(str, GENSIM))
    remedy = f'Install it: pip install "gensim>={required}"'
    try:
        installed = version("gensim")
    except PackageNotFoundError as error:
        raise MissingExtraError(f"This benchmark needs gensim, which is not installed. {remedy}") from error
    if tuple(map(int, re.findall(r"\d+", installed)[:2])) < GENSIM:
        raise MissingExtraError(f"This benchmark needs gensim {required} or newer, found {installed}. {remedy}")
    return installed
