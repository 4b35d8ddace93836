"""A stranger's text, made fit to be looked at: nothing is obeyed, all of it shows.

A terminal obeys control codes, and anything that shows text lets a direction override
put words in another order. Whatever prints what a submission may have had a hand in
passes it through here last.
"""

from __future__ import annotations

import re

# Control codes but for tab and line ends, and what overrides the order of characters.
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# What a notebook shows as colours, and the start of a line that is written over.
# Longer ones name no colour, and nbconvert takes its time for each number.
_IN_OUTPUT = re.compile(rf"(\x1b\[[0-9;]{{0,40}}m|\r)|{_HIDDEN.pattern}")
# What follows one of these in a code belongs to it: an index, or three shares.
_EXTENDED, _FOLLOWING = {"38", "48"}, {"5": 1, "2": 3}


def plain(text: str) -> str:
    """Return text on one line, every character that does not print spelled out."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _spelled(c) for c in text)


def plain_lines(text: str) -> str:
    r"""Return text in its lines, which end in \n; the rest as `plain` does."""
    return "\n".join(map(plain, text.split("\n")))


def on_a_page(text: str) -> str:
    """Return text for a page, which obeys less and joins emoji."""
    return _HIDDEN.sub(lambda found: _spelled(found[0]), text)


def in_output(text: str) -> str:
    """Return text for a cell's output, whose colours a notebook shows."""
    return _IN_OUTPUT.sub(_kept, text)


def _kept(found: re.Match[str]) -> str:
    code = found[1] or ""
    return code if code and not _breaks_off(code) else plain(found[0])


def _breaks_off(code: str) -> bool:
    """Say whether a code ends where it should name a colour: nbconvert raises there."""
    numbers = iter([number.lstrip("0") for number in code[2:-1].split(";")])
    for number in numbers:
        if number in _EXTENDED:
            kind = next(numbers, None)
            if kind is None:
                return True
            for _ in range(_FOLLOWING.get(kind, 0)):
                next(numbers, None)
    return False


def _spelled(character: str) -> str:
    return repr(character)[1:-1]
