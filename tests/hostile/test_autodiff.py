from .autodiff import SUBMISSIONS
from .harness import Held

__all__ = ["SUBMISSIONS"]


class TestAutodiff(Held):
    pass
