"""How the tests are spread over processors: a module, or an exercise, stays together.

What a module sets up, such as a graded class, is then set up once, and so is the answer
key of an exercise.
"""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
