"""Files of word vectors, and the analogies and word pairs that they are scored by."""

from seqkit.data.kinds import Kind

KINDS = (Kind("analogies", "analogies"), Kind("pairs", "pairs of words"))
