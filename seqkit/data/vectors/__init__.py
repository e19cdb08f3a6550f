"""Word-vector files, and the analogies and word pairs that evaluate them."""

from seqkit.data.kinds import Kind

KINDS = (Kind("analogies", "analogies"), Kind("word_pairs", "pairs of words"))
