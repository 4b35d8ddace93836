"""What being late costs: the plugin that nbgrader's configuration names."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# nbgrader ships no types; what comes from it is Any.
from nbgrader.plugins import LateSubmissionPlugin  # type: ignore[import-untyped]
from nbgrader.preprocessors import (  # type: ignore[import-untyped]  # the same
    AssignLatePenalties,
)
from traitlets import Float

from nnkit.course import CONFIG, config_of
from nnkit.grading.workspace import WorkspaceError

DAY = 86_400.0


class PerDay(LateSubmissionPlugin):  # type: ignore[misc]  # its base is untyped
    """Takes a share of the score for every day that has begun.

    nbgrader itself offers none or all. In nbgrader_config.py:

        c.AssignLatePenalties.plugin_class = "nnkit.grading.penalties.PerDay"
        c.PerDay.percent = 10
    """

    percent = Float(10.0, min=0.0, max=100.0, help="Of the score, a day.").tag(
        config=True
    )
    at_most = Float(100.0, min=0.0, max=100.0, help="Percent, in all.").tag(config=True)
    grace_minutes = Float(0.0, min=0.0, help="Lateness that costs nothing.").tag(
        config=True
    )

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return what to take off the score; None for nothing."""
        if total_seconds_late <= 60 * self.grace_minutes:
            return None
        days = math.ceil(total_seconds_late / DAY)
        return float(score * min(days * self.percent, self.at_most) / 100)


def penalty_plugin(root: Path) -> Any:
    """Return the plugin that nbgrader's configuration names for this folder.

    Raises:
        WorkspaceError: the configuration or the plugin cannot be loaded.
    """
    if str(root) not in sys.path:
        sys.path.append(str(root))  # where nbgrader would find a plugin of one's own
    try:
        assign = AssignLatePenalties(config=config_of(root))
        assign.init_plugin()
    except Exception as error:  # a configuration is a program: it can raise anything
        raise WorkspaceError(
            f"{root / CONFIG} cannot be loaded, and it says what being late costs: "
            f"{type(error).__name__}: {error}"
        ) from error
    return assign.plugin_inst


def misspelt(plugin: Any) -> Iterator[str]:
    """Say which options of the plugin there are not; traitlets tells it to no one."""
    name = type(plugin).__name__
    for option in plugin.config.get(name, {}):
        if not plugin.has_trait(option):
            known = ", ".join(sorted(plugin.class_trait_names(config=True)))
            yield (
                f"c.{name}.{option} in {CONFIG} has no effect: expected one of {known}"
            )
