"""Checks of the arguments of a spec."""


def check_count(name: str, value: object, *, least: int = 1) -> None:
    """Raises ValueError unless a value is an integer of at least `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        expected = "a positive integer" if least == 1 else f"an integer of at least {least}"
        raise ValueError(f"Received an invalid value for argument `{name}`, expected {expected}, got {value!r}.")


def check_fraction(name: str, value: float) -> None:
    """Raises ValueError unless a value is at least 0 and below 1."""
    if not 0 <= value < 1:
        raise ValueError(
            f"Received an invalid value for argument `{name}`, expected a number in [0, 1), got {value!r}."
        )
