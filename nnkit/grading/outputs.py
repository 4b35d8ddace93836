"""Pictures that a notebook displayed: taken from a stranger, if they are wanted."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from nnkit.grading.attachments import MAX_PIXELS, size_of

MAX_PICTURES = 6 << 20
"""Bytes of a notebook's pictures that are kept."""
PNG = "image/png"


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
