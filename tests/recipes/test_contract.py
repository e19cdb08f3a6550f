"""The contract of every recipe. The registry lists the recipes, so a new file is tested as soon as it exists."""

import ast
import math
import sys

import numpy as np
import pytest

from seqkit import registry
from seqkit.data.kinds import kinds
from seqkit.options import REQUIRED
from seqkit.spec import Spec
from seqkit.tasks import tasks

pytestmark = [
    # Keras 3.15 converts variables to arrays in a way that NumPy 2.4 deprecates.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # Keras warns about a softmax over a single step.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning"),
]

RECIPES = {name: s for name, s in registry.recipes().items() if (s.module or "").startswith("seqkit.")}
SPEC = Spec.series(steps=6, features=3, outputs=2, targets=(2, 0))
KNOWN_TASKS = set(tasks())
FORECASTING = sorted(name for name, s in RECIPES.items() if "forecast" in s.constants["TASKS"])
CAUSAL = sorted(name for name, s in RECIPES.items() if "CAUSAL" in s.constants)
LANGUAGE_MODELS = sorted(name for name, s in RECIPES.items() if "generate" in s.constants["TASKS"])


@pytest.fixture(params=sorted(RECIPES))
def any_source(request):
    return RECIPES[request.param]


@pytest.fixture(params=FORECASTING)
def source(request):
    return RECIPES[request.param]


@pytest.fixture(scope="module", params=FORECASTING)
def model(request, randomise):
    """A model of each forecasting recipe with random weights; tests must not modify it."""
    return randomise(RECIPES[request.param].load().build_model(SPEC))


def predict(model, x: np.ndarray) -> np.ndarray:
    return model(x, training=False).numpy()


def structure(model) -> str:
    """The layer configuration that a saved model contains."""
    return model.to_json()


def test_ten_recipes_forecast():
    first = "dense autoregression simple_rnn lstm gru recurrent_dropout stacked_gru bidirectional_gru conv1d cnn_rnn"
    assert set(first.split()) <= set(FORECASTING)


def test_docstring_has_a_summary_when_to_use_it_when_not_and_a_paper(any_source):
    lines = any_source.docstring.splitlines()
    assert lines[0].endswith(".") and lines[1] == ""
    for part in ("When to use it:", "When not:", "Paper:"):
        assert part in any_source.docstring
    paper = any_source.docstring.partition("Paper:")[2]
    assert "https://" in paper


def test_options_are_keyword_only_typed_defaulted_and_documented(any_source):
    definition = next(n for n in ast.parse(any_source.path.read_text()).body if getattr(n, "name", "") == "build_model")
    assert [a.arg for a in definition.args.posonlyargs + definition.args.args] == ["spec"]
    assert definition.args.vararg is None and definition.args.kwarg is None
    for option in any_source.options("build_model"):
        assert option.default is not REQUIRED, option.name
        assert len(option.help.split()) >= 3, option.name
        assert option.check(option.default) == option.default
        if option.kind in (int, float) and not option.choices:
            assert option.interval is not None, f"{option.name} states no interval"


def test_module_contains_only_imports_literal_constants_and_functions(any_source):
    imports = ast.Import | ast.ImportFrom
    for node in ast.parse(any_source.path.read_text()).body[1:]:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            assert all(isinstance(inner, imports) for inner in node.body), ast.unparse(node)
            continue
        assert isinstance(node, imports | ast.Assign | ast.FunctionDef), ast.unparse(node)
    assert set(any_source.constants) <= {"TASKS", "CAUSAL", "TRAINING", "READOUT"}
    assert any_source.constants["TASKS"] and set(any_source.constants["TASKS"]) <= KNOWN_TASKS
    assert any_source.constants.get("READOUT", "ridge") == "ridge"
    assert any_source.constants.get("CAUSAL", True) is True


def test_imports_only_keras_spec_layers_and_the_standard_library(any_source):
    for node in ast.walk(ast.parse(any_source.path.read_text())):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            ours = name == "keras" or name == "seqkit.spec" or name.startswith("seqkit.layers")
            assert ours or name.partition(".")[0] in sys.stdlib_module_names, name


def test_training_defaults_are_valid_options_that_differ_from_the_defaults(any_source):
    training = any_source.constants.get("TRAINING", {})
    groups = KNOWN_TASKS | set(kinds())  # Defaults of one task or kind of data are a nested dictionary.
    general = {name: value for name, value in training.items() if name not in groups}
    closed_form = "READOUT" in any_source.constants
    supported = [card for card in tasks().values() if card.name in any_source.constants["TASKS"]]
    assert set(training) & groups <= {name for card in supported for name in (card.name, *card.reads)}
    for task, kind in [(card, kind) for card in supported for kind in card.reads]:
        known = {o.name: o for part in task.options(kind, closed_form=closed_form).values() for o in part}
        known |= {o.name: o for o in any_source.options("build_model")}
        specific = {**training.get(task.name, {}), **training.get(kind, {})}
        for name, value in {**general, **specific}.items():
            assert known[name].check(value) == value
            assert known[name].default != value, f"{name} = {value} is the default anyway"


@pytest.mark.parametrize("steps", [1, 5, 12])
def test_output_shape_matches_horizon_and_targets_for_any_window(source, steps, windows):
    build = source.load().build_model
    for horizon, features, targets in ((1, 1, (0,)), (3, 1, (0,)), (3, 3, (1,)), (1, 3, (2, 0, 1)), (3, 3, (2, 0, 1))):
        spec = Spec.series(steps=steps, features=features, outputs=horizon, targets=targets)
        model = build(spec)
        assert model.input_shape == (None, steps, features)
        assert model.output_shape == (None, horizon, len(targets))
        assert predict(model, windows(2, steps, features)).shape == (2, horizon, len(targets))


def test_every_choice_and_smallest_value_of_an_option_builds_and_changes_the_model(source, windows):
    build = source.load().build_model
    default = structure(build(SPEC))
    for option in source.options("build_model"):
        if option.choices:
            values = [c for c in option.choices if c != option.default]
        elif option.kind is bool:
            values = [not option.default]
        else:
            low = option.kind(option.interval.low)
            step = 1 if option.kind is int else 0.5
            values = [low, low + step] if not option.interval.low_open else [low + step]
            values = [(v,) if option.many else v for v in values]
        built = [build(SPEC, **{option.name: value}) for value in values]
        for model in built:
            assert np.isfinite(predict(model, windows(2, 6, 3))).all()
        assert any(structure(model) != default for model in built), f"{option.name} changes nothing"


def test_one_training_step_changes_every_trainable_weight(source, windows, randomise):
    import keras

    keras.utils.set_random_seed(0)
    model = randomise(source.load().build_model(SPEC))
    assert model.trainable_variables
    before = [v.numpy().copy() for v in model.trainable_variables]
    model.compile(keras.optimizers.Adam(0.01), loss="mse", run_eagerly=True)
    loss = model.train_on_batch(windows(16, 6, 3), windows(16, 2, 2, seed=1))
    assert math.isfinite(loss)
    for old, variable in zip(before, model.trainable_variables, strict=True):
        assert not np.array_equal(old, variable.numpy()), variable.path


def test_saved_and_loaded_model_gives_the_same_predictions(model, windows, tmp_path):
    import keras

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    x = windows(7, 6, 3)
    np.testing.assert_array_equal(predict(loaded, x), predict(model, x))


def test_onnx_gives_the_same_predictions_for_batches_of_one_and_seven(model, windows):
    import onnxruntime

    from seqkit.training.export import to_onnx

    session = onnxruntime.InferenceSession(to_onnx(model), providers=["CPUExecutionProvider"])
    for batch in (1, 7):
        x = windows(batch, 6, 3)
        (outputs,) = session.run(["forecast"], {"window": x})
        np.testing.assert_allclose(outputs, predict(model, x), rtol=1e-5, atol=1e-5)


def test_seed_determines_the_model_whatever_was_built_before(source, windows):
    import keras

    build = source.load().build_model
    models = []
    for steps in (6, 3):
        keras.utils.set_random_seed(7)
        models.append(build(SPEC))
        build(Spec.series(steps=steps, features=2))
    first, second = models
    x = windows(4, 6, 3)
    np.testing.assert_array_equal(predict(first, x), predict(second, x))
    np.testing.assert_array_equal(first(x, training=True).numpy(), second(x, training=True).numpy())  # dropout, too
    assert [v.path for v in first.weights] == [v.path for v in second.weights]


def test_prediction_of_a_window_is_independent_of_the_batch(model, windows):
    x = windows(7, 6, 3)
    one_by_one = np.concatenate([predict(model, x[i : i + 1]) for i in range(7)])
    np.testing.assert_allclose(predict(model, x), one_by_one, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", sorted(n for n, s in RECIPES.items() if "READOUT" in s.constants))
def test_closed_form_readout_is_a_linear_dense_layer_with_all_trainable_weights(name):
    import keras

    model = RECIPES[name].load().build_model(SPEC)
    readout = model.get_layer("readout")
    assert isinstance(readout, keras.layers.Dense) and readout.activation is keras.activations.linear
    assert {v.path for v in model.trainable_variables} == {v.path for v in readout.trainable_variables}


def test_unidirectional_recurrent_recipes_are_causal():
    assert CAUSAL == [
        "echo_state",
        "gru",
        "latent_autoregression",
        "leaky_rnn",
        "lstm",
        "peephole_lstm",
        "recurrent_dropout",
        "simple_rnn",
        "stacked_gru",
    ]


@pytest.mark.parametrize("name", CAUSAL)
def test_causal_output_at_each_step_equals_the_output_of_the_window_ending_there(name, windows, randomise):
    build = RECIPES[name].load().build_model
    sequence_model = randomise(build(SPEC.at_each_step(9)))
    x = windows(3, 9, 3)
    outputs = predict(sequence_model, x)
    assert sequence_model.output_shape == (None, *outputs.shape[1:]) == (None, 9, 2, 2)
    for step in (1, 6, 9):
        window_model = build(Spec.series(steps=step, features=3, outputs=2, targets=(2, 0)))
        window_model.set_weights(sequence_model.get_weights())
        np.testing.assert_allclose(outputs[:, step - 1], predict(window_model, x[:, :step]), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", CAUSAL)
def test_later_steps_do_not_change_earlier_outputs_of_a_causal_recipe(name, windows, randomise):
    sequence_model = randomise(RECIPES[name].load().build_model(SPEC.at_each_step(9)))
    x = windows(3, 9, 3)
    before = predict(sequence_model, x)
    for step in (1, 5, 8):
        changed = x.copy()
        changed[:, step:] += 1
        after = predict(sequence_model, changed)
        np.testing.assert_allclose(after[:, :step], before[:, :step], rtol=1e-6, atol=1e-7)
        assert (np.abs(after[:, step:] - before[:, step:]) > 1e-5).any()


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_later_tokens_do_not_change_the_distribution_of_earlier_ones(name, randomise):
    spec = Spec.next_token(vocabulary=11, embedding=4)
    model = randomise(RECIPES[name].load().build_model(spec))
    tokens = np.random.default_rng(0).integers(0, 11, (3, 9)).astype("int32")
    before = predict(model, tokens)
    assert before.shape == (3, 9, 11)
    for step in (1, 5, 8):
        changed = tokens.copy()
        changed[:, step:] = (changed[:, step:] + 1) % 11
        after = predict(model, changed)
        np.testing.assert_allclose(after[:, :step], before[:, :step], rtol=1e-6, atol=1e-6)
        assert (np.abs(after[:, step:] - before[:, step:]) > 1e-5).any()
