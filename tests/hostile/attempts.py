"""Attempts that say LOOT for whatever they get, and at their end that they tried."""

from .case import Hostile

TRIED = "all of it was tried"
ATTEMPTS = """
import os
def attempt(what, action):
    try:
        found = action()
    except BaseException as refused:
        return
    print("LOOT", what, repr(found)[:200])
"""


def trying(name: str, body: str, flag: str = "") -> Hostile:
    """A right answer with a cell that tries what it must not be able to do."""
    later = f"{ATTEMPTS}\n{body}\nprint({TRIED!r})"
    return Hostile(name, later=later, flag=flag)
