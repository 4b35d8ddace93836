import json

import pytest

from .exhausting import SUBMISSIONS
from .harness import Held

__all__ = ["SUBMISSIONS"]


class TestExhausting(Held):
    def test_little_is_kept_of_it(self, graded, item):
        assert len(json.dumps(graded.records[item.name])) < 100_000

    def test_nobody_found_a_bug(self, graded):
        assert "bug" not in graded.printed
        assert "Traceback" not in graded.printed
        assert "\x1b[31m" not in graded.printed

    @pytest.mark.parametrize("line", ["NOT GRADED", "NOT SHOWN"])
    def test_everybody_is_graded_and_shown(self, graded, line):
        assert line not in graded.printed
