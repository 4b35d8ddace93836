from .harm import SUBMISSIONS
from .harness import Held

__all__ = ["SUBMISSIONS"]


class TestHarm(Held):
    pass
