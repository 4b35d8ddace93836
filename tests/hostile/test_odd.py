from .harness import Held
from .odd import SUBMISSIONS

__all__ = ["SUBMISSIONS"]


class TestOdd(Held):
    pass
