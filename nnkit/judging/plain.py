"""A stranger's text, made fit to be looked at: nothing is obeyed, all of it shows.

A terminal obeys control codes, and anything that shows text lets a direction override
put words in another order. Whatever prints what a submission may have had a hand in
passes it through here last.
"""

from __future__ import annotations

import re

# Control codes but for tab and line ends, and what overrides the order of characters.
_HIDDEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
_COLOUR = r"\x1b\[[0-9;]*m"
_ON_A_PAGE = re.compile(f"({_COLOUR})|{_HIDDEN}")


def plain(text: str) -> str:
    """Return text on one line, every character that does not print spelled out."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _spelled(c) for c in text)


def plain_lines(text: str) -> str:
    r"""Return text in its lines, which end in \n; the rest as `plain` does."""
    return "\n".join(map(plain, text.split("\n")))


def on_a_page(text: str) -> str:
    """Return text for a notebook's page, which shows colours and joins emoji."""
    return _ON_A_PAGE.sub(lambda found: found[1] or _spelled(found[0]), text)


def _spelled(character: str) -> str:
    return repr(character)[1:-1]
