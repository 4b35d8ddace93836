"""Difference quotients by their form, whatever the step is, and whatever makes it.

(f(x + h) - f(x - h)) / (2 h), and (f(b) - f(a)) / (b - a): a function of the student's
own is called twice, with arguments that differ by what is divided by.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from nnkit.grading.pairs import reads
from nnkit.grading.reach import Reached

_LOOKED_AT = 256
"""Nodes of what is divided, which may be a thousand deep."""

Ends = tuple[ast.expr, ast.expr]


def divides_a_difference_of_calls(found: Reached) -> bool:
    """Say whether two values of one function are subtracted, and divided by a step."""
    nodes = found.all_nodes
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    values: dict[str, ast.expr] = {}
    for node in nodes:
        match node:
            case ast.FunctionDef(name=name):
                own.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
                own.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                values[name] = call  # up = f(x + h)
    return any(
        _by_its_step(node.left, node.right, own, values)
        for node in nodes
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
    )


def _by_its_step(
    above: ast.expr,
    below: ast.expr,
    own: Collection[str],
    values: Mapping[str, ast.expr],
) -> bool:
    steps = set(_factors(below))
    if not steps and not isinstance(below, ast.BinOp):
        return False
    for node in islice(ast.walk(above), _LOOKED_AT):
        match node:
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                for ends in _calls(left, right, own, values):
                    if steps & _names(*ends) or _is_between(below, ends):
                        return True
    return False


def _factors(below: ast.expr) -> Iterator[str]:
    """Yield the name in a product of a name, or a power of it, and numbers."""
    match below:
        case ast.Name(id=name) | ast.BinOp(left=ast.Name(id=name), op=ast.Pow()):
            yield name
        case (
            ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=inner)
            | ast.BinOp(left=inner, op=ast.Mult(), right=ast.Constant())
        ):
            yield from _factors(inner)


def _calls(
    left: ast.expr,
    right: ast.expr,
    own: Collection[str],
    values: Mapping[str, ast.expr],
) -> Iterator[Ends]:
    """Yield in which arguments two calls of one function of their own differ."""
    one, other = (
        values.get(side.id, side) if isinstance(side, ast.Name) else side
        for side in (left, right)
    )
    match one, other:
        case (
            ast.Call(func=ast.Name(id=name), args=first),
            ast.Call(func=ast.Name(id=again), args=second),
        ) if name == again and name in own:
            for ends in zip(first, second, strict=False):
                if reads(ends[0]) != reads(ends[1]):
                    yield ends


def _names(*ends: ast.expr) -> set[str]:
    found = (node for end in ends for node in islice(ast.walk(end), _LOOKED_AT))
    return {node.id for node in found if isinstance(node, ast.Name)}


def _is_between(below: ast.expr, ends: Ends) -> bool:
    """Say whether a difference is that of two arguments."""
    match below:
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            given = [reads(end) for end in ends]
            return [reads(left), reads(right)] in (given, given[::-1])
    return False
