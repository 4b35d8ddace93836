"""How derivatives are had without deriving: differences, complex steps, dual numbers.

Read off the text. A difference quotient has two signs: a small step is added to
something, and something is divided by the same kind of step. Neither alone is one:
`w - lr * g` steps, and `m / (sqrt(v) + eps)` divides by no step.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from nnkit.grading.reach import Reached, called

SMALL = 1e-2
NUMERICAL_HELPERS = {
    *("approx_derivative", "approx_fprime", "check_grad", "differentiate"),
    "numerical_gradient",
    # A polynomial through a few points, of which a coefficient is the slope.
    *("chebder", "chebvander", "interpolate", "legder", "legvander", "polyder"),
    *("polyfit", "polyvander", "vander"),
}
_OF_A_CURVE = {"deriv", "derivative"}
_COMPLEX = {"cmath", "complex64", "complex128", "emath", "scimath"}
_KINDS = {"astype", "view"}
_TAKING = {"angle", "fft", "ifft", "imag", "phase", "rfft", "view"}
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
_ROOTS = {"sqrt", "cbrt"}
_ROUNDS = 5  # h = 1e-5, then f(x, h), then g(h / 2) …
_BINDING = (
    *(ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.comprehension),
    *(ast.arguments, ast.Call),
)
_ARITHMETIC = {
    f"__{side}{name}__": name
    for name in ("add", "sub", "mul", "truediv", "matmul", "pow")
    for side in ("", "r", "i")
}
_INSIDES = {
    *("__closure__", "cell_contents", "f_back", "f_locals", "getclosurevars"),
    *("get_objects", "get_referents", "get_referrers"),
}
# NumPy asks them for all of its arithmetic at once.
_ALL_AT_ONCE = {"__array_ufunc__", "__array_function__"}


def is_difference_quotient(found: Reached) -> bool:
    """Say whether something is moved by a small step, and divided by one.

    Or whether a library does so, or lays a curve through a few points.
    """
    nodes = found.all_nodes
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    if any(_measures(node, own) for node in nodes):
        return True
    steps = _Steps(nodes)
    return any(map(steps.moves, nodes)) and any(map(steps.divides, nodes))


def _measures(node: ast.AST, own: set[str]) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="gradient")):
            return True
        case ast.Call(func=ast.Attribute(attr=name), args=[] | [ast.Constant()]) if (
            name in _OF_A_CURVE
        ):
            return name not in own
        case ast.Call():
            return called(node) in NUMERICAL_HELPERS - own
    return False


def is_complex_step(found: Reached) -> bool:
    """Say whether an imaginary part is put in, and one is taken out."""
    nodes = found.all_nodes
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    taking = (_takes_imaginary(node, own) for node in nodes)
    return any(map(puts_imaginary, nodes)) and any(taking)


def puts_imaginary(node: ast.AST) -> bool:
    """Say whether a number with an imaginary part stands here, or the kind of one."""
    match node:
        case ast.Constant(value=complex()):
            return True
        case ast.BinOp(left=ast.UnaryOp(op=ast.USub()), op=ast.Pow(), right=power):
            return _is_a_root(power)  # (-1) ** 0.5
        case ast.Call(args=[_, _]) if called(node) == "complex":
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _COMPLEX
        case ast.Call(args=[kind]) if called(node) in _KINDS:
            return _is_complex(kind)
        case ast.keyword(arg="dtype", value=kind):
            return _is_complex(kind)
    return False


def _is_a_root(power: ast.expr) -> bool:
    match power:
        case ast.Constant(value=float(number)):
            return not number.is_integer()
        case ast.BinOp(left=ast.Constant(), op=ast.Div(), right=ast.Constant()):
            return True
    return False


def _takes_imaginary(node: ast.AST, own: set[str]) -> bool:
    match node:
        case ast.Attribute(attr="imag"):
            return True
        case ast.Call():
            mine = isinstance(node.func, ast.Name) and node.func.id in own
            return called(node) in _TAKING and not mine
    return False


def _is_complex(kind: ast.expr) -> bool:
    match kind:
        case ast.Name(id="complex"):
            return True
        case ast.Constant(value=str(name)):
            return name.startswith(("complex", "c8", "c16", "D", "F"))
    return False


def runs_unread_text(found: Reached) -> bool:
    """Say whether text is run as code that stands nowhere as it is run."""
    return any(_runs_unread(node) for node in found.all_nodes)


def _runs_unread(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="exec" | "eval"), args=[text, *_]):
            return not (isinstance(text, ast.Constant) and isinstance(text.value, str))
    return False


def looks_inside(found: Reached) -> bool:
    """Say whether functions or frames are taken apart: there stands what was drawn."""
    return any(_names_an_inside(node) for node in found.all_nodes)


def _names_an_inside(node: ast.AST) -> bool:
    match node:
        case (
            ast.Attribute(attr=name)
            | ast.Name(id=name)
            | ast.Constant(value=str(name))  # getattr(f, "__closure__")
        ):
            return name in _INSIDES
    return False


def own_arithmetic(found: Reached) -> Iterator[str]:
    """Yield the classes that bring arithmetic of their own, inherited or given later.

    `__add__` and `__radd__` are one operation; a sum alone derives nothing.
    """
    own: dict[str, set[str]] = {}
    bases: dict[str, set[str]] = {}
    for node in found.all_nodes:
        for name, methods in _given(node):
            own.setdefault(name, set()).update(methods)
        if isinstance(node, ast.ClassDef):
            known = {base.id for base in node.bases if isinstance(base, ast.Name)}
            bases.setdefault(node.name, set()).update(known)
    for name, methods in own.items():
        inherited = (own.get(base, set()) for base in bases.get(name, ()))
        bound = methods.union(*inherited)
        operations = {_ARITHMETIC[method] for method in bound & _ARITHMETIC.keys()}
        if len(operations) >= 2 or bound & _ALL_AT_ONCE:
            yield name


def _given(node: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Yield which names a node binds in a class."""
    match node:
        case ast.ClassDef(name=name, body=body):
            bound = {item.name for item in body if hasattr(item, "name")}
            for item in body:
                if isinstance(item, ast.Assign):  # __radd__ = __add__
                    bound |= {t.id for t in item.targets if isinstance(t, ast.Name)}
            yield name, bound
        case ast.Attribute(value=ast.Name(id=name), attr=attr, ctx=ast.Store()):
            yield name, {attr}  # Pair.__add__ = …
        case ast.Call(
            func=ast.Name(id="setattr"),
            args=[ast.Name(id=name), ast.Constant(value=str(attr)), _],
        ):
            yield name, {attr}
        case ast.Call(
            func=ast.Name(id="type"), args=[ast.Constant(value=str(name)), _, made]
        ) if isinstance(made, ast.Dict):
            keys = (key.value for key in made.keys if isinstance(key, ast.Constant))
            yield name, {key for key in keys if isinstance(key, str)}


def _other_names(nodes: Sequence[ast.AST], known: Collection[str]) -> Iterator[str]:
    """Yield what else is called so: `import Decimal as D`, `q = np.double`."""
    for node in nodes:
        match node:
            case ast.alias(name=name, asname=str(other)) if name in known:
                yield other
            case ast.Assign(
                targets=[ast.Name(id=other)],
                value=ast.Name(id=name) | ast.Attribute(attr=name),
            ) if name in known:
                yield other


def _parameters(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, list[str]]]:
    """Yield what functions that have a name call what they are given."""
    for node in nodes:
        match node:
            case (
                ast.FunctionDef(name=name, args=given)
                | ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda(args=given))
            ):
                yield name, [arg.arg for arg in given.args]


class _Steps:
    """Which expressions are small steps, or multiples of one.

    A stranger's expression may be a thousand deep, or have a number with a billion
    digits: so each is looked at once, its operands before it, and in floats.

    Attributes:
        names: that stand for something small, parameters included.
    """

    def __init__(self, nodes: Sequence[ast.AST]) -> None:
        self.names: set[str] = set()
        self._kinds = _NUMBERS | set(_other_names(nodes, _NUMBERS))
        self._numbers: dict[ast.AST, complex] = {}
        self._small: set[ast.AST] = set()
        # ast.walk, which gave their order, comes to what is within later.
        self._inner_first = [n for n in reversed(nodes) if isinstance(n, ast.expr)]
        for node in self._inner_first:
            number = self._number(node)
            if number is not None and math.isfinite(abs(number)):
                self._numbers[node] = number
        functions = dict(_parameters(nodes))
        self._given = {node.arg for node in nodes if isinstance(node, ast.arg)}
        binding = [node for node in nodes if isinstance(node, _BINDING)]
        for _ in range(_ROUNDS):
            known = len(self.names)
            self._small = set()
            for node in self._inner_first:
                if self._is_small(node):
                    self._small.add(node)
            for place in binding:
                self.names.update(self._bound(place, functions))
            if len(self.names) == known:
                break

    def moves(self, node: ast.AST) -> bool:
        """Say whether a small step is added to something, or taken away."""
        match node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                sides = [left in self._small, right in self._small]
                other = left if sides[1] else right
                return sum(sides) == 1 and other not in self._numbers
            case ast.AugAssign(op=ast.Add() | ast.Sub(), value=value):
                return value in self._small
            case ast.Call(args=[_, other]) if called(node) in ("add", "subtract"):
                return other in self._small
            case ast.Call(func=ast.Name(id=name), args=[step]):
                # f(h) - f(-h), where f = lambda t: loss(w + t)
                return name in self._given and step in self._small
        return False

    def divides(self, node: ast.AST) -> bool:
        """Say whether something is divided by a small step."""
        match node:
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return right in self._small and left not in self._small
            case ast.AugAssign(op=ast.Div(), value=value):
                return value in self._small
            case ast.Call(args=[_, other]) if called(node) in ("divide", "true_divide"):
                return other in self._small
        return False

    def _bound(
        self, node: ast.AST, functions: Mapping[str, list[str]]
    ) -> Iterator[str]:
        small = self._small
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                if value in small:
                    yield name
            case (
                ast.For(
                    target=ast.Name(id=name),
                    iter=ast.Tuple(elts=items) | ast.List(elts=items),
                )
                | ast.comprehension(
                    target=ast.Name(id=name),
                    iter=ast.Tuple(elts=items) | ast.List(elts=items),
                )
            ):
                if any(item in small for item in items):
                    yield name
            case ast.arguments(args=args, defaults=defaults):
                pairs = [*zip(args[::-1], defaults[::-1], strict=False)]
                pairs += [
                    (arg, default)
                    for arg, default in zip(
                        node.kwonlyargs, node.kw_defaults, strict=True
                    )
                    if default is not None
                ]
                yield from (arg.arg for arg, value in pairs if value in small)
            case ast.Call(args=args, keywords=keywords):
                names = functions.get(called(node), ())
                yield from (
                    name
                    for name, value in zip(names, args, strict=False)
                    if value in small
                )
                yield from (k.arg for k in keywords if k.arg and k.value in small)

    def _is_small(self, node: ast.expr) -> bool:
        """Say so of an expression, once it is known of what it is made of."""
        if node in self._numbers:
            return 0 < abs(self._numbers[node]) <= SMALL
        small = self._small
        match node:
            case ast.Name(id=name):
                return name in self.names
            case ast.Attribute(attr="eps" | "epsilon" | "resolution"):
                return True  # of np.finfo
            case ast.UnaryOp(operand=inner):
                return inner in small
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return left in small or right in small
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return left in small and right in small
            case ast.BinOp(left=left, op=ast.Div() | ast.Pow()):
                return left in small
            case ast.Call(args=[inner, *_]) if called(node) in self._kinds | _ROOTS:
                return inner in small
        return False

    def _number(self, node: ast.expr) -> complex | None:
        """Return the number that an expression of nothing but numbers is."""
        known = self._numbers
        try:
            match node:
                case ast.Constant(value=bool()):
                    return None
                case ast.Constant(value=int() | float() as number):
                    return float(number)
                case ast.Constant(value=complex() as number):
                    return number
                case ast.UnaryOp(op=ast.USub(), operand=inner) if inner in known:
                    return -known[inner]
                case ast.Call(args=[inner]) if called(node) in self._kinds:
                    if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                        return float(inner.value)
                    return known.get(inner)
                case ast.BinOp(left=left, op=op, right=right):
                    if type(op) in _FOLDS and left in known and right in known:
                        result: complex = _FOLDS[type(op)](known[left], known[right])
                        return result
        except (ArithmeticError, ValueError):
            return None
        return None
