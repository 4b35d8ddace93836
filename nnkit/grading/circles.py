"""Derivatives as a mean over a circle in the complex plane, after Cauchy.

The mean of f(x + r·c) / (r·c) over the roots c of one is a derivative: something is
moved by a complex number, and divided by one, or multiplied by its conjugate.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nnkit.grading.patterns import puts_imaginary
from nnkit.grading.reach import Reached, called

# And no names, which are most nodes: of these, only `complex128` alone would be missed.
_TELLING = {ast.Constant, ast.Attribute, ast.BinOp, ast.Call, ast.keyword}
_ROUNDS = 4  # circle = np.exp(2j …), then step = r * circle, then for c in step …


def goes_around_a_circle(found: Reached) -> bool:
    """Say whether something is moved by a complex number, and divided by one."""
    nodes = found.all_nodes
    told = (node for node in nodes if type(node) in _TELLING)
    if not any(map(puts_imaginary, told)):
        return False
    names: set[str] = set()
    known: set[ast.AST] = set()
    for _ in range(_ROUNDS):
        known = _complex_ones(nodes, names)
        more = {name for node in nodes for name in _bound(node, known)}
        if more <= names:
            break
        names |= more
    return any(_moves(node, known) for node in nodes) and any(
        _divides(node, known) for node in nodes
    )


def _complex_ones(nodes: tuple[ast.AST, ...], names: set[str]) -> set[ast.AST]:
    """Return the expressions in which there is a complex number; what calls, not."""
    known: set[ast.AST] = set()
    for node in reversed(nodes):  # what is inside of an expression comes before it
        match node:
            case ast.Name(id=name):
                inside = name in names
            case ast.BinOp(left=left, right=right):
                inside = left in known or right in known
            case ast.UnaryOp(operand=operand):
                inside = operand in known
            case ast.Subscript(value=value):
                inside = value in known
            case ast.Call(args=args):
                inside = called(node) not in ("abs", "real") and any(
                    argument in known for argument in args
                )
            case _:
                inside = False
        if inside or puts_imaginary(node):
            known.add(node)
    return known


def _bound(node: ast.AST, known: set[ast.AST]) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets, value=value) if value in known:
            places: list[ast.expr] = targets
        case ast.For(target=target, iter=value) if value in known:
            places = [target]
        case ast.comprehension(target=target, iter=value) if value in known:
            places = [target]
        case _:
            return
    for place in places:
        match place:
            case ast.Name(id=name):
                yield name
            case ast.Tuple(elts=items):
                yield from (item.id for item in items if isinstance(item, ast.Name))


def _moves(node: ast.AST, known: set[ast.AST]) -> bool:
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            other = left if right in known else right
            alone = (left in known) != (right in known)
            return alone and not isinstance(other, ast.Constant)
    return False


def _divides(node: ast.AST, known: set[ast.AST]) -> bool:
    match node:
        case ast.BinOp(op=ast.Div(), right=right):
            return right in known
        case ast.Call():
            return called(node) in ("conj", "conjugate")
    return False
