"""Numbers with their slopes, of which no class says so: matrices, and named fields.

[[v, s], [0, v]] multiplies as v + s·t does where t² = 0, and so derives whatever is
computed with it. Nothing else that an answer needs is written so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeGuard

from nnkit.grading.reach import Reached, called

_ZEROS = {"zeros", "zeros_like"}
_PAIR = 2
_LOOKED_AT = 64
"""Nodes of an expression."""


def has_slopes_in_matrices(found: Reached) -> bool:
    """Say whether a matrix is written down that stands for a number and its slope."""
    lists = (node for node in found.all_nodes if type(node) in (ast.List, ast.Call))
    return any(map(_is_of_slopes, lists))


def has_named_fields(found: Reached) -> bool:
    """Say whether arrays are made whose entries have several fields."""
    kinds = (node for node in found.all_nodes if type(node) in (ast.keyword, ast.Call))
    return any(map(_has_fields, kinds))


def _is_of_slopes(node: ast.AST) -> bool:
    match node:
        case ast.Call(args=[ast.Constant(value=2)], keywords=[ast.keyword(arg="k")]):
            return called(node) == "eye"
        case ast.List(
            elts=[
                ast.List(elts=[first, upper]) | ast.Tuple(elts=[first, upper]),
                ast.List(elts=[lower, last]) | ast.Tuple(elts=[lower, last]),
            ]
        ):
            return _is_zero(upper) != _is_zero(lower) and reads(first) == reads(last)
    return False


def _is_zero(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number == 0
        case ast.BinOp(left=left, op=ast.Mult(), right=right):  # 0 * v
            ends = (side.value for side in (left, right) if _is_number(side))
            return any(number == 0 for number in ends)
        case ast.Call():
            return called(node) in _ZEROS
    return False


def _is_number(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def reads(node: ast.expr) -> list[Any]:
    """Return what tells an expression from others; it may be a thousand deep."""
    found = islice(ast.walk(node), _LOOKED_AT)
    names = ("id", "attr", "op", "value")
    return [
        (type(item), *(_plain(getattr(item, name, None)) for name in names))
        for item in found
    ]


def _plain(value: Any) -> Any:
    return type(value) if isinstance(value, ast.AST) else value


def _has_fields(node: ast.AST) -> bool:
    return any(map(_names_fields, _kinds(node)))


def _kinds(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what a node gives as the kind of an array's entries."""
    match node:
        case ast.keyword(arg="dtype" | "formats", value=kind):
            yield kind
        case ast.Call(args=[kind, *_]) if called(node) in ("dtype", "astype", "view"):
            yield kind


def _names_fields(kind: ast.expr) -> bool:
    match kind:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return len(items) >= _PAIR and all(
                isinstance(item, ast.Tuple) for item in items
            )
        case ast.Constant(value=str(names)):
            return "," in names  # "f8, f8"
    return False
