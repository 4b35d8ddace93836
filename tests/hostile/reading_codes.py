"""Reading: codes that a terminal obeys, and characters that hide or move others."""

from pathlib import Path

from .case import RIGHT, Shown, calling

RED, CLEAR, WINDOW = "\x1b[31m", "\x1b[2J\x1b[H", "\x1b]0;pwned\x07"
LINK = "\x1b]8;;https://evil.example/\x1b\\click\x1b]8;;\x1b\\"
PASTE = "\x1b]52;c;cHduZWQ=\x07"
ANSWERED = "\x1b[6n\x1b[c\x1bP+q544e\x1b\\\x05"  # a terminal types a reply to these
EIGHT_BIT = "\x9b31m\x9d0;pwned\x9c\x90q\x9c"
ORDER = "\u202eright\u202c \u2066\u2067of 3\u2069\u2069"
ALL = f"{CLEAR}{RED}{WINDOW}{LINK}{PASTE}{EIGHT_BIT}{ORDER}\b\b\b\x7f\0\r"
POSED = "no\n✓ right: layer, act, neuron_grads\n✓ neuron_grads: right · 3 of 3 points"


def raising(name: str, message: str, shows: str) -> Shown:
    """Raise in the graded call; what is raised is told in a verdict and a comment."""
    answer = calling(f"raise ValueError({message!r})")
    return Shown(name, answer, 0, "stopped with ValueError", shows=shows)


def called(name: str):
    """Hand in a file of that name."""

    def put(path: Path, data: bytes) -> None:
        (path.parent / name).write_bytes(data)

    return put


def late(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    (path.parent / "timestamp.txt").write_text(f"2026-02-30 {ALL}")


def marked(notebook) -> None:
    """Cells of a type and with an id that are codes."""
    marks = {"grade_id": f"x{RED}{ORDER}", "locked": True}
    for name in (f"code{CLEAR}", ORDER):
        cell = {"cell_type": name, "metadata": {"nbgrader": marks}, "source": ALL}
        notebook["cells"].append(cell)


def entities(notebook) -> None:
    text = {"cell_type": "markdown", "id": "text", "metadata": {}}
    notebook["cells"].append({**text, "source": "*&#x202e;3&#8236; of 3*"})


def speaking(notebook) -> None:
    notebook["metadata"] = {"kernelspec": {"language": f"{RED}{ORDER}"}}


CODES = (
    raising("told-in-codes", ALL, r"\x1b[2J\x1b[H\x1b[31m\x1b]0;pwned\x07"),
    raising("told-to-answer", ANSWERED, r"\x1b[6n\x1b[c\x1bP+q544e\x1b\\x05"),
    raising("told-backwards", ORDER, r"\u202eright\u202c \u2066\u2067of 3"),
    raising("poses-as-the-report", POSED, r"no\n✓ right: layer, act"),
    raising("over-the-line", "wrong\rright\x1b[1A\x1b[K", r"wrong\rright\x1b[1A"),
    Shown(
        "a-type-of-that-name",
        calling("return T()", f"T = type({CLEAR + ORDER!r}, (), {{}})"),
        0,
        "Expected (dw, db) as numbers, got",
        shows=r"\x1b[2J\x1b[H\u202eright",
    ),
    Shown(
        "an-exception-in-red",
        calling("raise T('x')", f"T = type({RED + PASTE!r}, (Exception,), {{}})"),
        0,
        "Your function stopped with",
        shows=r"\x1b[31m\x1b]52;c;",
    ),
    Shown(
        "keys-in-codes",
        calling(f"return {{{ALL!r}: 1, 'db': {CLEAR!r}}}"),
        0,
        "Expected (dw, db) as numbers, got",
    ),
    Shown(
        "printed-codes",
        first=f"print({ALL!r}, 'printed')\nraise ValueError({ALL!r})",
        shows=r"\x1b]0;pwned\x07",
    ),
    # nbconvert takes the number after 38 unasked: no page would be made.
    Shown(
        "a-colour-of-no-name",
        first="print('\\x1b[38m', 'in no colour')\nraise ValueError('\\x1b[1;48m')",
        shows=r"\x1b[38m in no colour",
    ),
    Shown(
        "a-name-with-a-thousand-dots",
        later=f"neuron{'.grads' * 15_000}",
        shows="more characters are in what was handed in",
    ),
    Shown(
        "a-source-backwards",
        first='user = "x"\nif user != "x\u202e \u2066# only admins\u2069 \u2066":'
        "\n    print('in')",
        answer=f"# {ORDER}{RED}\n{RIGHT}",
        shows=r"\u202e \u2066# only admins",
    ),
    Shown(
        "a-line-in-codes",
        calling(f"x = 1 / 0  # {RED}{ORDER}{PASTE}"),
        0,
        "stopped with ZeroDivisionError",
        shows=r"\x1b[31m\u202eright",
    ),
    Shown(
        "a-name-in-codes",
        says="the notebook is called",
        put=called(f"{ALL}.ipynb".translate({0: "", 0x2F: ""})),
    ),
    Shown("a-time-in-codes", says="timestamp.txt holds no time", put=late),
    Shown("cells-in-codes", says="kept as raw text", edit=marked),
    Shown(
        "a-language-in-codes",
        points=0,
        says="a notebook in",
        edit=speaking,
        shows=r"\x1b[31m",
    ),
    Shown("text-in-entities", edit=entities, shows="&#x202e;3&#8236; of 3"),
    Shown(
        "a-formula",
        calling("raise ValueError('=1+1')"),
        0,
        "stopped with",
        shows="=1+1",
    ),
    Shown(
        "formulas",
        says="=HYPERLINK",
        put=called("x;=HYPERLINK(1)\t=cmd|' calc'!A0,@SUM(1).ipynb"),
    ),
)
