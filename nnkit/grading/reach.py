"""What an answer is made of: the statements that a function's name leads to.

    "neuron_grads" ──> def neuron_grads ──names used──> def helper, import, h = 1e-5 …

Nothing is run: names are followed through the text of the student's own cells.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

Definitions = Mapping[str, list[ast.stmt]]

# A syntax tree takes up to a thousand times the bytes of its text.
MAX_READ = 100_000
_TIMED = re.compile(r"%time\s+(?=[\w(\[])")
_MAGIC = re.compile(r"%{1,2}[A-Za-z_]|!(?!=)|\?")
_TAKEN = re.compile(r"(\s*[A-Za-z_][\w.]*\s*)=\s*[%!](?!=)")
# What IPython takes away: cell magics, and the prompts of what was copied.
_HEAD = re.compile(r"(?:[ \t]*(?:%%.*)?\n)*")
_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)|In \[\d+\]: ?|\s*\.{3,}: ?")
_RUNS_TEXT = {"exec", "eval", "compile", "run_cell", "ex", "ev"}


@dataclass
class Reached:
    """What one name leads to.

    Attributes:
        nodes: the statements, each once.
        names: all names that were followed; others of an import are not meant.
    """

    nodes: list[ast.stmt] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    @cached_property
    def all_nodes(self) -> tuple[ast.AST, ...]:
        """Every node of every statement."""
        return tuple(inner for node in self.nodes for inner in nodes_of(node))


def nodes_of(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node of a tree, itself first; what is below is kept with it.

    What a submission has defined is looked through for each exercise and pattern.
    """
    yield tree
    if isinstance(tree, ast.Module):
        yield from chain.from_iterable(map(nodes_of, tree.body))
        return
    below: Sequence[ast.AST] | None = getattr(tree, "_below", None)
    if below is None:
        below = list(ast.walk(tree))[1:]
        tree._below = below  # type: ignore[attr-defined]  # a node takes any attribute
    yield from below


def parsed(sources: Iterable[str]) -> list[ast.Module]:
    """Parse cells, and the text that they hand to `exec` and the like.

    What cannot be parsed cannot be run either, and is left out; so is what is more than
    MAX_READ characters in all.
    """
    trees: list[ast.Module] = []
    todo = list(sources)
    room = MAX_READ
    while todo:
        source = todo.pop(0)
        if len(source) > room:
            continue
        room -= len(source) + 1
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about a student's style, our screen
                tree = _tree_of(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        trees.append(tree)
        todo += [text for node in nodes_of(tree) for text in _run_text(node)]
    return trees


def _run_text(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and called(node) in _RUNS_TEXT:
        for argument in node.args[:1]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def called(call: ast.Call) -> str:
    """Return the last part of what is called: "grad" for `nnkit.grad(f)`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _tree_of(source: str) -> ast.Module:
    """Parse a cell as it is, or else without what IPython takes for itself."""
    try:
        return ast.parse(source)
    except SyntaxError:  # a line that begins with % may be the rest of one before
        return ast.parse(without_magics(_bare(source)))


def _bare(source: str) -> str:
    """Return a cell without what stands before its first line, or before each."""
    lines = source[_HEAD.match(source).end() :].split("\n")  # type: ignore[union-attr]  # matches nothing, too
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    lines = [line.removeprefix(indent) for line in lines]
    if any(map(_PROMPT.match, lines[:2])):  # above them may stand a comment
        lines = [_PROMPT.sub("", line, count=1) for line in lines]
    return "\n".join(lines)


def without_magics(source: str) -> str:
    """Put `pass` into lines that IPython takes for itself; of `%time f()` keep `f()`.

    What `x = !ls` or `x = %magic` gives cannot be read here, but x is bound.
    """
    lines, goes_on = [], False
    for line in source.split("\n"):
        lines.append("" if goes_on else _without_magic(line))
        goes_on = line.endswith("\\") and (goes_on or lines[-1].strip() == "pass")
    return "\n".join(lines)


def _without_magic(line: str) -> str:
    bare = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    if timed := _TIMED.match(bare):
        return indent + bare[timed.end() :]
    if _MAGIC.match(bare) or bare.endswith("?"):
        return f"{indent}pass"
    if taken := _TAKEN.match(line):
        return f"{taken[1]}= None"
    return line


def definitions(trees: Iterable[ast.Module]) -> Definitions:
    """Return what binds each name outside of any function."""
    found: dict[str, list[ast.stmt]] = {}
    todo = deque(node for tree in trees for node in tree.body)
    while todo:
        node = todo.popleft()
        inner = [
            item
            for name in ("body", "orelse", "finalbody", "handlers")
            for item in getattr(node, name, ())
        ]
        for case in getattr(node, "cases", ()):
            inner += case.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.setdefault(node.name, []).append(node)
            for name in _made_global(node):
                found.setdefault(name, []).append(node)
        elif inner:  # an `if`, a `try`, a loop: what stands in it counts
            if head := _head_of(node):
                for name in _bound(head):
                    found.setdefault(name, []).append(head)
            todo += [item for item in inner if isinstance(item, ast.stmt)]
            todo += [
                item
                for handler in inner
                if isinstance(handler, ast.ExceptHandler)
                for item in handler.body
            ]
        else:
            for name in _bound(node):
                found.setdefault(name, []).append(node)
    return found


def _head_of(node: ast.stmt) -> ast.stmt | None:
    """Return what a statement does before those that stand in it."""
    match node:
        case ast.For() | ast.AsyncFor():
            return ast.For(target=node.target, iter=node.iter, body=[], orelse=[])
        case ast.With() | ast.AsyncWith():
            return ast.With(items=node.items, body=[])
        case ast.If(test=tested) | ast.While(test=tested) | ast.Match(subject=tested):
            return ast.Expr(value=tested)
    return None


def _made_global(node: ast.AST) -> set[str]:
    stated = (item for item in nodes_of(node) if isinstance(item, ast.Global))
    return {name for item in stated for name in item.names}


def _bound(node: ast.AST) -> set[str]:
    names = set()
    for item in nodes_of(node):
        match item:
            case ast.alias(name=name, asname=asname):
                names.add(asname or name.partition(".")[0])
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            # table["name"] = …, module.name = …: what is changed is bound anew.
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store()):
                # __main__.name = …: that module's names are those of the cells.
                names |= {name, item.attr} if name == "__main__" else {name}
            case ast.Attribute(
                value=ast.Subscript(slice=ast.Constant(value="__main__")),
                ctx=ast.Store(),
            ):
                names.add(item.attr)  # sys.modules["__main__"].name = …
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                names.add(name)
            # globals()["name"] = …, setattr(module, "name", …)
            case ast.Call(
                func=ast.Name(id="setattr"), args=[of, ast.Constant(value=str(name)), _]
            ):
                names |= {name, of.id} if isinstance(of, ast.Name) else {name}
            case ast.Subscript(
                value=ast.Call(func=ast.Name(id="globals" | "locals" | "vars"))
                | ast.Attribute(attr="user_ns" | "__dict__"),
                slice=ast.Constant(value=str(name)),
                ctx=ast.Store(),
            ):
                names.add(name)
            # globals().update(name=…), globals().update({"name": …})
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="globals" | "locals" | "vars"))
                    | ast.Attribute(attr="user_ns" | "__dict__"),
                    attr="update",
                )
            ):
                keys = (k for a in item.args if isinstance(a, ast.Dict) for k in a.keys)
                names |= {
                    key.value
                    for key in keys
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
                names |= {keyword.arg for keyword in item.keywords if keyword.arg}
    return names


def reached(name: str, known: Definitions) -> Reached:
    """Follow a name through all that it uses."""
    found = Reached()
    todo = [name]
    seen: set[int] = set()
    while todo:
        name = todo.pop()
        if name in found.names:
            continue
        found.names.add(name)
        for node in known.get(name, ()):
            if id(node) not in seen:
                seen.add(id(node))
                found.nodes.append(node)
                todo += _used(node)
    return found


def _used(node: ast.AST) -> set[str]:
    """Return the names that a statement takes from outside of it.

    What a function calls its own, its defaults aside, is not meant: a demonstration may
    call something else so.
    """
    if isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    used: set[str] = set()
    todo = [node]
    while todo:
        item = todo.pop()
        match item:
            case ast.Name(id=name):
                if isinstance(item.ctx, ast.Load):
                    used.add(name)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                todo += [*item.decorator_list, item.args]
                todo += [item.returns] if item.returns else []
                used |= _free(item.body, item.args)
            case ast.Lambda():
                todo.append(item.args)
                used |= _free([item.body], item.args)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                todo.append(item.generators[0].iter)
                used |= _free([item])
            case _:
                todo += ast.iter_child_nodes(item)
    return used


def _free(body: Iterable[ast.AST], given: ast.arguments | None = None) -> set[str]:
    used: set[str] = set()
    local: set[str] = set()
    if given is not None:
        kinds = (given.posonlyargs, given.args, given.kwonlyargs)
        local = {arg.arg for kind in kinds for arg in kind}
        local |= {arg.arg for arg in (given.vararg, given.kwarg) if arg}
    for item in chain.from_iterable(map(nodes_of, body)):
        if isinstance(item, ast.Name):
            (used if isinstance(item.ctx, ast.Load) else local).add(item.id)
        elif isinstance(item, ast.arg):
            local.add(item.arg)
    return used - local


def needed(sources: Mapping[int, str], names: Iterable[str]) -> set[int]:
    """Return which cells bind something that these names lead to, or may do so.

    Args:
        sources: position → source of a cell.
        names: functions, by name.
    """
    bound: dict[int, Definitions] = {}
    room = MAX_READ  # of all cells: the process that grades everybody reads them
    for position, source in sorted(sources.items(), key=lambda item: len(item[1])):
        room -= len(source) + 1
        if room < 0:
            break
        bound[position] = definitions(parsed([source]))
    known: dict[str, list[ast.stmt]] = {}
    for each in bound.values():
        for name, nodes in each.items():
            known.setdefault(name, []).extend(nodes)
    wanted = {"*"}.union(*(reached(name, known).names for name in names))
    return {
        position
        for position in sources
        if position not in bound or not wanted.isdisjoint(bound[position])
    }
