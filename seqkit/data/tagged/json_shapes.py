"""Finds texts with spans, and lists of words and tags, in JSON values of the shapes that annotation tools write."""

from __future__ import annotations

from typing import Any

SPAN_KEYS = ("spans", "entities", "label", "labels", "annotations", "ents")
WORD_KEYS = ("tokens", "words")
TAG_KEYS = ("ner_tags", "tags", "labels", "pos_tags", "ner", "label")
START_KEYS, END_KEYS = ("start", "start_offset", "begin"), ("end", "end_offset", "stop")


def word_lists(value: Any) -> tuple[list[Any] | None, list[Any] | None]:
    """Returns the lists of words and of tags of a value; None where it has none."""
    if not isinstance(value, dict):
        return None, None
    words = next((value[key] for key in WORD_KEYS if _is_list_of(value.get(key), str)), None)
    tags = next((value[key] for key in TAG_KEYS if _is_list_of(value.get(key), str)), None)
    return words, tags


def span_list(value: Any) -> list[Any] | None:
    """Returns the spans of a value, in any of the known shapes; None where it has none."""
    value = plain_value(value)
    if not isinstance(value, dict):
        return None
    lists = [value[key] for key in SPAN_KEYS if isinstance(value.get(key), list)]
    return next((spans for spans in lists if spans and _is_span(spans[0])), next((s for s in lists if not s), None))


def has_known_shape(value: Any) -> bool:
    """Whether a value is a text, perhaps with spans, or has lists of words."""
    value = plain_value(value)
    return isinstance(value, dict) and (isinstance(value.get("text"), str) or word_lists(value)[0] is not None)


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _is_span(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) >= 3 and all(isinstance(item, str) for item in value[:3])  # numbers are strings
    return isinstance(value, dict) and any(key in value for key in START_KEYS)


def plain_value(value: Any) -> Any:
    """Returns a value of spaCy 2 or Label Studio as an object with text and spans."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], dict):
        return {"text": value[0], **value[1]}
    if isinstance(value, dict) and isinstance(value.get("data"), dict) and isinstance(value["data"].get("text"), str):
        results = [
            result["value"]
            for annotation in (value.get("annotations") or value.get("completions") or ())[:1]
            if isinstance(annotation, dict) and isinstance(annotation.get("result"), list)
            for result in annotation["result"]
            if isinstance(result, dict) and isinstance(result.get("value"), dict) and "start" in result["value"]
        ]
        return {"text": value["data"]["text"], "spans": results}
    return value
