"""Reads tagged sentences from a source, and from a test file if there is one."""

from typing import TYPE_CHECKING, Any

from seqkit.sources import DataSource, find_source

if TYPE_CHECKING:
    from seqkit.data.tagged.sentences import TaggedCorpus


def read_corpus(source: DataSource, reading: dict[str, Any], test: Any = None) -> "TaggedCorpus":
    """Returns the sentences of a source, followed by those of `test` as the test part if it is given.

    Args:
        source: The training data.
        reading: Options of reading it.
        test: The test data: a dataset's name, a file or a frame.

    Raises:
        DataError: The data is invalid.
    """
    from seqkit.data.tagged.reading import join_test

    corpus: TaggedCorpus = source.read(reading)
    if test is None:
        return corpus
    test_source = find_source(test, kind=source.kind)
    names = {option.name for option in test_source.options}
    return join_test(corpus, test_source.read({name: value for name, value in reading.items() if name in names}))
