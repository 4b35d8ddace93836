"""What a grader tells its zygote: a few bytes an order, all of one size.

    | what to do | which child | signal | seconds |     and, to fork, a descriptor along
    | 1 byte     | 4           | 4      | 8       |

Whatever a zygote touches after a fork it has to copy, and so does the child, while
both live: parsing text there would take longer than all else that it does.
"""

from __future__ import annotations

import socket
import struct

FORK, SIGNAL, END, DROP = range(4)
"""Fork a child; send it a signal; wait for its end; kill it and do not wait."""

_ORDER = struct.Struct("=BIId")
_DESCRIPTOR = struct.Struct("=i")
_ROOM = socket.CMSG_SPACE(_DESCRIPTOR.size) if hasattr(socket, "CMSG_SPACE") else 0


def give(
    control: socket.socket,
    what: int,
    child: int,
    *,
    signal: int = 0,
    seconds: float = 0.0,
    along: socket.socket | None = None,
) -> None:
    """Send an order.

    Args:
        control: the grader's end of the zygote's socket.
        what: one of the four above.
        child: the grader's number for it.
        signal: to send, for SIGNAL.
        seconds: to wait, for END.
        along: the child's end of its connection, for FORK.

    Raises:
        OSError: nobody listens.
    """
    order = _ORDER.pack(what, child, signal, seconds)
    if along is None:
        control.sendall(order)
    else:
        socket.send_fds(control, [order], [along.fileno()])


def take(control: socket.socket) -> tuple[int, int, int, float, int] | None:
    """Wait for the next order; None when the grader has closed the socket.

    Returns:
        What to do, the child's number, the signal, the seconds, and the descriptor that
        came along, or -1.
    """
    descriptor = -1
    order = b""
    while len(order) < _ORDER.size:
        try:
            part, extra, _, _ = control.recvmsg(_ORDER.size - len(order), _ROOM)
        except ConnectionError:
            return None
        if not part:
            return None
        order += part
        for _, _, data in extra:
            (descriptor,) = _DESCRIPTOR.unpack(data)
    what, child, signal, seconds = _ORDER.unpack(order)
    return what, child, signal, seconds, descriptor
