"""Say once what is true of several parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nnkit.judging.verdict import Diagnosis

_VERBS = {
    " is ": " are ",
    " has the shape ": " have the shape ",
    " has the right size ": " have the right size ",
}
"""How what is said of one part alone goes on, and how it does of several."""

_FIGURE = re.compile(r"\((\S+) off\)|off by (\S+) of its size")
"""How far off all of a part is. What is said beside it does not depend on that."""

_PLAINLY_WRONG = re.compile(r" is wrong in (every case|\d+ of \d+ cases)[;,] [^?]*\.")
"""All that is said of numbers that have nothing to do with right ones."""

MANY = 3
"""So many parts that are plainly wrong may well be so for one reason."""


def together(found: Sequence[Diagnosis]) -> list[Diagnosis]:
    """Say once what is true of several parts in the same words: "p and q are …"."""
    said: dict[tuple[str, str, str, str], list[Diagnosis]] = {}
    for item in found:
        head, rest = _about_one(item)
        same = _FIGURE.sub("", rest)
        # What is so in every case is true of that in which another part fails first,
        # and so is what names no entry.
        everywhere = " in every case" in rest or same != rest
        at_home = rest.startswith(" is ") and not head and not everywhere
        case = item.case if at_home or (item.entry and item.entry in rest) else ""
        said.setdefault((item.kind, case, head, same), []).append(item)
    return _of_one_line([_joined(items) for items in said.values()])


def _about_one(item: Diagnosis) -> tuple[str, str]:
    """Return what stands before and after a part's name; else "" and the whole text."""
    head, _, rest = item.text.partition(item.parts[0])
    statistic = head.startswith("The ") and head.endswith(" of ")
    one = len(item.parts) == 1 and (not head or statistic)
    return (head, rest) if one and rest.startswith((*_VERBS,)) else ("", item.text)


def _joined(items: Sequence[Diagnosis]) -> Diagnosis:
    if len(items) == 1:
        return items[0]
    head, _ = _about_one(items[0])
    parts = tuple(dict.fromkeys(part for item in items for part in item.parts))
    rest = _farthest(sorted({_about_one(item)[1] for item in items}))
    verb = next((verb for verb in _VERBS if rest.startswith(verb)), "")
    if not verb:
        return replace(items[0], parts=parts)
    said = rest.removeprefix(verb).replace(" of its size", " of their size")
    names = f"{', '.join(parts[:-1])} and {parts[-1]}"
    verb = verb if head else _VERBS[verb]
    return replace(items[0], parts=parts, text=f"{head}{names}{verb}{said}")


def _farthest(said: Sequence[str]) -> str:
    """Return what is the same but for how far off each part is, with the largest."""
    found = [match for text in said if (match := _FIGURE.search(text))]
    if len(said) == 1 or not found:
        return said[0]
    match = max(found, key=lambda match: float(match[match.lastindex or 0]))
    place = match.start(match.lastindex or 0)
    return f"{match.string[:place]}up to {match.string[place:]}"


def _of_one_line(found: Sequence[Diagnosis]) -> list[Diagnosis]:
    """Say once of many parts that they are wrong, by the figures of the first."""
    plainly = [
        item
        for item in found
        if len(item.parts) == 1
        and item.text.startswith(item.parts[0])
        and _PLAINLY_WRONG.fullmatch(item.text.removeprefix(item.parts[0]))
    ]
    if len(plainly) < MANY:
        return list(found)
    first, *others = plainly
    names = [item.parts[0] for item in others]
    text = (
        f"{first.text.removesuffix('.')}; {', '.join(names[:-1])} and {names[-1]} are "
        "wrong as well. Is there a line of yours that all of them depend on?"
    )
    once = replace(first, text=text, parts=(*first.parts, *names))
    return [once if item is first else item for item in found if item not in others]
