import pytest

pytest.register_assert_rewrite("hostile.harness")
