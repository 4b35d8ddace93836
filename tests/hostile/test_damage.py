from .damage import SUBMISSIONS
from .harness import Held

__all__ = ["SUBMISSIONS"]


class TestDamage(Held):
    def test_one_line_each(self, graded):
        for record in graded.records.values():
            for line in (record["problem"], *record["notes"]):
                assert line.isprintable() or not line, line

    def test_a_traceback_is_nowhere(self, graded):
        assert "Traceback" not in graded.printed
