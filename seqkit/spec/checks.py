"""Checks of the arguments of a spec."""


def check_count(name: str, value: object, *, least: int = 1) -> None:
    """Raises ValueError unless a value is an integer of at least `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        expected = "a positive integer" if least == 1 else f"an integer of at least {least}"
        raise ValueError(f"Received an invalid value for argument `{name}`, expected {expected}, got {value!r}.")
