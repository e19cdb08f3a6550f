"""Simulated commands to a robot, and what it does: a small grammar in which the order of words must be learnt.

Seeded and generated without any file. An English command names an action, a colour and a thing, a place, how often, and
what to do before or after it:

- The answer names the place first and the action last, as Korean sentences do, and the colour after its thing.
- "after" turns the order of two commands around; "twice" and "three times" repeat an action.
- A few words have two translations, which depend on the word they stand next to.
- The test part has combinations of action and thing that do not occur in training, although each of their words does.

Translating word by word fails, since words change their order; so does the nearest known sentence, since every test
sentence has a new combination. In Korean, the particles depend on the last syllable of the word before. Requesting more
commands never changes the first ones. Source: this module.
"""

from typing import Literal

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
TASKS = ("translate",)
KIND = "pairs"
PROTOCOL = {
    "source": "english",
    "target": "answer",
    "embedding": 128,
    "units": 128,
    "dropout": 0.0,
    "label_smoothing": 0.0,
    "batch_tokens": 500,
    "learning_rate": 3e-3,
    "epochs": 12,
}

_MAX_ROWS = 1_000_000  # commands

_ACTIONS = {  # robot, Korean: plain end of a sentence, and form before "and then"
    "push": ("PUSH", "밀어라", "밀고"),
    "lift": ("LIFT", "들어라", "들고"),
    "paint": ("PAINT", "칠해라", "칠하고"),
    "find": ("SEEK", "찾아라", "찾고"),
    "clean": ("WIPE", "닦아라", "닦고"),
    "guard": ("WATCH", "지켜라", "지키고"),
}
_THINGS = {
    "box": ("BOX", "상자"),
    "ball": ("BALL", "공"),
    "lamp": ("LAMP", "램프"),
    "door": ("DOOR", "문"),
    "book": ("BOOK", "책"),
    "chair": ("SEAT", "의자"),
}
_COLOURS = {
    "red": ("RED", "빨간"),
    "blue": ("BLUE", "파란"),
    "green": ("GREEN", "초록"),
    "white": ("WHITE", "하얀"),
    "light": ("PALE", "연한"),
}
_PLACES = {
    "in the garden": ("GARDEN", "정원에서"),
    "at the door": ("ENTRY", "문가에서"),
    "near the river": ("RIVER", "강가에서"),
    "behind the house": ("HOUSE BACK", "집 뒤에서"),
    "on the light side": ("BRIGHT SIDE", "밝은 쪽에서"),
}
_TIMES = {"": ("", ""), "twice": ("X2", "두 번"), "three times": ("X3", "세 번")}


def load(
    *, commands: int = 4_000, language: Literal["robot", "korean"] = "robot", commands_seed: int = 0
) -> pd.DataFrame:
    """Returns the simulated commands.

    Args:
        commands: Commands to return, [100, 1000000].
        language: Language of the answers: that of the robot, or Korean.
        commands_seed: Seed of the commands, [0, 4294967295].

    Returns:
        DataFrame with the columns "english", "answer" and "part" ("train", "validation" or "test"), and `commands`
        rows, a tenth of them for validation and a tenth for test.

    Raises:
        UsageError: An option is out of range.
    """
    limits = (("commands", commands, 100, _MAX_ROWS), ("commands_seed", commands_seed, 0, 2**32 - 1))
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    draw, known = np.random.default_rng(commands_seed), set[str]()
    rows = [_new_pair(draw, number, language, known) for number in range(commands)]
    return pd.DataFrame(rows, columns=["english", "answer", "part"])


def _new_pair(draw: np.random.Generator, number: int, language: str, known: set[str]) -> tuple[str, str, str]:
    """Returns a pair whose sentences do not occur yet, and adds them to `known`."""
    pair = _pair(draw, number, language, can_be_single=True)
    while not known.isdisjoint(pair[:2]):
        pair = _pair(draw, number, language, can_be_single=False)
    known.update(pair[:2])
    return pair


def _pair(draw: np.random.Generator, number: int, language: str, *, can_be_single: bool) -> tuple[str, str, str]:
    """Returns the command, the answer and the part of a row: every tenth one has a held-out combination."""
    is_test = number % 10 == 9
    joint = int(draw.integers(6)) if can_be_single else int(draw.integers(4, 6))
    first = _clause(draw, held_out=is_test, is_short=joint > 3)
    second = _clause(draw, held_out=False, is_short=True)
    part = "test" if is_test else "validation" if number % 10 == 4 else "train"
    korean = language == "korean"
    if joint < 4:
        english, steps = _english(first), [first]
    elif joint == 4:
        english, steps = f"{_english(first)} and then {_english(second)}", [first, second]
    else:
        english, steps = f"{_english(first)} after you {_english(second)}", [second, first]
    answers = [_korean(step, is_last=step is steps[-1]) if korean else _robot(step) for step in steps]
    english = english[0].upper() + english[1:] + "."
    return english, " ".join(answers) + "." if korean else " ; ".join(answers), part


def _clause(draw: np.random.Generator, *, held_out: bool, is_short: bool) -> tuple[str, str, str, str, str]:
    """Returns action, thing, colour, place and number of times of a command.

    Args:
        draw: Random generator.
        held_out: Whether action and thing make a combination that training lacks.
        is_short: Whether it has neither a place nor a number of times.
    """
    actions, things = list(_ACTIONS), list(_THINGS)
    action, thing = int(draw.integers(len(actions))), int(draw.integers(len(things) - 1))
    held_thing = (action * 5 + 1) % len(things)
    thing = held_thing if held_out else (held_thing + 1 + thing) % len(things)

    def one_of(words: dict[str, tuple[str, str]]) -> str:
        return list(words)[int(draw.integers(len(words)))]

    place = one_of(_PLACES) if not is_short and draw.random() < 0.6 else ""
    times = "" if is_short else one_of(_TIMES)
    return actions[action], things[thing], one_of(_COLOURS), place, times


def _english(clause: tuple[str, str, str, str, str]) -> str:
    action, thing, colour, place, times = clause
    return " ".join(word for word in (action, "the", colour, thing, place, times) if word)


def _robot(clause: tuple[str, str, str, str, str]) -> str:
    action, thing, colour, place, times = clause
    words = (_PLACES[place][0] if place else "", _THINGS[thing][0], _COLOURS[colour][0], _TIMES[times][0])
    return " ".join(word for word in (*words, _ACTIONS[action][0]) if word)


def _korean(clause: tuple[str, str, str, str, str], *, is_last: bool) -> str:
    action, thing, colour, place, times = clause
    noun = _THINGS[thing][1]
    verb = _ACTIONS[action][1 if is_last else 2]
    words = (_PLACES[place][1] if place else "", _COLOURS[colour][1], noun + _particle(noun), _TIMES[times][1], verb)
    return " ".join(word for word in words if word)


def _particle(noun: str) -> str:
    """Returns the particle of the object: 을 after a syllable with a final consonant, else 를."""
    return "을" if (ord(noun[-1]) - 0xAC00) % 28 else "를"
