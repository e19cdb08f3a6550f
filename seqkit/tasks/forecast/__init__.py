"""The forecast task: predict future values of a time series."""

from seqkit.tasks.contract import Task

TASK = Task(
    name="forecast",
    summary="Predict the future values of a time series.",
    reads={
        "table": {
            "table": ("seqkit.data.tables.regularise", "regularise"),
            "roles": ("seqkit.tasks.forecast.roles", "find_roles"),
            "forecast": ("seqkit.tasks.forecast.prepare", "prepare"),
        }
    },
    training={
        "supervision": ("seqkit.training.feeds.chunks", "supervised"),
        "combination": ("seqkit.tasks.forecast.combination", "combine_with_linear"),
        "objective": ("seqkit.tasks.forecast.objective", "forecast_objective"),
        "training": ("seqkit.training.loop", "fit"),
    },
    demo="demo_weather",
    answers=("forecasts a series", "forecast"),
    commands={"forecast": "Forecast the steps after the newest rows; needs only the run directory."},
    causal_defaults={"supervise": "every", "batch_size": 32},
    causal_needs={"normalise": "none"},
    hidden=frozenset({("table", "interval")}),
)
