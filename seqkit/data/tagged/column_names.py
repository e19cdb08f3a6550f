"""Usual names of the columns of tables with a word in each row."""

WORD_NAMES = ("word", "token", "form", "words", "tokens")
TAG_NAMES = ("tag", "tags", "ner_tag", "ner_tags", "ner", "iob", "bio", "label", "entity", "upos", "pos", "pos_tags")
SENTENCE_NAMES = (
    *("sentence", "sentence #", "sentence_id", "sentence id", "sentence_number", "sent", "sent_id", "sentence_idx"),
)
DOCUMENT_NAMES = ("document", "document_id", "document id", "doc", "doc_id", "docid")
