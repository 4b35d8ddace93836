"""Files that are broken, or are no notebooks at all."""

from .case import Hostile

SUBMISSIONS: tuple[Hostile, ...] = ()
