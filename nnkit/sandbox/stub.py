"""What stands in the sandbox for `check` and its companions: the judge sits elsewhere.

A student may leave lines such as `failing_case("layer")["X"].mean()` above the function
they answer with. There is nothing to hand out here, but if such a line stopped its
cell, the function below it would never be defined. So a stub answers to anything one
does with a dict, a number or an array, with itself.
"""

from __future__ import annotations

from typing import Any


class Stub(dict[Any, Any]):
    """An empty dict that survives what is done to it."""

    def __repr__(self) -> str:
        return "judged by the grader"

    def __missing__(self, key: Any) -> Stub:
        return self

    def __getattr__(self, name: str) -> Any:
        # IPython and NumPy look for protocols by such names: those are not there.
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def _itself(self, *args: Any, **kwargs: Any) -> Any:
        return self

    __call__ = _itself
    __array_ufunc__ = __array_function__ = _itself
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _itself
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _itself
    __matmul__ = __rmatmul__ = __pow__ = __rpow__ = __mod__ = __rmod__ = _itself
    __neg__ = __pos__ = __abs__ = _itself

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    def __format__(self, form: str) -> str:
        return repr(self)


def stub(*args: Any, **kwargs: Any) -> Stub:
    """Take the place of `check`, `predict` and the like while a notebook is graded."""
    return Stub()
