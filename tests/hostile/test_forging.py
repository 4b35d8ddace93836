from . import (
    forging,
    forging_after,
    forging_cells,
    forging_sight,
    forging_values,
    interpreter,
)
from .harness import Held

SUBMISSIONS = (
    *forging.SUBMISSIONS,
    *forging_after.SUBMISSIONS,
    *forging_cells.SUBMISSIONS,
    *forging_sight.SUBMISSIONS,
    *forging_values.SUBMISSIONS,
    *interpreter.SUBMISSIONS,
)


class TestForging(Held):
    pass
