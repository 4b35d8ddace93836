import json

from .harness import Held
from .resources import SUBMISSIONS

__all__ = ["SUBMISSIONS"]


class TestResources(Held):
    def test_output_is_capped(self, graded):
        assert len(json.dumps(graded.records["flood-of-output"])) < 100_000
