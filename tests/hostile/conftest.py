"""One class a module, graded once; every submission in it is a test of its own."""

import socket

import pytest

from .harness import grade_class


def pytest_generate_tests(metafunc):
    if "item" in metafunc.fixturenames:
        items = metafunc.module.SUBMISSIONS
        metafunc.parametrize("item", items, ids=lambda item: item.name)


@pytest.fixture(scope="module")
def listener():
    """Count the connections to a port on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def graded(request, tmp_path_factory, listener):
    """Grade the whole class once."""
    folder = tmp_path_factory.mktemp("hostile")
    return grade_class(folder, listener, request.module.SUBMISSIONS)
