"""What runs after the call: when an answer is read, or what was raised is described."""

from .case import RIGHT, Hostile, calling

LOOKED_AT = """
class Evil:
    @property
    def __class__(self):
        raise ZeroDivisionError("not at me")
return Evil(), 0.0
"""
MASK = """
import numpy as np
class Mask:
    def __array__(self, *args, **kwargs):
        raise OSError("no mask of mine")
    def __getattr__(self, name):
        raise OSError("no mask of mine")
masked = np.ma.masked_array(w)
masked._mask = Mask()
return masked, 0.0
"""
DIMENSIONS = RIGHT.replace("return X.T @ dz", "return np.zeros((1,) * 32)")
VAST = RIGHT.replace("return X.T @ dz", "return np.zeros((0, 10**9))")

TEXT = """
class Text(str):
    def __getitem__(self, index):
        return ["3 of 3 points"] * 10**5
class Said(Exception):
    def __str__(self):
        return Text("as it is")
"""
NAME = """
class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit(0)
"""
LOADER = """
class Loader:
    def get_source(self, name):
        raise SystemExit("no source of mine")
names = {"__loader__": Loader(), "__name__": "elsewhere"}
code = compile("raise KeyError(1)", "elsewhere.py", "exec")
"""
FILE = """
class Path(str):
    def startswith(self, *args):
        raise SystemExit(0)
    __hash__ = __eq__ = startswith
def stop():
    raise KeyError(1)
stop = type(stop)(stop.__code__.replace(co_filename=Path("x.py")), {})
"""
SYNTAX = """
class Evil:
    def __str__(self):
        raise SystemExit(1)
    __bool__ = __int__ = strip = __str__
error = SyntaxError("never so")
error.text, error.lineno, error.msg = Evil(), Evil(), Evil()
raise error
"""
PROPERTIES = """
class Never(SyntaxError):
    @property
    def msg(self):
        raise SystemExit(1)
    text = lineno = __class__ = msg
    __bool__ = __len__ = lambda self: 0
raise Never("as it is")
"""
LINELESS = """
def stop():
    raise KeyError("nowhere")
stop = type(stop)(stop.__code__.replace(co_linetable=b""), {})
"""
LEAVING = """
def leave(*args):
    raise GeneratorExit
for event in ("pre_execute", "post_execute"):
    get_ipython().events.register(event, leave)
"""
HOOK = f"""
import sys
{RIGHT}
def hook(frame, event, value):
    if event == "call" and frame.f_code.co_name == "_send":
        raise RuntimeError("nothing is sent")
sys.setprofile(hook)
"""

IN_A_RING = """
causes = [ValueError(number) for number in range(10**5)]
for one, other in zip(causes, causes[1:] + causes[:1]):
    one.__cause__ = one.__context__ = other
raise ExceptionGroup("x" * 10**6, causes) from causes[0]
"""

SUBMISSIONS = (
    Hostile(
        "raises-when-looked-at",
        calling(LOOKED_AT),
        0,
        "ZeroDivisionError: when what it returned was read: not at me, line",
    ),
    Hostile("mask-that-raises", calling(MASK), 0, "was read: no mask of mine"),
    Hostile("axes-by-the-dozen", DIMENSIONS, 1.5, "got array of the shape (1, 1, 1"),
    Hostile("vast-and-empty", VAST, 1.5, "of the shape (0, 1000000000)"),
    Hostile("causes-in-a-ring", calling(IN_A_RING), 0, "with ExceptionGroup: xxx"),
    Hostile("message-that-lies", calling("raise Said", TEXT), 0, "with Said: as it is"),
    Hostile(
        "name-that-exits",
        calling("raise Meta('Named', (Exception,), {})('so')", NAME),
        0,
        "stopped with Named: so, line",
    ),
    Hostile(
        "loader-that-exits",
        calling("exec(code, names)", LOADER),
        0,
        "KeyError: 1, li",
        flag="runs text as code that cannot be read here",
    ),
    Hostile("path-that-exits", calling("stop()", FILE), 0, "with KeyError: 1"),
    Hostile(
        "syntax-of-numbers",
        "raise SyntaxError('no', ('f', 'x', 'y', 5))",
        0,
        "stopped with SyntaxError: no",
    ),
    Hostile("syntax-that-exits", SYNTAX, 0, "stopped with SyntaxError"),
    Hostile("error-that-is-false", PROPERTIES, 0, "with Never: as it is, line 9"),
    Hostile("of-no-line", calling("stop()", LINELESS), 0, "KeyError: 'nowhere'"),
    Hostile("hook-that-leaves", says="cell 1: the process ended", first=LEAVING),
    Hostile("hook-on-replies", HOOK, 0, "code 70: what answers in it was broken"),
)
