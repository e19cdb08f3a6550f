"""`autoregression` against sums computed in NumPy."""

import numpy as np
import pytest

from seqkit.recipes.autoregression import build_model
from seqkit.spec import Spec


def weights(model) -> tuple[np.ndarray, np.ndarray]:
    return model.get_layer("readout").get_weights()


def test_shared_weights_apply_to_each_targets_own_column_in_target_order(randomise, windows):
    spec = Spec.series(steps=5, features=4, outputs=3, targets=(3, 0))
    model = randomise(build_model(spec, channels="shared"))
    x = windows(6, 5, 4)
    kernel, bias = weights(model)
    assert kernel.shape == (4, 3)  # four changes, three forecast steps, for all targets
    expected = np.empty((6, 3, 2))
    for window in range(6):
        for target, column in enumerate((3, 0)):
            changes = [x[window, step, column] - x[window, 4, column] for step in range(4)]
            for ahead in range(3):
                total = sum(change * kernel[step, ahead] for step, change in enumerate(changes))
                expected[window, ahead, target] = total + bias[ahead]
    np.testing.assert_allclose(model(x).numpy(), expected, rtol=1e-5, atol=1e-6)


def test_joint_weights_apply_to_all_columns_and_the_last_row(randomise, windows):
    spec = Spec.series(steps=3, features=2, outputs=2, targets=(1,))
    model = randomise(build_model(spec, channels="joint"))
    x = windows(6, 3, 2)
    kernel, bias = weights(model)
    assert kernel.shape == (6, 2)
    changes = [x[:, 0, 0] - x[:, 2, 0], x[:, 0, 1] - x[:, 2, 1], x[:, 1, 0] - x[:, 2, 0], x[:, 1, 1] - x[:, 2, 1]]
    expected = np.stack([*changes, x[:, 2, 0], x[:, 2, 1]], axis=1) @ kernel + bias
    np.testing.assert_allclose(model(x).numpy()[:, :, 0], expected, rtol=1e-5, atol=1e-6)


def test_level_shift_does_not_change_shared_predictions(randomise, windows):
    spec = Spec.series(steps=5, features=3, outputs=2, targets=(0, 1))
    model = randomise(build_model(spec, channels="shared"))
    x = windows(6, 5, 3)
    np.testing.assert_allclose(model(x + 3).numpy(), model(x).numpy(), rtol=1e-4, atol=1e-5)


def test_auto_shares_weights_only_for_several_targets():
    two_targets = Spec.series(steps=5, features=3, targets=(0, 1))
    one_target = Spec.series(steps=5, features=3, targets=(1,))
    assert weights(build_model(two_targets))[0].shape == (4, 1)
    assert weights(build_model(two_targets, channels="joint"))[0].shape == (15, 2)
    assert weights(build_model(one_target))[0].shape == (15, 1)
    assert weights(build_model(one_target, channels="shared"))[0].shape == (4, 1)


def test_order_is_the_number_of_last_steps_read(randomise, windows):
    spec = Spec.series(steps=6, features=2)
    model = randomise(build_model(spec, order=3))
    x = windows(4, 6, 2)
    assert weights(model)[0].shape == (6, 1)  # two changes of two columns, and their last values
    older = x.copy()
    older[:, :3] += 1
    np.testing.assert_array_equal(model(older).numpy(), model(x).numpy())
    newer = x.copy()
    newer[:, 3] += 1
    assert not np.allclose(model(newer).numpy(), model(x).numpy())


@pytest.mark.parametrize(("steps", "order"), [(6, 1), (1, None)])
def test_order_one_is_a_markov_model_of_the_last_value(steps, order, randomise, windows):
    spec = Spec.series(steps=steps, features=2, outputs=2, targets=(1, 0))
    x = windows(4, steps, 2)
    model = randomise(build_model(spec, order=order))
    kernel, bias = weights(model)
    for target, column in enumerate((1, 0)):
        expected = x[:, -1, column, None] * kernel[0] + bias
        np.testing.assert_allclose(model(x).numpy()[:, :, target], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("order", [0, 7])
def test_order_beyond_the_window_raises(order):
    with pytest.raises(ValueError, match=f"expected 1 to 6 .*got {order}"):
        build_model(Spec.series(steps=6, features=1), order=order)
