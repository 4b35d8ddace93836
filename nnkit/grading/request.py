"""A request to a child, packed once for all the children that are asked the same.

A frame is a head, a token and a tail, and only the token is another each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnkit.sandbox import wire

TOKEN = 16
"""Characters of a token."""
_ANY = "0" * TOKEN


class Request:
    """What a child is asked, see `nnkit.sandbox.runner`.

    Args:
        body: without a token.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        frame = wire.encode({"token": _ANY, **body})
        self._head, self._tail = frame.split(_ANY.encode(), 1)

    def with_token(self, token: str) -> bytes:
        """Return the frame with a token of TOKEN characters in it."""
        return b"".join([self._head, token.encode(), self._tail])
