"""Simulated machines whose state no single row shows: idle, heating, running or faulty, once a minute.

Seeded and generated without any file, they demonstrate models that tag series:

XX
  down while idle. As machines differ by far more than 20 degrees, a temperature says little about the state; rising or
  falling over some minutes tells heating from idle.
- Each machine has a temperature of its own at rest. It heats up by 20 degrees, runs at that temperature, and cools
  down while idle. As machines differ by far more than 20 degrees, a temperature says little about the state; rising or
  falling over some minutes tells heating from idle.
- The vibration is the cosine of a phase. At rest and while heating, a turn takes 20 minutes, and while running 6. A
  machine with a fault jumps to a random phase every minute. Single values are therefore distributed alike in all
  states, and the mean of a few tells little; only the rhythm tells running from a fault.
- The current is the same load, switched on and off at random, in every state: it tells nothing.
- States follow one another: idle, heating, running, then idle again, at times by way of a fault, which is short.

A rule for single rows cannot do much better than the most frequent state, and a linear model of the rows around can
tell the temperature rising and falling but no rhythm. The protocol splits by machine. Requesting more rows or machines
never changes the first ones. Source: this module.
"""

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
UNITS = {"temperature": "degC", "vibration": "mm/s", "current": "A"}
TASKS = ("tag",)
KIND = "tagged_series"
PROTOCOL = {"label": "state", "id": ("machine",), "time": ("time",), "split": "0.7,0.15,0.15"}

_MAX_MACHINES, _MAX_ROWS = 1000, 100_000
_RISE, _WARMING, _COOLING = 20.0, 18.0, 25.0  # degrees; minutes until two thirds are done
_SLOW_TURN, _FAST_TURN = 20.0, 6.0  # minutes
_DURATIONS = {"idle": (40, 100), "heating": (25, 60), "running": (50, 150), "fault": (12, 40)}  # minutes
_FAULTS = 0.5  # share of the runs that end in a fault
_START = pd.Timestamp("2024-01-01")


def load(*, machines: int = 60, rows: int = 300, machine_seed: int = 0) -> pd.DataFrame:
    """Returns the simulated records.

    Args:
        machines: Machines, [1, 1000].
        rows: Records of each machine, one a minute, [2, 100000].
        machine_seed: Seed of the machines, [0, 4294967295].

    Returns:
        DataFrame with a row per machine and minute: "machine", "time" (datetime64[ns]), "temperature", "vibration",
        "current" and "state".

    Raises:
        UsageError: An option is out of range.
    """
    limits = (
        ("machines", machines, 1, _MAX_MACHINES),
        ("rows", rows, 2, _MAX_ROWS),
        ("machine_seed", machine_seed, 0, 2**32 - 1),
    )
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    frames = [_machine(number, rows, machine_seed) for number in range(machines)]
    return pd.concat(frames, ignore_index=True)


def _machine(number: int, rows: int, seed: int) -> pd.DataFrame:
    """Returns the records of one machine."""
    # A separate random stream for each quantity keeps the first records independent of their number.
    draws = [np.random.default_rng([seed, number, stream]) for stream in range(5)]
    states = _states(rows, draws[0])
    at_rest = draws[1].uniform(10.0, 110.0)
    phases = draws[2].uniform(0, 2 * np.pi, rows)
    noise = draws[3].standard_normal((rows, 2))
    load_on = draws[4].random((rows + 1, 2))
    temperature, phase, is_on = at_rest + _RISE * (states[0] == "running"), float(phases[0]), False
    columns = np.empty((rows, 3))
    for row, state in enumerate(states):
        goal = at_rest if state == "idle" else at_rest + _RISE
        temperature += (goal - temperature) / (_COOLING if state == "idle" else _WARMING)
        if state == "fault":
            phase = float(phases[row])
        else:
            phase += 2 * np.pi / (_FAST_TURN if state == "running" else _SLOW_TURN)
        is_on = not is_on if load_on[row, 0] < 0.2 else is_on
        columns[row] = temperature, 2.0 * np.cos(phase), 6.0 * is_on
    columns[:, 0] += 0.3 * noise[:, 0]
    columns[:, 1] += 0.3 * noise[:, 1]
    columns[:, 2] += 0.5 + 0.5 * load_on[:-1, 1]
    times = pd.date_range(_START + pd.Timedelta(days=number), periods=rows, freq="min", unit="ns")
    return pd.DataFrame(
        {
            "machine": f"M{number + 1:03d}",
            "time": times,
            "temperature": columns[:, 0].round(2),
            "vibration": columns[:, 1].round(3),
            "current": columns[:, 2].round(2),
            "state": states,
        }
    )


def _states(rows: int, draw: np.random.Generator) -> list[str]:
    """Returns the state in each row."""
    states: list[str] = []
    state = ("idle", "heating", "running")[int(draw.integers(3))]
    while len(states) < rows:
        low, high = _DURATIONS[state]
        states += [state] * int(draw.integers(low, high + 1))
        is_fault = draw.random() < _FAULTS
        after_run = "fault" if is_fault else "idle"
        state = {"idle": "heating", "heating": "running", "running": after_run, "fault": "idle"}[state]
    return states[:rows]
