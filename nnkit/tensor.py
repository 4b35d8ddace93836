"""Reverse-mode automatic differentiation: Tensors record ops, `backward` replays them.

    x = Tensor(3.0)
    out = x * x + x                  recorded as it is computed:

        x ───▶ mul ───▶ add ───▶ out      values run forward, to the right
        x ──────┘        │
        x ───────────────┘                gradients run back, to the left

    out.backward()
    x.grad                           7.0: three uses of x, whose slopes 3, 3, 1 add up

A Tensor remembers its inputs and, for each, the function that carries a gradient back
to it. Arrays and numbers are constants: nothing is carried back to them, and an op on
constants alone returns a plain array and records nothing. Else it copies them, so that
they may change later. The record hangs on the result; dropping the result frees it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from itertools import count
from sys import audit
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnkit import ops, unfit
from nnkit.instead import Pointers, made_plain
from nnkit.ops import Array, Back, BadValue, Rule
from nnkit.sums import fit

# In order of creation, which is a topological order: what is used was made before.
_births = count()
_refusals: list[str] = []
AUDIT_EVENT = "nnkit.autodiff"  # a derivative is asked for; the sandbox listens
_FIXED = frozenset({int, float, bool, type(None), slice})  # nobody can change these


class AutodiffRefused(RuntimeError):
    """`backward` was called where a gradient is to be derived by hand."""


class StaleGraphError(RuntimeError):
    """A Tensor changed between the forward computation that used it and `backward`."""


def recorded(rule: Rule) -> Callable[..., Any]:
    """Turn a rule on arrays into a function on Tensors that records what it does.

    Args:
        rule: A function such as those in `nnkit.ops`: arrays to (out, back, back, ...).

    Returns:
        Function of Tensors, arrays and numbers. Its result is a Tensor if any input is
        one, else the plain value. Shapes that do not fit raise ValueError; a Tensor by
        keyword or in a list raises TypeError.
    """

    @wraps(rule)
    def function(*inputs: Any, **options: Any) -> Any:
        if options and any(isinstance(x, Tensor) for x in options.values()):
            raise TypeError(f"{rule.__name__} takes Tensors by position, not by name")
        arrays: list[Any] = []
        loose, constant = [], True
        for x in inputs:
            if isinstance(x, Tensor):
                constant = False
                x = x._data
            elif type(x) not in _FIXED:
                loose.append(len(arrays))
            arrays.append(x)
        for place in () if constant else loose:
            arrays[place] = held(arrays[place])
        options = options and {name: held(x) for name, x in options.items()}
        try:
            data, *backs = rule(*arrays, **options)
        except BadValue:
            raise
        except (TypeError, ValueError, IndexError) as error:
            said = unfit.explained(rule, arrays, options, error, vars(Tensor))
            if said is error:
                raise
            raise said from error
        if constant:
            if isinstance(data, np.ndarray) and data.dtype.kind == "O":
                unfit.check_no_list(rule.__name__, arrays)
            return data
        for x in inputs[len(backs) :]:  # a target or an axis has no derivative
            if isinstance(x, Tensor):
                raise TypeError(
                    f"{rule.__name__} has no derivative with respect to {x!r}; if it "
                    "is meant as a constant, pass its .data."
                )
        if data.dtype.kind != "f":  # a list of Tensors, or a complex number
            unfit.check_no_list(rule.__name__, arrays)
            raise TypeError(f"{rule.__name__} made {data.dtype} and no floats of these")
        out = object.__new__(Tensor)  # unlike Tensor(...), neither checks nor copies
        out._data, out.rule, out.name = data, rule, ""
        if data.base is not None:  # a view: what it shows is to stay, too
            for x in inputs:
                if isinstance(x, Tensor) and type(x._data) is np.ndarray:
                    x._data.flags.writeable = False
        # Where a gradient is to be derived by hand, this would be it.
        out.inputs, out.backs = ((), ()) if _refusals else (inputs, backs)
        out.grad, out.born = None, next(_births)
        return out

    function.__signature__ = unfit.shown(rule)  # type: ignore[attr-defined] # not in typeshed
    if rule.__module__ == ops.__name__:
        function.__module__ = __name__  # a pickle says where to find it: not the rule
    return function


def held(x: Any) -> Any:
    """Return a constant as it is now: its owner may change it before `backward`."""
    if type(x) in (list, tuple):  # an index, or what NumPy will make an array of
        return type(x)(map(held, x))
    if type(x) is np.ndarray:
        return x.copy("K")
    unfit.check_no_mask(x)
    # Of another kind of array, its numbers: for np.matrix, `**` is a product of
    # matrices, and for a column of pandas, `*` pairs rows of one label.
    fixed = type(x) in _FIXED or isinstance(x, np.generic)
    return np.array(x) if not fixed and hasattr(x, "__array__") else x


def compared(holds: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Turn a comparison of arrays into one of Tensors: flat, so it records nothing."""
    return lambda x, y: holds(x._data, y._data if isinstance(y, Tensor) else y)


def swapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a function of (x, y) into one of (y, x), for `array + tensor`."""
    return lambda y, x: function(x, y)


class Tensor(Pointers):
    """An array of floats that remembers how it was computed.

    Args:
        data: Floating-point number or array; copied, so nobody else can change it.
        name: Label for error messages and for the picture of the graph.

    Attributes:
        data: The value, read-only. Assign to replace it (`w.data = ...`), or `move` it.
        grad: After `root.backward()`: d root / d self, of shape and type of `data`.
            None before. What root was not computed from keeps what it had.
        inputs: What it was computed from; empty if it was made by hand.
        backs: For each input the function that carries a gradient back to it.
        rule: The rule that computed it; None if it was made by hand.
        born: Number in order of creation, renewed by a change.

    Raises:
        TypeError: If `data` is not floating-point: a derivative needs small changes.
            If `name` is no text.
    """

    __slots__ = ("_data", "backs", "born", "grad", "inputs", "name", "rule")

    def __init__(self, data: ArrayLike, name: str = "") -> None:
        self._data: Array = unfit.floats(data)
        self.inputs: tuple[Any, ...] = ()
        self.backs: Sequence[Back] = ()
        self.rule: Rule | None = None
        self.grad: Array | None = None
        self.name, self.born = unfit.label(name), next(_births)

    @property
    def data(self) -> Array:
        """The value, read-only, as a write to it could not be noticed.

        Whoever keeps it keeps what the Tensor holds now: later moves do not show in it.
        `w.data -= step` would be such a write, and stops: `w.move(-step)` does it.
        """
        for tell in made_plain:
            tell(self)
        array = np.asarray(self._data)
        array.flags.writeable = False  # from now on, `move` leaves it alone
        return array.view()

    @data.setter
    def data(self, value: ArrayLike) -> None:
        fresh = unfit.floats(value)
        if fresh.shape != self.shape:
            raise ValueError(
                f"{self!r} keeps its shape; for {fresh.shape} make a new Tensor."
            )
        self._data = fresh
        self.inputs, self.backs, self.rule = (), (), None  # no longer what was computed
        self.born = next(_births)

    def move(self, step: ArrayLike) -> None:
        """Add `step` to the value in place: what an optimizer does to a parameter."""
        if self.inputs:
            raise ValueError(f"{self!r} is a result, and others may share its memory")
        if isinstance(step, Tensor):  # NumPy would leave the sum to it: a new Tensor
            raise TypeError(f"a step is an array or a number: of {step!r} take .data")
        try:
            if not self._data.flags.writeable:  # somebody may look at it
                self._data = self._data.copy()
            np.add(self._data, step, out=self._data)
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(
                f"{self!r} moves by numbers in its own shape: got {unfit.short(step)}"
            ) from error
        self.born = next(_births)

    def backward(self, seed: ArrayLike | None = None, *, keep: bool = False) -> None:
        """Compute the gradient of this Tensor with respect to all it was made from.

        Sets `.grad` of the Tensors made by hand that this one depends on, whatever it
        was before. So a second call gives the same gradients again, not twice as much,
        and nothing needs to be set to zero in between.

        Args:
            seed: Upstream gradient, of the shape of `data`. May be left out if this
                Tensor is a single number, such as a loss; it is then 1.
            keep: Whether to leave `.grad` on the Tensors in between as well. They take
                as much memory as the values, so else they are dropped once passed on.

        Raises:
            ValueError: If `seed` is missing for several numbers, or of another shape.
            StaleGraphError: If a Tensor was changed after it had been used.
            AutodiffRefused: Inside `refused(...)`, or of what was computed there.
        """
        check_not_refused()
        order, start = self.ancestry(), self._seed(seed)
        if any(t.rule and not t.inputs for t in order):
            raise AutodiffRefused(unfit.unrecorded(self))
        for t in order:
            t.grad = None
        self.grad = start
        for t in (t for t in order if t.inputs):
            g: Any = t.grad  # complete: all who used t were born later, came earlier
            if not keep:
                t.grad = None
            for x, back in zip(t.inputs, t.backs):  # noqa: B905 - options have no back
                if isinstance(x, Tensor):
                    dx = back(g)
                    if dx.shape != x._data.shape:
                        dx = fit(dx, x._data.shape)
                    if dx.dtype is not x._data.dtype:  # a float64 took part upstream
                        dx = dx.astype(x._data.dtype)
                    if x.grad is not None:
                        x.grad = x.grad + dx
                    elif x.inputs or (dx is not g and dx.base is None):
                        x.grad = dx
                    else:  # an op handed on g itself, or a view; the caller's is a copy
                        x.grad = dx.copy()

    def ancestry(self) -> list[Tensor]:
        """All Tensors this one was computed from, itself first, the oldest last.

        Raises:
            StaleGraphError: If one of them was changed after it had been used.
        """
        found, unexplored = {self}, [self]
        while unexplored:
            t = unexplored.pop()
            for x in t.inputs:
                if not isinstance(x, Tensor):
                    continue
                if x.born > t.born:
                    raise StaleGraphError(
                        f"{x!r} was changed after {t!r} had been computed from it, so "
                        "the recorded slopes belong to a value that is gone. Compute "
                        "the loss again, then call backward() before the next change."
                    )
                if x not in found:
                    found.add(x)
                    unexplored.append(x)
        return sorted(found, key=lambda t: t.born, reverse=True)

    def _seed(self, seed: ArrayLike | None) -> Array:
        if seed is None:
            if self._data.size != 1:
                raise ValueError(
                    f"backward() starts from a single number, not from {self!r}. "
                    "Reduce it first, as in out.mean().backward(), or pass the "
                    "upstream gradient: out.backward(g)."
                )
            return np.ones_like(self._data)[()]
        return unfit.upstream(seed, self)

    # Every op has one spelling: an operator or a method here, or a function below.
    __add__ = recorded(ops.add)
    __sub__ = recorded(ops.sub)
    __mul__ = recorded(ops.mul)
    __truediv__ = recorded(ops.div)
    __pow__ = recorded(ops.pow)
    __matmul__ = recorded(ops.matmul)
    __neg__ = recorded(ops.neg)
    __abs__ = recorded(ops.abs)
    __getitem__ = recorded(ops.getitem)
    sum = recorded(ops.sum)
    mean = recorded(ops.mean)
    max = recorded(ops.max)
    var = recorded(ops.var)
    reshape = recorded(ops.reshape)
    transpose = recorded(ops.transpose)

    __radd__ = swapped(__add__)
    __rsub__ = swapped(__sub__)
    __rmul__ = swapped(__mul__)
    __rtruediv__ = swapped(__truediv__)
    __rpow__ = swapped(__pow__)
    __rmatmul__ = swapped(__matmul__)

    # As arrays compare: entry by entry. That two are one and the same, `is` says.
    __eq__ = compared(operator.eq)
    __ne__ = compared(operator.ne)
    __lt__ = compared(operator.lt)
    __le__ = compared(operator.le)
    __gt__ = compared(operator.gt)
    __ge__ = compared(operator.ge)
    __hash__ = object.__hash__

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return self._data.shape

    @property
    def T(self) -> Any:
        """Axes reversed."""
        return self.transpose()

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[Any]:  # without it, list(Tensor(3.0)) would be []
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        return bool(self._data)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy or pickle value, name and gradient, into memory of the copy's own."""
        if self.inputs:
            raise TypeError(
                f"{self!r} is a result, whose record cannot be copied or pickled. Take "
                "its .data, or copy the parameters that it was computed from."
            )
        grad = None if self.grad is None else self.grad.copy()
        return Tensor, (self.data, self.name), (None, {"grad": grad})

    def __repr__(self) -> str:
        made = f" made by {self.rule.__name__}" if self.rule else ""
        name = f" {self.name!r}" if self.name else ""
        what = f"shape {self.shape}" if self.shape else f"{float(self._data):.6g}"
        return f"<Tensor{name} {what}{made}>"


exp = recorded(ops.exp)
log = recorded(ops.log)
log1p = recorded(ops.log1p)
sqrt = recorded(ops.sqrt)
tanh = recorded(ops.tanh)
sigmoid = recorded(ops.sigmoid)
softplus = recorded(ops.softplus)
relu = recorded(ops.relu)
leaky_relu = recorded(ops.leaky_relu)
maximum = recorded(ops.maximum)
clip = recorded(ops.clip)
affine = recorded(ops.affine)
logsumexp = recorded(ops.logsumexp)
softmax = recorded(ops.softmax)
log_softmax = recorded(ops.log_softmax)
concatenate = recorded(ops.concatenate)


@contextmanager
def refused(message: str) -> Iterator[None]:
    """Make `backward`, and so `grad`, raise `AutodiffRefused(message)` for a while.

    Ops compute, and record nothing. The grader wraps it around calls that must derive.
    """
    _refusals.append(message)
    try:
        yield
    finally:
        _refusals.remove(message)  # not pop(): another thread may refuse, too


def check_not_refused() -> None:
    """Raise `AutodiffRefused` inside `refused(...)`, on behalf of any derivative."""
    audit(AUDIT_EVENT)
    if _refusals:
        raise AutodiffRefused(_refusals[-1])
