import json

import pytest

from .forging_wire import SUBMISSIONS
from .harness import Held

__all__ = ["SUBMISSIONS"]


class TestForgedReplies(Held):
    @pytest.mark.parametrize(
        "name", ["outputs-of-another-kind", "notices-without-end", "raised-at-length"]
    )
    def test_what_is_kept_of_it_is_capped(self, graded, name):
        record = json.dumps(graded.records[name])
        assert len(record) < 100_000
        assert "<script>" not in record
