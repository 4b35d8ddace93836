"""What a notebook displayed: taken from a stranger while there is room for it."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from nnkit.grading.attachments import MAX_PIXELS, size_of

MAX_SHOWN = 100_000  # characters of one notebook
MAX_OUTPUTS = 500
MAX_PICTURES = 6 << 20
"""Bytes of a notebook's pictures that are kept."""
PNG = "image/png"


class Outputs:
    """Takes the outputs of one notebook while there is room.

    Args:
        figures: whether to take pictures.

    Attributes:
        kept: per position of a cell its outputs, in nbformat's form.
    """

    def __init__(self, figures: bool) -> None:
        self.kept: dict[int, list[dict[str, Any]]] = {}
        self._pictures = Pictures(figures)
        self._characters = self._count = 0

    def keep(self, position: int, items: Any) -> None:
        """Keep what a cell displayed, unless it is known from an earlier process."""
        if position in self.kept:
            return
        kept = self.kept[position] = []
        for item in items if type(items) is list else ():
            if self._count >= MAX_OUTPUTS or self._characters >= MAX_SHOWN:
                return
            if type(item) is dict and type(text := item.get("text")) is str and text:
                text = text[: MAX_SHOWN - self._characters]
                output = output_of(item.get("kind"), text)
                if "data" in output:
                    output["data"] |= self._pictures.take(item.get("png"))
                kept.append(output)
                self._characters += len(text)
                self._count += 1


def output_of(kind: object, text: str) -> dict[str, Any]:
    """Return an nbformat output that holds plain text and nothing else."""
    if type(kind) is str and kind == "stream":
        return {"output_type": "stream", "name": "stdout", "text": text}
    data = {"text/plain": text}
    return {"output_type": "display_data", "data": data, "metadata": {}}


class Pictures:
    """Takes the pictures of one notebook while there is room.

    Args:
        wanted: whether to take any.
    """

    def __init__(self, wanted: bool) -> None:
        self.room = MAX_PICTURES if wanted else 0
        self.pixels = MAX_PIXELS  # few bytes may be many

    def take(self, png: Any) -> dict[str, str]:
        """Return a picture as an output's data, if it is a PNG and there is room."""
        if not isinstance(png, np.ndarray) or png.dtype != np.uint8:
            return {}
        data = png.tobytes()
        width, height = size_of(PNG, data) or (0, 0)
        pixels = width * height
        if not pixels or pixels > self.pixels or len(data) > self.room:
            return {}
        self.room -= len(data)
        self.pixels -= pixels
        return {PNG: base64.b64encode(data).decode()}
