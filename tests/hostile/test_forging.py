from . import forging, forging_after, forging_cells, forging_sight, forging_values
from .harness import Held

SUBMISSIONS = (
    *forging.SUBMISSIONS,
    *forging_after.SUBMISSIONS,
    *forging_cells.SUBMISSIONS,
    *forging_sight.SUBMISSIONS,
    *forging_values.SUBMISSIONS,
)


class TestForging(Held):
    pass
