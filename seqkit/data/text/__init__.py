"""Running text: word splitting, tokenizers, phrases, n-grams, corpora larger than memory."""
