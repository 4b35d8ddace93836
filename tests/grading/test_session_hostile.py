"""One submission in the sandbox that sends too much, or what nobody expects."""

import time

import pytest
from session_builders import DOUBLE, TRIPLE, answers_of, check, code, values

from nnkit.grading import answers as kept
from nnkit.grading import outputs, session
from nnkit.grading.answers import Limits
from nnkit.grading.child import Gone


def saying(reply):
    """A cell after which every cell's reply is this one."""
    return code(
        "from nnkit.sandbox.runner import Runner\n"
        f"Runner._cell = lambda self, source: {reply}"
    )


def test_outputs_are_few_whatever_comes(zygote):
    flood = saying("{'outputs': [{'text': 'x', 'kind': 'stream'}] * 5_000}")
    answers = answers_of(zygote, flood, code("1"), code("2"))
    assert [len(items) for items in answers.outputs.values()] == [
        0,
        outputs.MAX_OUTPUTS,
        0,
    ]
    flood = saying("{'outputs': [{'text': 'x' * 90_000}, {'text': ''}] * 9}")
    answers = answers_of(zygote, flood, code("1"), code("2"))
    texts = [item["data"]["text/plain"] for item in answers.outputs[1]]
    assert sum(map(len, texts)) == outputs.MAX_SHOWN


def test_what_is_printed_is_kept_nowhere_else(zygote):
    # IPython's own history would keep an object for each piece.
    loop = code("for step in range(2_000): print('step', step)")
    counted = code(
        "import gc\n"
        "names = [type(thing).__name__ for thing in gc.get_objects()]\n"
        "print(names.count('HistoryOutput'))"
    )
    answers = answers_of(zygote, loop, counted)
    assert answers.errors == {}
    assert answers.outputs[0][0]["text"].startswith("step 0\nstep 1\n")
    assert answers.outputs[1][0]["text"] == "0\n"


@pytest.mark.parametrize(
    "item",
    ["5", "{}", "{'text': 5}", "{'text': 'x', 'kind': np.ones(2)}", "np.ones(3)"],
)
def test_outputs_of_no_known_form_are_harmless(zygote, item):
    cells = [saying(f"{{'outputs': [{item}], 'error': [{item}]}}"), code("1")]
    answers = answers_of(zygote, code("import numpy as np"), *cells)
    shown = {str(out) for items in answers.outputs.values() for out in items}
    assert shown <= {str(outputs.output_of("display", "x"))}
    assert answers.errors == {}


def test_errors_and_trouble_are_few_whatever_comes(zygote):
    # Of a module that is missing, the instructor hears as well.
    words = repr("No module named 'm', said the grader")
    error = f"{{'type': 'ModuleNotFoundError', 'message': {words}, 'line': 1}}"
    cells = [code(str(number)) for number in range(kept.MAX_ERRORS + 9)]
    answers = answers_of(zygote, saying(f"{{'error': {error}}}"), *cells)
    assert len(answers.errors) == kept.MAX_ERRORS
    assert len(answers.trouble) == kept.MAX_TROUBLE + 1
    assert answers.trouble[0].endswith(": No module named 'm' where this ran")
    assert answers.trouble[-1] == "and more of the kind"


def test_nobody_is_late_who_was_not_told_so(zygote):
    interrupt = "import signal\nsignal.raise_signal(signal.SIGINT)"
    spoiled = f"def double(x):\n    {interrupt.replace(chr(10), chr(10) + '    ')}"
    answers = answers_of(zygote, code(interrupt), code(spoiled), check("double"))
    assert answers.errors[0]["type"] == "KeyboardInterrupt"
    for reply in answers.replies["double"]:
        assert reply["raised"]["type"] == "KeyboardInterrupt"
    assert answers.trouble == []


def test_answers_take_no_more_memory_than_all_of_them_may(zygote, monkeypatch):
    monkeypatch.setattr(session, "MAX_ANSWERED", 3 << 20)
    large = "import numpy as np\ndef double(x):\n    return np.zeros(1 << 18)"
    answers = answers_of(zygote, code(large), check("double"))
    first, second = answers.replies["double"]
    assert first["value"].nbytes == 1 << 21
    assert second["ended"] == "crashed"
    assert second["detail"].startswith("more than 3 MB of answers came back, or")


@pytest.mark.parametrize(
    ("size", "first"), [(1 << 21, [1 << 21]), (5 << 19, []), (4 << 20, [])]
)
def test_who_returns_too_much_costs_no_other_answer(zygote, monkeypatch, size, first):
    monkeypatch.setattr(session, "MAX_ANSWERED", 3 << 20)
    large = f"import numpy as np\ndef double(x):\n    return np.zeros({size}, 'u1')"
    answers = answers_of(
        zygote, code(large), check("double"), code(TRIPLE), check("triple")
    )
    found = answers.replies["double"]
    assert [reply["value"].nbytes for reply in found if "value" in reply] == first
    assert found[-1]["detail"].startswith("more than 3 MB of answers came back, or")
    assert values(answers, "triple") == [[3.0, 6.0], [9.0]]


def test_many_small_arrays_count_for_more_than_their_bytes(zygote, monkeypatch):
    """Half a megabyte of bytes: what reads them one by one takes seconds for it."""
    monkeypatch.setattr(session, "MAX_ANSWERED", 3 << 20)
    many = "import numpy as np\ndef double(x):\n    return [np.zeros(1)] * 7_000"
    first, second = answers_of(zygote, code(many), check("double")).replies["double"]
    assert len(first["value"]) == 7_000
    assert second["ended"] == "crashed"
    assert second["detail"].endswith("or more than 12,288 lists and arrays")


def test_but_once(zygote, monkeypatch):
    monkeypatch.setattr(session, "MAX_ANSWERED", 3 << 20)
    large = "import numpy as np\ndef double(x):\n    return np.zeros(1 << 19)"
    small = "triple = double\ndef never_asked(x):\n    return x"
    cells = [check(name) for name in ("double", "triple", "never_asked")]
    answers = answers_of(zygote, code(large), code(small), *cells)
    for name in ("double", "triple", "never_asked"):
        assert {reply["ended"] for reply in answers.replies[name]} == {"crashed"}


def test_a_cell_that_is_too_long_is_said_to_be(zygote):
    answers = answers_of(
        zygote, code("x = 1" + " " * 2**20), code(TRIPLE), check("triple")
    )
    assert answers.trouble == ["cell 1: not run: longer than 1,048,576 characters"]
    assert values(answers, "triple") == [[3.0, 6.0], [9.0]]


def test_a_cell_in_any_script_is_run(zygote):
    text = "\N{GRINNING FACE}" * 900_000
    answers = answers_of(zygote, code(f"x = len('{text}')\nprint(x)"))
    assert answers.outputs[0][0]["text"] == "900000\n"


def test_demonstrations_that_take_long_cost_no_answer(zygote):
    slow = [code("import time; factor = 3; time.sleep(60)", "demonstration")] * 14
    leaning = code("def triple(x):\n    return factor * x")
    limits = Limits(cell=0.3, call=1.0, notebook=2.0)
    answers = answers_of(
        zygote,
        *slow,
        code(DOUBLE),
        check("double"),
        leaning,
        check("triple"),
        limits=limits,
    )
    assert values(answers, "double") == [[2.0, 4.0], [6.0]]
    assert answers.replies["triple"][0]["ended"] == "timed out"


def test_an_interrupt_of_its_own_is_an_exception_as_any(zygote):
    source = "def double(x):\n    raise KeyboardInterrupt('mine')"
    answers = answers_of(
        zygote, code(source), check("double"), code("raise KeyboardInterrupt")
    )
    assert answers.replies["double"][0]["raised"]["message"] == "mine"
    assert answers.errors[2]["type"] == "KeyboardInterrupt"
    assert answers.trouble == []


def test_a_signal_without_a_name_costs_one_call(zygote):
    fatal = "import os\ndef double(x):\n    os.kill(os.getpid(), 40)"
    answers = answers_of(
        zygote, code(fatal), check("double"), code(TRIPLE), check("triple")
    )
    assert (
        answers.replies["double"][0]["detail"] == "the process was ended by signal 40"
    )
    assert values(answers, "triple") == [[3.0, 6.0], [9.0]]


def test_dying_of_the_interrupt_is_taking_too_long(zygote):
    source = (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\n"
        "def double(x):\n    while True: pass"
    )
    answers = answers_of(zygote, code(source), check("double"))
    assert answers.replies["double"][0]["ended"] == "timed out"
    assert "the process was ended by SIGINT" in answers.trouble[0]


def test_raising_something_else_when_interrupted_is_taking_too_long(zygote):
    source = (
        "class Said(Exception):\n"
        "    def __str__(self):\n        while True: pass\n"
        "def double(x):\n    raise Said"
    )
    answers = answers_of(zygote, code(source), check("double"))
    # Once, and not case by case.
    assert [reply["ended"] for reply in answers.replies["double"]] == ["timed out"] * 2


ALARM = """
import signal
rung = False
def ring(number, frame):
    global rung
    rung = frame.f_code.co_name == "_wait"
    signal.setitimer(signal.ITIMER_REAL, 0 if rung else 0.01)
    if rung:
        raise {}
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.01)
"""


@pytest.mark.parametrize("raised", ["TimeoutError", "SystemExit"])
def test_what_an_alarm_raises_between_two_cells_is_neithers(zygote, raised):
    child = zygote.fork()
    assert child.ask({"do": "cell", "source": ALARM.format(raised)}, 5)["error"] is None
    for _ in range(200):
        time.sleep(0.02)
        reply = child.ask({"do": "cell", "source": "print(rung)"}, 5)
        assert reply["error"] is None
        if (said := reply["outputs"][0]["text"]) == "True\n":
            break
    child.close()
    assert said == "True\n"


def test_stderr_is_nobody_elses(zygote):
    """More than a pipe holds: it would stop whoever writes next."""
    source = "import os\nfor i in range(9): os.write(2, bytes(1 << 16))\nprint('done')"
    answers = answers_of(zygote, code(source))
    assert answers.outputs[0][0]["text"] == "done\n"


@pytest.mark.parametrize("token", ["np.ones(2)", "None", "5", "['x']", "{}"])
def test_a_token_of_another_type_is_another_question(zygote, token):
    forged = (
        "import socket\nimport numpy as np\nfrom nnkit.sandbox import wire\n"
        "for fd in range(3, 20):\n"
        "    try: line = socket.socket(fileno=fd)\n"
        "    except OSError: continue\n"
        f"    line.sendall(wire.encode({{'token': {token}}}))"
    )
    child = zygote.fork()
    with pytest.raises(Gone, match="not asked"):
        child.ask({"do": "cell", "source": forged}, 5)


def test_what_does_not_fit_into_memory_is_too_much(zygote):
    source = (
        "from nnkit.sandbox import wire\n"
        "encode = wire.encode\n"
        "def full(body):\n"
        "    if 'reply' in body: raise MemoryError\n"
        "    return encode(body)\n"
        "wire.encode = full\n"
        "def double(x):\n    return x"
    )
    answers = answers_of(zygote, code(source), check("double"))
    assert "too much" in answers.replies["double"][0]["detail"]
