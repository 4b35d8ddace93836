"""The registry of all exercises: the one list that everything else reads."""

from nnkit.exercises import (
    capstone,
    chain_rule,
    initialization,
    learning_rate,
    loss,
    neuron,
    start,
)
from nnkit.exercises.spec import Exercise

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        *start.EXERCISES,
        *neuron.EXERCISES,
        *learning_rate.EXERCISES,
        *initialization.EXERCISES,
        *loss.EXERCISES,
        *chain_rule.EXERCISES,
        *capstone.EXERCISES,
    )
}


OWN: dict[str, Exercise] = {}
"""An instructor's own, of the one unit at hand; `nnkit.exercises.own` fills it."""


def known() -> dict[str, Exercise]:
    """Return every exercise that can be asked for now, by its name."""
    return {**EXERCISES, **OWN}


def exercises_of(unit: str) -> tuple[Exercise, ...]:
    """Return a unit's exercises in the order of its notebook; () for none."""
    listed = (*OWN.values(), *EXERCISES.values())
    return tuple(item for item in listed if item.unit == unit)
