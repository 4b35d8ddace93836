"""How derivatives are had without deriving: differences, complex steps, dual numbers.

Read off the text. A difference quotient has two signs: a small step is added to
something, and something is divided by the same kind of step. Neither alone is one:
`w - lr * g` steps, and `m / (sqrt(v) + eps)` divides by no step.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any

from nnkit.grading.reach import Reached, called

SMALL = 1e-2
NUMERICAL_HELPERS = {
    *("approx_derivative", "approx_fprime", "check_grad", "differentiate"),
    "numerical_gradient",
}
_NUMBERS = {
    *("Decimal", "Fraction", "abs", "asarray", "array", "complex", "complex128"),
    *("double", "float", "float64", "longdouble", "float128", "mpf"),
}
_FOLDS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_BINDING = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.arguments, ast.Call)
_ARITHMETIC = {f"__{name}__" for name in ("add", "sub", "mul", "truediv", "matmul")}


def is_difference_quotient(found: Reached) -> bool:
    """Say whether something is moved by a small step, and divided by one."""
    steps = _steps(found)
    nodes = found.all_nodes
    if any(isinstance(n, ast.Call) and called(n) in NUMERICAL_HELPERS for n in nodes):
        return True
    moved = any(_moves(node, steps) for node in nodes)
    return moved and any(_divides(node, steps) for node in nodes)


def is_complex_step(found: Reached) -> bool:
    """Say whether an imaginary part is put in, and one is taken out."""
    puts = takes = False
    for node in found.all_nodes:
        match node:
            case ast.Constant(value=complex()):
                puts = True
            case ast.Call(args=[_, _]) if called(node) == "complex":
                puts = True
            case ast.Attribute(attr="imag"):
                takes = True
            case ast.Call() if called(node) == "imag":
                takes = True
    return puts and takes


def own_arithmetic(found: Reached) -> Iterator[str]:
    """Yield the classes that bring arithmetic of their own."""
    for node in found.all_nodes:
        if isinstance(node, ast.ClassDef):
            bound = {item.name for item in node.body if hasattr(item, "name")}
            for item in node.body:
                if isinstance(item, ast.Assign):  # __radd__ = __add__
                    bound |= {t.id for t in item.targets if isinstance(t, ast.Name)}
            if len(bound & _ARITHMETIC) >= 2:
                yield node.name


def _steps(found: Reached) -> set[str]:
    """Return the names that stand for something small, parameters included."""
    functions = {
        node.name: [arg.arg for arg in node.args.args]
        for node in found.all_nodes
        if isinstance(node, ast.FunctionDef)
    }
    steps: set[str] = set()
    binding = [node for node in found.all_nodes if isinstance(node, _BINDING)]
    for _ in range(3):  # h = 1e-5, then f(x, h), then g(h / 2) …
        for node in binding:
            steps |= set(_bound_to_steps(node, functions, steps))
    return steps


def _bound_to_steps(
    node: ast.AST, functions: dict[str, list[str]], steps: set[str]
) -> Iterator[str]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            if _is_step(value, steps):
                yield name
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            if value is not None and _is_step(value, steps):
                yield name
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            if _is_step(value, steps):
                yield name
        case ast.For(target=ast.Name(id=name), iter=ast.Tuple(elts=items)):
            if any(_is_step(item, steps) for item in items):
                yield name
        case ast.For(target=ast.Name(id=name), iter=ast.List(elts=items)):
            if any(_is_step(item, steps) for item in items):
                yield name
        case ast.arguments(args=args, defaults=defaults):
            for arg, value in zip(args[::-1], defaults[::-1], strict=False):
                if _is_step(value, steps):
                    yield arg.arg
            for arg, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
                if default is not None and _is_step(default, steps):
                    yield arg.arg
        case ast.Call(args=args, keywords=keywords):
            for name, value in zip(functions.get(called(node), ()), args, strict=False):
                if _is_step(value, steps):
                    yield name
            for keyword in keywords:
                if keyword.arg and _is_step(keyword.value, steps):
                    yield keyword.arg


def _is_step(node: ast.expr, steps: set[str]) -> bool:
    """Say whether an expression is a small step, or a multiple of one."""
    value = _folded(node)
    if value is not None:
        return bool(0 < abs(value) <= SMALL)
    match node:
        case ast.Name(id=name):
            return name in steps
        case ast.Attribute(attr="eps" | "epsilon" | "resolution"):
            return True  # of np.finfo
        case ast.UnaryOp(operand=inner):
            return _is_step(inner, steps)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _is_step(left, steps) or _is_step(right, steps)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _is_step(left, steps) and _is_step(right, steps)
        case ast.BinOp(left=left, op=ast.Div() | ast.Pow()):
            return _is_step(left, steps)
        case ast.Call(args=[inner, *_]) if called(node) in _NUMBERS | {"sqrt", "cbrt"}:
            return _is_step(inner, steps)
    return False


def _moves(node: ast.AST, steps: set[str]) -> bool:
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            sides = [_is_step(left, steps), _is_step(right, steps)]
            other = left if sides[1] else right
            return sum(sides) == 1 and _folded(other) is None
        case ast.AugAssign(op=ast.Add() | ast.Sub(), value=value):
            return _is_step(value, steps)
        case ast.Call(args=[_, other]) if called(node) in ("add", "subtract"):
            return _is_step(other, steps)
    return False


def _divides(node: ast.AST, steps: set[str]) -> bool:
    match node:
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _is_step(right, steps) and not _is_step(left, steps)
        case ast.AugAssign(op=ast.Div(), value=value):
            return _is_step(value, steps)
        case ast.Call(args=[_, other]) if called(node) in ("divide", "true_divide"):
            return _is_step(other, steps)
    return False


def _folded(node: ast.AST) -> Any:
    """Return the number that an expression of nothing but numbers is; else None."""
    match node:
        case ast.Constant(value=int() | float() | complex() as number):
            return None if isinstance(number, bool) else number
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = _folded(inner)
            return None if value is None else -value
        case ast.Call(args=[ast.Constant(value=str() as text)]):
            try:
                return float(text) if called(node) in _NUMBERS else None
            except ValueError:
                return None
        case ast.Call(args=[inner]) if called(node) in _NUMBERS:
            return _folded(inner)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _FOLDS:
            one, two = _folded(left), _folded(right)
            huge = isinstance(op, ast.Pow) and two is not None and abs(two) > 64
            if one is None or two is None or huge:
                return None
            try:
                return _FOLDS[type(op)](one, two)
            except (ArithmeticError, ValueError):
                return None
    return None
