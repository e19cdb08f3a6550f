"""Embed: a vector for each word, so that words used alike have similar vectors."""
