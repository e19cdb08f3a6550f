"""State, parts, encoding and decoding of the tag task.

The state and the vocabulary are fitted on the training sentences only, and inference needs nothing else. A model reads
rows of integers, see `seqkit.tasks.tag.vocabulary`, and outputs one logit per tag and word.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from seqkit.data.labelled.ragged import Ragged
from seqkit.data.tagged.schemes import SchemeName, convert, spans_of, tag_set, tags_of
from seqkit.data.tagged.sentences import TaggedCorpus
from seqkit.data.tagged.splits import split_sentences
from seqkit.data.tagged.transitions import legal_transitions
from seqkit.data.tagged.words import TokenizerKind
from seqkit.data.vectors.embedding_matrix import embedding_matrix
from seqkit.data.vectors.formats import WordVectors
from seqkit.errors import DataError
from seqkit.inference.linear_chain import IMPOSSIBLE
from seqkit.spec import Spec
from seqkit.tasks.tag.vocabulary import UNKNOWN, Vocabulary
from seqkit.tasks.tag.word_features import sentence_features

MODEL_SCHEME = "IOB2"
"""Scheme of the tags of models, whatever the scheme of the data."""

PLAIN = "plain"
"""Scheme of tags that each belong to one word, such as parts of speech."""

PARTS = ("train", "validation", "test")


class TagState(BaseModel):
    """Fitted state of the tag task; with `words.json`, all that inference needs. Stored as JSON.

    Attributes:
        scheme: Scheme of the tags in the training data.
        tags: The model's tags, in the order of its outputs.
        decoder: "crf" or "softmax".
        length: Words of a sentence that are read at once.
        vocabulary: Number of word ids.
        alphabet: Number of character ids.
        vocabulary_sha256: Hash of `words.json`.
        embedding: Dimension of the word embedding.
        characters: Characters that are read of a word.
        character_filters: Filters of the convolution over characters; 0 for none.
        slots: Hashed features of a word; 0 for none.
        buckets: Number of feature ids.
        tune: Whether the word embedding is trained.
        token_dropout, input_dropout, feature_dropout: Fractions dropped in training.
        tokenizer: How texts are split into words: "word" or "char".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: SchemeName
    tags: tuple[str, ...] = Field(min_length=2, max_length=10_000)
    decoder: Literal["crf", "softmax"]
    length: int = Field(ge=1)
    vocabulary: int = Field(ge=2)
    alphabet: int = Field(ge=2)
    vocabulary_sha256: str
    embedding: int = Field(ge=1)
    characters: int = Field(ge=1, le=1000)
    character_filters: int = Field(ge=0)
    slots: int = Field(ge=0, le=10_000)
    buckets: int = Field(ge=2)
    tune: bool
    token_dropout: float = Field(ge=0, lt=1)
    input_dropout: float = Field(ge=0, lt=1)
    feature_dropout: float = Field(ge=0, lt=1)
    tokenizer: TokenizerKind

    @property
    def spec(self) -> Spec:
        """Inputs and outputs of a model for this state."""
        return Spec.sentences(
            vocabulary=self.vocabulary,
            tags=len(self.tags),
            crf=self.decoder == "crf",
            embedding=self.embedding,
            alphabet=self.alphabet,
            characters=self.characters,
            character_filters=self.character_filters,
            slots=self.slots,
            buckets=self.buckets,
            tune=self.tune,
            token_dropout=self.token_dropout,
            input_dropout=self.input_dropout,
            feature_dropout=self.feature_dropout,
        )

    @property
    def model_scheme(self) -> str:
        """Scheme of the model's tags."""
        return PLAIN if self.scheme == PLAIN else MODEL_SCHEME

    @property
    def data_tags(self) -> tuple[str, ...]:
        """The tags in the scheme of the training data."""
        if self.scheme == PLAIN:
            return self.tags
        labels = dict.fromkeys(span.label for tag in self.tags for span in spans_of([tag], MODEL_SCHEME))
        return tag_set(labels, self.scheme)

    def legal(self) -> np.ndarray:
        """Returns 0 for pairs of tags that may follow each other, else `IMPOSSIBLE`; see `linear_chain.most_likely`."""
        first, following, last = legal_transitions(self.tags, self.model_scheme)
        allowed = np.ones((len(self.tags) + 1,) * 2, bool)
        allowed[-1, :-1], allowed[:-1, :-1], allowed[:-1, -1] = first, following, last
        return np.where(allowed, 0.0, IMPOSSIBLE)


@dataclass(frozen=True)
class Part:
    """The encoded sentences of one part, those beyond the maximum length in pieces.

    Attributes:
        inputs: Rows of integers of each piece.
        tags: Index of the tag of each word, int64; 0 for a tag that no training sentence has.
        rows: Position of each sentence in the data, of shape (sentences,).
    """

    inputs: Ragged
    tags: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        """Number of sentences."""
        return len(self.rows)


@dataclass(frozen=True)
class Splits:
    """The parts of the data.

    Attributes:
        train, validation, test: The parts.
        embedding: Pretrained vectors of the words, of shape (vocabulary, embedding); None without `vectors`.
        notes: Messages about the data, one line each.
    """

    train: Part
    validation: Part
    test: Part
    embedding: np.ndarray | None
    notes: list[str]


def prepare(
    corpus: TaggedCorpus,
    vectors_of: Callable[[str, Sequence[str] | None], WordVectors],
    *,
    decoder: Literal["crf", "softmax"] = "crf",
    vocabulary: int = 50_000,
    embedding: int | None = None,
    vectors: str | None = None,
    character_filters: int = 32,
    characters: int = 20,
    features: bool = True,
    buckets: int = 262_144,
    tune: bool = True,
    token_dropout: float = 0.1,
    input_dropout: float = 0.3,
    feature_dropout: float = 0.6,
    length: int = 200,
    split: str = "0.8,0.1,0.1",
) -> tuple[TagState, Vocabulary, Splits]:
    """Fits vocabulary and state on the training sentences, and encodes the three parts.

    Args:
        corpus: The tagged sentences.
        vectors_of: Reads the vectors of words, None for all words, from the source named by `vectors`.
        decoder: How the tags of a sentence are found. `crf`: together, by a conditional random field with a weight for
            each pair of consecutive tags. `softmax`: each word on its own. Neither gives a sequence that breaks the
            scheme.
        vocabulary: Maximum number of word ids, including padding and unknown; the most frequent words, in lower case
            with zeros for digits, get one, [3, inf).
        embedding: Dimension of the word embedding; none is 64, or that of `vectors`, [1, inf).
        vectors: Pretrained vectors: a run of `seqkit train skipgram` or `cbow`, or a word2vec (text or binary) or
            GloVe file. Words that only the vectors have are known, too; words without a vector start at random.
        character_filters: Filters of the convolution over the characters of a word; 0 for none, [0, inf).
        characters: Characters of a word that are read; of a longer word, its beginning and its end, [2, 1000].
        features: Add the weights of the usual features of a linear tagger: words around, prefixes, suffixes, shapes.
        buckets: Maximum number of weights that these features are hashed to, for each tag; few features take fewer,
            [2, inf).
        tune: Train the word embedding; `--no-tune` freezes it.
        token_dropout: Fraction of the words replaced with the unknown word in training, [0, 1).
        input_dropout: Fraction of the values of words dropped in training, [0, 1).
        feature_dropout: Fraction of the features dropped in training, [0, 1).
        length: Words that are read at once; longer sentences are cut, [1, inf).
        split: Fractions of training, validation and test sentences, by document if there are documents. If the data
            has its own test part, the first two apply to the rest.

    Raises:
        UsageError: The split is invalid.
        DataError: There is only one tag, or the vectors have another dimension or cover no word.
    """
    rows, notes = split_sentences(corpus, split)
    training = [corpus.sentences[i] for i in rows["train"]]
    tags = _inventory([sentence.tags for sentence in training], corpus.scheme)
    more = () if vectors is None else vectors_of(vectors, None).words
    words = Vocabulary.fit([sentence.words for sentence in training], size=vocabulary, more=more)
    matrix, width = None, embedding or 64
    if vectors is not None:
        matrix, lines = embedding_matrix(vectors_of, vectors, ["", "", *words.words], embedding)
        notes += lines
        width = matrix.shape[1]
    slots, distinct = _count_features([sentence.words for sentence in training]) if features else (0, 0)
    state = TagState(
        scheme=corpus.scheme,  # type: ignore[arg-type]
        tags=tags,
        decoder=decoder,
        length=length,
        vocabulary=words.size,
        alphabet=words.alphabet,
        vocabulary_sha256=hashlib.sha256(words.to_json()).hexdigest(),
        embedding=width,
        characters=characters,
        character_filters=character_filters,
        slots=slots,
        buckets=min(buckets, max(2, 1 << (2 * distinct).bit_length())),
        tune=tune,
        token_dropout=token_dropout,
        input_dropout=input_dropout,
        feature_dropout=feature_dropout,
        tokenizer=corpus.layout.tokenizer,
    )
    index = {tag: number for number, tag in enumerate(tags)}
    parts = {}
    for name in PARTS:
        sentences = [corpus.sentences[i] for i in rows[name]]
        inputs = encode(state, words, [sentence.words for sentence in sentences])
        encoded = [
            [index.get(tag, 0) for tag in _model_tags(piece, corpus.scheme)]
            for sentence in sentences
            for piece in pieces(sentence.tags, length)
        ]
        flat = np.array([number for piece in encoded for number in piece], np.int64)
        parts[name] = Part(inputs, flat, rows[name])
        if name != "train":
            notes += _unknown_labels([sentence.tags for sentence in sentences], corpus.scheme, tags, name)
    shares = (f"{np.mean(part.inputs.values[:, 0] == UNKNOWN):.1%} of {name}" for name, part in parts.items())
    notes.append(f"unknown words: {', '.join(shares)}")
    return state, words, Splits(**parts, embedding=matrix, notes=notes)


def pieces(words: Sequence[str], length: int) -> Iterator[Sequence[str]]:
    """Yields the words or tags of a sentence, at most `length` at a time."""
    for first in range(0, len(words), length):
        yield words[first : first + length]


def encode(state: TagState, vocabulary: Vocabulary, sentences: Sequence[Sequence[str]]) -> Ragged:
    """Encodes the words of sentences as model inputs, one sequence for every piece of a sentence."""
    options = {"characters": state.characters, "slots": state.slots, "buckets": state.buckets}
    rows = [vocabulary.encode(piece, **options) for words in sentences for piece in pieces(words, state.length)]
    return Ragged.from_sequences(rows or [np.zeros((0, 1 + state.characters + state.slots), np.int32)])


def decode(state: TagState, numbers: Sequence[np.ndarray], lengths: Sequence[int]) -> list[list[str]]:
    """Returns the tags of sentences, in the scheme of the training data.

    Args:
        state: The state.
        numbers: Indices of the tags of each piece.
        lengths: Number of words of each sentence.
    """
    flat = [state.tags[number] for piece in numbers for number in piece]
    result, first = [], 0
    for length in lengths:
        result.append(convert(flat[first : first + length], state.model_scheme, state.scheme))
        first += length
    return result


def _model_tags(tags: Sequence[str], scheme: str) -> Sequence[str]:
    """Returns the tags of a piece of a sentence in the model's scheme; a span that is cut begins anew."""
    return tags if scheme == PLAIN else tags_of(spans_of(tags, scheme), len(tags), MODEL_SCHEME)


def _inventory(sentences: Sequence[Sequence[str]], scheme: str) -> tuple[str, ...]:
    """Returns the model's tags."""
    if scheme == PLAIN:
        tags = tuple(sorted({tag for tags in sentences for tag in tags}))
    else:
        labels = {span.label for tags in sentences for span in spans_of(tags, scheme)}
        tags = tag_set(sorted(labels), MODEL_SCHEME)
    if len(tags) < 2:
        raise DataError(
            f"The training sentences have no tag other than '{tags[0] if tags else ''}', and a tagger needs at least "
            "two. Give sentences with other tags, or choose another --split."
        )
    return tags


def _count_features(sentences: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Returns the largest number of features of a word, and the number of distinct ones."""
    largest, distinct = 0, set()
    for words in sentences:
        for features in sentence_features(words):
            largest = max(largest, len(features))
            distinct.update(features)
    return largest, len(distinct)


def _unknown_labels(sentences: Sequence[Sequence[str]], scheme: str, tags: tuple[str, ...], part: str) -> list[str]:
    """Returns a note if a part has labels that no training sentence has."""
    if scheme == PLAIN:
        labels = {tag for words in sentences for tag in words} - set(tags)
    else:
        known = {span.label for tag in tags for span in spans_of([tag], MODEL_SCHEME)}
        labels = {span.label for words in sentences for span in spans_of(words, scheme)} - known
    if not labels:
        return []
    return [f"no training sentence has these labels of {part}, which are never found: {', '.join(sorted(labels)[:5])}"]
