"""One submission in the sandbox: what it costs to loop, to die, to lean on a demo."""

import pytest
from session_builders import DOUBLE, TRIPLE, answers_of, check, code, values

from nnkit.grading.allowance import Allowance
from nnkit.grading.answers import Limits
from nnkit.grading.child import Gone
from nnkit.grading.request import TOKEN, Request

DEAF = (
    "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
)


def test_calls_are_made_where_their_check_stands(zygote):
    answers = answers_of(
        zygote,
        code(DOUBLE),
        check("double"),
        code("double = lambda x: 0 * x"),
        code(TRIPLE),
        check("triple"),
    )
    assert values(answers, "double") == [[2.0, 4.0], [6.0]]
    assert values(answers, "triple") == [[3.0, 6.0], [9.0]]
    assert not answers.trouble


def test_a_cell_that_will_not_stop_costs_nothing_but_itself(zygote):
    answers = answers_of(
        zygote, code(DOUBLE), check("double"), code(DEAF), code(TRIPLE), check("triple")
    )
    assert values(answers, "double") == [[2.0, 4.0], [6.0]]
    assert values(answers, "triple") == [[3.0, 6.0], [9.0]]
    assert answers.errors[2]["type"] == "TimeoutError"


def test_a_call_that_kills_its_process_costs_its_exercise_alone(zygote):
    fatal = "import os\ndef double(x):\n    os._exit(9)"
    answers = answers_of(
        zygote, code(fatal), check("double"), code(TRIPLE), check("triple")
    )
    assert [reply["ended"] for reply in answers.replies["double"]] == ["crashed"] * 2
    assert "exit code 9" in answers.replies["double"][0]["detail"]
    assert values(answers, "triple") == [[3.0, 6.0], [9.0]]


def test_a_loop_that_listens_is_interrupted(zygote):
    slow = "def double(x):\n    while True: pass"
    answers = answers_of(zygote, code(slow), check("double"))
    assert [r["ended"] for r in answers.replies["double"]] == ["timed out"] * 2


def test_a_notebook_that_dies_in_every_cell_is_given_up(zygote):
    deadly = [code("import os; os._exit(1)")] * 9
    answers = answers_of(zygote, *deadly, code(DOUBLE), check("double"))
    assert "too often" in answers.replies["double"][0]["detail"]


def test_the_notebooks_time_is_bounded(zygote):
    naps = [code("import time; time.sleep(0.4); print('awake')")] * 9
    limits = Limits(cell=1.0, call=1.0, notebook=1.0)
    needed = code("double = triple = abs\n" + naps[0].source)
    answers = answers_of(zygote, *[needed] * 9, check("double"), limits=limits)
    assert answers.replies["double"][0]["ended"] == "timed out"
    assert "were over" in answers.replies["double"][0]["detail"]
    assert str(answers.outputs).count("awake") <= 3  # three naps are 1.2 s


def test_cells_that_take_the_time_and_no_answer_needs_cost_no_answer(zygote):
    naps = [code(f"import time; tried = time.sleep({nap})") for nap in (0.7, 0.7, 9)]
    helper = code("import time; time.sleep(0.6); factor = 2")
    leaning = code("def double(x):\n    return factor * x")
    limits = Limits(cell=1.0, call=1.0, notebook=1.5)
    answers = answers_of(
        zygote,
        *naps,
        helper,
        leaning,
        check("double"),
        limits=limits,
    )
    assert values(answers, "double") == [[2.0, 4.0], [6.0]]
    assert (
        answers.trouble[-1]
        == "double: run once more without cells that no answer needs"
    )


def test_an_answer_that_takes_the_time_itself_is_late(zygote):
    naps = [code("import time; time.sleep(0.7)")] * 2
    slow = code("def double(x):\n    import time; time.sleep(9)")
    limits = Limits(cell=1.0, call=0.6, notebook=1.2)
    answers = answers_of(zygote, *naps, slow, check("double"), limits=limits)
    assert [r["ended"] for r in answers.replies["double"]] == ["timed out"] * 2


def test_a_function_that_is_not_there_is_not_attempted(zygote):
    answers = answers_of(zygote, check("double"))
    assert answers.replies["double"][0]["ended"] == "not attempted"


def test_the_cell_that_should_have_defined_it_says_why(zygote):
    broken = code("def double(x:\n    return 2 * x", "answer", "double-answer")
    answers = answers_of(zygote, broken, check("double"))
    raised = answers.replies["double"][0]["raised"]
    assert (raised["type"], raised["line"]) == ("SyntaxError", 1)
    assert raised["message"] == "'(' was never closed"


DEMO = code("factor = 2", "demonstration")
LEANING = code("def double(x):\n    return factor * x")


def test_demonstrations_are_skipped_unless_an_answer_leans_on_one(zygote):
    answers = answers_of(zygote, DEMO, code(DOUBLE), check("double"))
    assert 0 not in answers.outputs
    answers = answers_of(zygote, DEMO, LEANING, check("double"))
    assert values(answers, "double") == [[2.0, 4.0], [6.0]]


def test_a_child_starts_from_nothing_that_another_left(zygote):
    answers_of(zygote, code("import builtins; builtins.double = lambda x: x"))
    answers_of(zygote, code(DOUBLE))
    answers = answers_of(zygote, check("double"))
    assert answers.replies["double"][0]["ended"] == "not attempted"


def test_what_a_notebook_does_with_ipython_works(zygote):
    magic = "%matplotlib inline\nimport asyncio\nawait asyncio.sleep(0)\ndisplay(1)\n2"
    answers = answers_of(zygote, code(magic))
    assert not answers.errors
    shown = [item["data"]["text/plain"] for item in answers.outputs[0]]
    assert shown == ["1", "2"]


def test_markdown_that_is_displayed_is_read_and_not_called_an_object(zygote):
    shows = "from IPython.display import Markdown\ndisplay(Markdown('*Below* 0'))"
    answers = answers_of(zygote, code(f"{shows}\nMarkdown('`1` ' * 60)"))
    first, second = (item["data"]["text/plain"] for item in answers.outputs[0])
    assert first == "*Below* 0"
    assert second.split() == ["`1`"] * 60
    assert max(map(len, second.split("\n"))) <= 90


def test_a_reply_to_no_question_is_not_taken(zygote):
    child = zygote.fork()
    forged = (
        "import socket\nfrom nnkit.sandbox import wire\n"
        "for fd in range(3, 20):\n"
        "    try: socket.socket(fileno=fd).sendall(wire.encode({'token': 'x'}))\n"
        "    except OSError: pass"
    )
    with pytest.raises(Gone, match="not asked"):
        child.ask({"do": "cell", "source": forged}, 5)


def test_the_zygote_holds_no_answer(zygote):
    child = zygote.fork()
    source = (
        "import sys\n"
        "print([m for m in sys.modules if m.startswith('nnkit.') and m.split('.')[1] "
        "in ('exercises', 'judging', 'grading')])"
    )
    reply = child.ask({"do": "cell", "source": source}, 5)
    child.close()
    assert reply["outputs"][0]["text"].strip() == "[]"


def test_requests_that_arrive_at_once_are_answered_one_by_one(zygote):
    child = zygote.fork()
    tokens = ["a" * TOKEN, "b" * TOKEN, "c" * TOKEN]
    big = "x = '" + "x" * 100_000 + "'; print(len(x))"
    sources = ["print(1)", big, "print(3)"]
    frames = [
        Request({"do": "cell", "source": source}).with_token(token)
        for source, token in zip(sources, tokens, strict=True)
    ]
    child._connection.sendall(b"".join(frames))
    replies = [child._expect(token, Allowance(20.0)) for token in tokens]
    printed = [reply["outputs"][0]["text"] for reply in replies]
    assert printed == ["1\n", "100000\n", "3\n"]
    child.close()
