"""Submissions that attack whoever looks at them: markup, script, control codes."""

from .case import Hostile

SUBMISSIONS: tuple[Hostile, ...] = ()
