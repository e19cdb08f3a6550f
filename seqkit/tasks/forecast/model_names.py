"""Names of the baselines, and of a network without the linear baseline."""

LAST_VALUE, SEASONAL, LINEAR = "last value", "seasonal naive", "linear (ridge)"
GROWTH, HOLT_WINTERS = "seasonal naive with growth", "Holt-Winters"


def uncombined_name(name: str) -> str:
    """Returns the name of the network without the linear baseline that the model `name` combines it with."""
    return f"{name} alone"
