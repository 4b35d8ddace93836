import json

from .forging_wire import SUBMISSIONS
from .harness import Held

__all__ = ["SUBMISSIONS"]


class TestForgedReplies(Held):
    def test_outputs_are_capped(self, graded):
        record = graded.records["outputs-of-another-kind"]
        assert len(json.dumps(record)) < 100_000
        assert "<script>" not in json.dumps(record)
