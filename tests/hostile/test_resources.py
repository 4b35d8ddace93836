import json

from .harness import Held
from .resources import SUBMISSIONS

__all__ = ["SUBMISSIONS"]


class TestResources(Held):
    def test_output_is_capped(self, graded):
        sizes = {name: len(json.dumps(r)) for name, r in graded.records.items()}
        assert max(sizes.values()) < 100_000, sizes

    def test_output_is_kept_as_far_as_it_goes(self, graded):
        outputs = json.dumps(graded.records["flood-of-text"]["outputs"])
        assert "more characters were printed" in outputs
