"""Inception: residual blocks of convolutions of several widths, from nine steps to 39, and their mean over time.

In each layer, filters of all widths read the same steps side by side, after a bottleneck that mixes channels. Every
third layer adds the input of the block. Labels read the mean of each filter over time. The branch of max pooling in the
paper is left out.

When to use it: to label series by shapes of different lengths, where there are hundreds of series or more, and the
network may learn shapes that the kernels of `random_convolutions` would have to contain by chance.

When not: where training has to take seconds, or with tens of series: use `random_convolutions`. Where the order of
events decides, which a mean over time cannot tell.

Paper: Ismail Fawaz et al. (2020), InceptionTime: Finding AlexNet for time series classification,
https://arxiv.org/abs/1909.04939
"""

import keras

from seqkit.layers.masked_conv1d import MaskedConv1D
from seqkit.spec import Spec

TASKS = ("classify",)
TRAINING = {"batch_size": 32, "learning_rate": 2e-3, "patience": 10}


def build_model(
    spec: Spec,
    *,
    filters: int = 16,
    kernel_size: tuple[int, ...] = (39, 19, 9),
    bottleneck: int = 16,
    blocks: int = 1,
    dropout: float = 0.2,
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        filters: Number of filters of each width in each layer, [1, inf).
        kernel_size: Filter widths of every layer, in steps, [1, inf).
        bottleneck: Channels that the filters of a layer read, [1, inf).
        blocks: Number of residual blocks, each of three layers, [1, inf).
        dropout: Fraction of the means over time dropped during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.

    Raises:
        ValueError: `kernel_size` is empty.
    """
    if not kernel_size:
        raise ValueError("Received an invalid value for argument `kernel_size`, expected at least one width, got ().")
    inputs, x = spec.inputs()  # (batch, steps, channels)
    width = filters * len(kernel_size)
    for block in range(1, blocks + 1):
        shortcut = MaskedConv1D(width, 1, use_bias=False, name=f"shortcut_{block}")(x)
        shortcut = keras.layers.BatchNormalization(momentum=0.9, name=f"shortcut_norm_{block}")(shortcut)
        for layer in range(1, 4):
            name = f"{block}_{layer}"
            x = MaskedConv1D(bottleneck, 1, use_bias=False, name=f"bottleneck_{name}")(x)
            branches = [
                MaskedConv1D(filters, size, padding="same", use_bias=False, name=f"conv_{name}_{branch}")(x)
                for branch, size in enumerate(kernel_size, start=1)
            ]
            x = keras.layers.Concatenate(name=f"joined_{name}")(branches) if len(branches) > 1 else branches[0]
            x = keras.layers.BatchNormalization(momentum=0.9, name=f"norm_{name}")(x)  # (batch, steps, width)
            if layer == 3:
                x = keras.layers.Add(name=f"residual_{block}")([x, shortcut])
            x = keras.layers.Activation("relu", name=f"relu_{name}")(x)
    x = keras.layers.GlobalAveragePooling1D(name="mean")(x)  # (batch, width)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="inception")
