"""How the build talks to a kernel, where signals are lost and messages are not."""

import asyncio
from queue import Empty

import nbformat
import pytest
import zmq.asyncio
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.session import Session

from nnkit.build.execute import execute
from nnkit.build.kernel import Channel


@pytest.fixture
def deaf(monkeypatch):
    """No socket is told any more that a message has come."""
    monkeypatch.setattr(zmq.asyncio.Socket, "_handle_events", lambda *_: None)


def received(kind, timeout, patience, sent=1):
    """Return the messages that a channel gets, or None if it waits for longer."""

    async def ask():
        context, session = zmq.asyncio.Context(), Session(key=b"k")
        near, far = (context.socket(zmq.PAIR) for _ in range(2))
        try:
            near.bind("inproc://kernel")
            far.connect("inproc://kernel")
            channel, got = kind(near, session), []
            waiting = asyncio.ensure_future(channel.get_msg(timeout))
            await asyncio.sleep(0.1)
            plain = zmq.Socket.shadow(far.underlying)
            for number in range(sent):
                session.send(plain, "status", {"number": number})
            for _ in range(sent):
                message = await asyncio.wait_for(waiting, patience)
                got.append(message["content"]["number"])
                waiting = asyncio.ensure_future(channel.get_msg(timeout))
            waiting.cancel()
            return got
        except TimeoutError:
            return None
        finally:
            context.destroy(linger=0)

    return asyncio.run(ask())


@pytest.mark.usefixtures("deaf")
@pytest.mark.parametrize("timeout", [None, 600])
def test_a_message_is_found_although_its_signal_was_lost(timeout):
    assert received(AsyncZMQSocketChannel, timeout, patience=2) is None
    assert received(Channel, timeout, patience=60, sent=3) == [0, 1, 2]


@pytest.mark.parametrize("timeout", [0, 0.2, 1.2])
def test_where_there_is_none_the_wait_is_over_when_it_was_said_to_be(timeout):
    async def ask():
        context = zmq.asyncio.Context()
        try:
            near = context.socket(zmq.PAIR)
            loop = asyncio.get_running_loop()
            began = loop.time()
            with pytest.raises(Empty):
                await Channel(near, Session()).get_msg(timeout)
            return loop.time() - began
        finally:
            context.destroy(linger=0)

    assert asyncio.run(ask()) >= timeout


@pytest.mark.usefixtures("deaf")
def test_a_notebook_is_executed_all_the_same(monkeypatch):
    monkeypatch.setattr("nnkit.build.kernel.LOOK_AGAIN", 0.05)
    cells = [nbformat.v4.new_code_cell(f"print({n})\n{n} + 1") for n in range(3)]
    done = execute(nbformat.v4.new_notebook(cells=cells)).cells
    for number, cell in enumerate(done):
        printed, shown = cell.outputs
        assert printed.text == f"{number}\n"
        assert shown.data["text/plain"] == str(number + 1)
