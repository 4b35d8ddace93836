from .forging import SUBMISSIONS
from .harness import Held

__all__ = ["SUBMISSIONS"]


class TestForging(Held):
    pass
