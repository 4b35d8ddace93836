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


def exercises_of(unit: str) -> tuple[Exercise, ...]:
    """Return a unit's exercises in the order of its notebook; () for none."""
    return tuple(item for item in EXERCISES.values() if item.unit == unit)
