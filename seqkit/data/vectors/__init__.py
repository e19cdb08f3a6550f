"""Files of word vectors, and the analogies and word pairs that they are scored by."""
