"""A unit of an instructor's own to start from: two files, copied and then changed."""

from importlib.resources import files

PLACEHOLDER = "NN-topic"
"""What the files have where the unit's name belongs."""


def source_of(name: str, unit: str) -> str:
    """Return the text of one of the template's files, for a unit of that name."""
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    return text.replace(PLACEHOLDER, unit)
