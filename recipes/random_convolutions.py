"""Random convolutions: thousands of fixed random kernels, and a linear classifier on what they find.

Nothing but the last layer is fitted, in closed form: a ridge classifier, whose penalty and whose certainty
leave-one-out chooses. No epochs, no learning rate.

When to use it: first, to label series, above all with tens to a few thousand examples: it takes seconds, and on the
archives of the field it is as accurate as far larger ensembles and networks.

When not: for texts; where labels depend on the order of distant events rather than on shapes and how often they occur;
or with tens of thousands of long series, where a trained convolution takes less memory and time.

Paper: Dempster, Petitjean & Webb (2020), ROCKET: Exceptionally fast and accurate time series classification using
random convolutional kernels, https://arxiv.org/abs/1910.13051; Dempster, Schmidt & Webb (2021), MiniRocket: A very fast
(almost) deterministic transform for time series classification, https://arxiv.org/abs/2012.08791
"""

from typing import Literal

import keras

from seqkit.layers.mini_rocket import MiniRocket
from seqkit.layers.rocket import Rocket
from seqkit.spec import Spec

TASKS = ("classify",)
READOUT = "ridge"


def build_model(
    spec: Spec, *, kernels: Literal["rocket", "minirocket"] = "rocket", features: int = 10_000
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        kernels: Which kernels. `rocket`: random weights, and the maximum of the response to each over time and the
            share of steps where it is positive. `minirocket`: 84 of two weights, and the shares of steps above
            thresholds that are taken from the data.
        features: Number of features, rounded down to what the kernels allow, [84, inf).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.

    Raises:
        ValueError: The spec is one of texts.
    """
    if spec.vocabulary:
        raise ValueError("random_convolutions reads series: expected a spec of series, got one of texts.")
    inputs, x = spec.inputs()  # (batch, steps, channels)
    longest = spec.length or 128
    if kernels == "rocket":
        # Labels may depend on the level of series that are not standardised each, so some kernels are sensitive to it.
        x = Rocket(features // 2, longest, centred=0.5, name="rocket")(x)  # (batch, features)
    else:
        x = MiniRocket(features, longest, name="minirocket")(x)  # (batch, features)
    return keras.Model(inputs, spec.outputs(x), name="random_convolutions")
