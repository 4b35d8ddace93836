from . import odd, odd_cells
from .harness import Held

SUBMISSIONS = (*odd.SUBMISSIONS, *odd_cells.SUBMISSIONS)


class TestOdd(Held):
    pass
