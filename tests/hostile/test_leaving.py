import json

from .attempts import TRIED
from .harness import Held
from .leaving import SUBMISSIONS

__all__ = ["SUBMISSIONS"]


class TestLeaving(Held):
    def test_it_tried(self, graded, item):
        assert TRIED in json.dumps(graded.records[item.name]["outputs"])
