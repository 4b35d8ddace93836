"""Where an answer takes its chance from: of a function that is handed a generator.

generator ──> student's function ──> numbers
NumPy's and Python's own, and new ones: left alone?
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

SHARED_SEED = 83492791

SEEDED = 624
"""Where a Mersenne twister stands that nobody has drawn from since it was seeded."""

SHARED, NEW = "shared generator", "generator of its own"


def twin(rng: np.random.Generator) -> np.random.Generator:
    """Return a generator of the same future, its children's included.

    NumPy before 2.0 gives a deep copy other children.
    """
    bits = rng.bit_generator
    seeds: Any = bits.seed_seq  # NumPy types it as narrower than it is
    same = type(bits)(copy.deepcopy(seeds))
    same.state = bits.state
    return np.random.Generator(same)


def used(rng: np.random.Generator) -> Any:
    """Return what is another value once something was drawn, or a child was made."""
    children: Any = rng.bit_generator.seed_seq  # as in `twin`
    return rng.bit_generator.state, children.n_children_spawned


def draw(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Call an initializer as the layers of a network do: twice with one generator.

    Returns:
        What the two calls return; what a call returns that starts `again` from the
        generator's first state; and whether the generators that a whole process
        shares, NumPy's and Python's, were left alone.
    """
    rngs = [x for x in args if isinstance(x, np.random.Generator)]
    once_more = [twin(x) if isinstance(x, np.random.Generator) else x for x in args]
    before = [used(x) for x in rngs]
    # In one order with one generator, in another with the next: else who counts calls,
    # and draws from nothing, could tell when to repeat what came first.
    early = any(twin(x).integers(2) for x in rngs)
    with shared_generators_kept():
        first = function(*args, **kwargs)
        moved = [used(x) for x in rngs] != before
        again = function(*once_more, **kwargs) if early else None
        second = function(*args, **kwargs)
        if rngs and not moved:
            again = second  # it, too, starts from the first state
        elif not early:
            again = function(*once_more, **kwargs)
        untouched = (
            np.random.random() == np.random.RandomState(SHARED_SEED).random()  # noqa: NPY002
            and random.random() == random.Random(SHARED_SEED).random()
        )
    return {
        "first": first,
        "second": second,
        "again": again,
        "others_untouched": bool(untouched),
    }


@contextmanager
def shared_generators_kept() -> Iterator[None]:
    """Give those of the whole process a state of ours, and then the old one back.

    From a state of our own: a student's seed would else leave no trace the second time
    it is set.
    """
    numpys, pythons = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        np.random.seed(SHARED_SEED)  # noqa: NPY002  it is what is watched
        random.seed(SHARED_SEED)
        yield
    finally:
        np.random.set_state(numpys)  # noqa: NPY002
        random.setstate(pythons)


def with_source(call: Callable[[], Any], args: Sequence[Any]) -> tuple[Any, str]:
    """Call a function once, and say where else than from its generator it drew; or "".

    Who seeds a generator of the process, and draws nothing from it, has drawn from
    nowhere. Nor is a generator made in vain if the given one was drawn from as well: it
    may be its child.
    """
    rngs = [x for x in args if isinstance(x, np.random.Generator)]
    before = [used(x) for x in rngs]
    made = []
    make = np.random.default_rng

    def noted(*args: Any, **kwargs: Any) -> np.random.Generator:
        made.append(make(*args, **kwargs))
        return made[-1]

    with shared_generators_kept():
        np.random.default_rng = noted
        try:
            value = call()
        finally:
            np.random.default_rng = make
        numpys: Any = np.random.get_state()  # noqa: NPY002
        pythons = random.getstate()[1]
    # Of the numbers that a seed makes: none of these has been taken.
    if numpys[2] != SEEDED or pythons[-1] != SEEDED:
        return value, SHARED
    return value, NEW if made and [used(x) for x in rngs] == before else ""
