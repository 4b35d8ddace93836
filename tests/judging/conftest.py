"""A student's session that has forgotten everything, in a folder of its own."""

import pytest

from nnkit.judging import keep, notebook, predictions


@pytest.fixture
def session(tmp_path, monkeypatch):
    """Start anew; return a function that starts anew again, as a new kernel does."""

    def restart():
        keep.forget_session()
        notebook._last.clear()
        notebook._wrong_checks.clear()
        predictions._made.clear()

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    restart()
    yield restart
    restart()


@pytest.fixture
def working_folder(session, tmp_path):
    """Make the test's folder one that `nnkit lab` has made."""
    (tmp_path / keep.MARKER.parent).mkdir()
    (tmp_path / keep.MARKER).write_text("{}")
    return tmp_path
