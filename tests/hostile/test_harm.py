import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import nnkit

from .attempts import TRIED
from .case import MARK
from .harm import ENVIRONMENT, IMPORTING, MEMORY, REACHING, SUBMISSIONS
from .harness import Held

__all__ = ["SUBMISSIONS"]


class TestHarm(Held):
    @pytest.mark.parametrize("name", [item.name for item in REACHING])
    def test_it_tried(self, graded, name):
        """What stopped half-way has proved nothing; LOOT would be seen as well."""
        assert TRIED in json.dumps(graded.records[name]["outputs"])


@pytest.mark.parametrize(
    "attempt", [ENVIRONMENT, IMPORTING, MEMORY], ids=lambda item: item.name
)
def test_outside_of_the_sandbox_there_is_loot(attempt):
    """The attempts themselves work: where nothing holds them, they find something."""
    source = attempt.later.replace("{mark}", MARK)
    source = source.replace("{package}", str(Path(nnkit.__file__).parent))
    done = subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NNKIT_TEST_SECRET": MARK},
    )
    assert "LOOT" in done.stdout
    assert TRIED in done.stdout
