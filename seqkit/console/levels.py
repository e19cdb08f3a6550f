"""The option for the levels of prediction intervals."""

from seqkit.options import Interval, Option

LEVELS = Option(
    "levels",
    int,
    (),
    many=True,
    interval=Interval(1.0, 99.0, low_open=False, high_open=False),
    help="Levels of prediction intervals in percent, separated by commas, such as 80,95.",
)
