"""How the build talks to a kernel: by its own sockets, and without waiting in vain."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

LONGEST_PLACE = 90  # bytes; a Unix socket's name has 103, and zmq adds to it
LOOK_AGAIN = 0.5  # seconds


class Channel(AsyncZMQSocketChannel):
    """A channel that looks again whether a message has come.

    That one has come is signalled once, and a signal can be lost when another use of
    the socket takes it (pyzmq's issue 2173, ipykernel's 1529): then the message lies
    there, and is found only when the whole wait for it is over.
    """

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # type: ignore[override]  # as in its base: a coroutine
        """Return the next message.

        Args:
            timeout: seconds; without, it waits for ever.

        Raises:
            Empty: there was none in that time.
        """
        end = None if timeout is None else monotonic() + timeout
        while True:
            left = LOOK_AGAIN if end is None else end - monotonic()
            try:
                return await super().get_msg(max(0.0, min(LOOK_AGAIN, left)))
            except Empty:
                if end is not None and monotonic() >= end:
                    raise


class Client(AsyncKernelClient):
    """A client whose answers and outputs come by such channels."""

    shell_channel_class = Type(Channel)
    iopub_channel_class = Type(Channel)


def manager(folder: Path) -> AsyncKernelManager:
    """Return what starts this very interpreter as a kernel.

    Args:
        folder: where its sockets are to be. Of ports, which are chosen first and opened
            a second later, two kernels that start at once may choose the same.
    """
    place = str(folder / "kernel")
    channels = {"transport": "ipc", "ip": place}
    if not hasattr(socket, "AF_UNIX") or len(os.fsencode(place)) > LONGEST_PLACE:
        channels = {}
    return AsyncKernelManager(
        kernel_name="python3",
        # With no folders to look in, the one kernel left is this very interpreter.
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        client_factory=Client,
        **channels,
    )
