"""Replies forged on the wire: malformed, huge, late, twice, in another's name.

What stands in `SEND` finds the socket and the token of the request being answered.
"""

from .case import RIGHT, Hostile

SEND = """
import json, socket, struct, sys, time

def sockets():
    for fd in range(3, 64):
        try:
            yield socket.socket(fileno=fd)
        except OSError:
            pass

def send(data):
    for line in sockets():
        line.sendall(data)
        line.detach()

def token():
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["request"]["token"]

def frame(value, arrays=(), blob=b"", length=None):
    reply = [["value", value], ["args", {"t": [None] * 4}]]
    body = {"d": [["token", token()], ["reply", {"d": reply}]]}
    header = json.dumps({"body": body, "arrays": list(arrays)}).encode()
    return b"NNK1" + struct.pack(">I", length or len(header)) + header + blob
"""


def answering(send: str) -> str:
    """Return an answer that sends what it likes before it returns."""
    lines = "\n".join(f"    {line}" for line in send.strip().splitlines())
    return f"{SEND}\ndef neuron_grads(X, y, w, b):\n{lines}\n    return w * 0, 0.0\n"


FORGED = """
import socket
from nnkit.sandbox import wire

frames = [
    {"token": "ready"},
    {"token": "0" * 16, "reply": {"value": [[0.0], 0.0], "args": []}},
    {"token": "0" * 16, "verdict": {"points": 3}},
]
for fd in range(3, 64):
    try:
        line = socket.socket(fileno=fd)
    except OSError:
        continue
    for frame in frames:
        line.sendall(wire.encode(frame))
    line.detach()

def neuron_grads(X, y, w, b):
    return w, b
"""

FORGED_WITH_TOKEN = """
import socket, sys
import numpy as np
from nnkit.sandbox import wire

def neuron_grads(X, y, w, b):
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    request = frame.f_locals["request"]
    forged = {"value": (np.zeros(len(w)), 0.0), "args": (X, y, w, b), "points": 3}
    for fd in range(3, 64):
        try:
            line = socket.socket(fileno=fd)
        except OSError:
            continue
        line.sendall(wire.encode({"token": request["token"], "reply": forged}))
        line.detach()
    return np.zeros(len(w)), 0.0
"""

FROM_A_THREAD = (
    RIGHT
    + SEND
    + """
import threading

def chatter():
    while True:
        try:
            send(b"NNK1" + struct.pack(">I", 2) + b"{}")
        except OSError:
            return

threading.Thread(target=chatter, daemon=True).start()
"""
)

CLOSED = RIGHT + SEND + "\nfor line in sockets():\n    line.close()\n"

STOLEN = (
    SEND
    + """
import threading

def steal():
    for line in sockets():
        line.recv(1 << 16)
        line.detach()

def neuron_grads(X, y, w, b):
    threading.Thread(target=steal, daemon=True).start()
    return w * 0, 0.0
"""
)

OTHER_OUTPUTS = (
    RIGHT
    + """
from nnkit.sandbox import runner

def forged(self, source):
    html = {"kind": "html", "text/html": "<script>1</script>", "text": "x"}
    many = [{"kind": "display", "text": ""}] * 40_000
    error = {"type": 3, "message": [["m"] * 9], "line": 2**62, "source": None}
    return {"outputs": [html, 3, None, {"text": 4}, *many], "error": error}

runner.Runner._cell = forged
"""
)

# The watch speaks unasked, and the grader keeps what it says.
NOTICES_WITHOUT_END = answering(
    """
def notice(text):
    header = json.dumps({"body": {"d": [["notice", text]]}, "arrays": []}).encode()
    return b"NNK1" + struct.pack(">I", len(header)) + header

for number in range(20_000):
    send(notice(f"changes nnkit.{number}"))
"""
)

RAISED_AT_LENGTH = answering(
    """
long = [["type", "E" * 10**6], ["message", "m" * 10**6], ["source", "s" * 10**6]]
raised = {"d": [["raised", {"d": [*long, ["line", 1]]}]]}
body = {"d": [["token", token()], ["reply", raised]]}
header = json.dumps({"body": body, "arrays": []}).encode()
send(b"NNK1" + struct.pack(">I", len(header)) + header)
"""
)

# The runner itself, whose replies go out in another way.
SENDING = """
import sys

def found():
    frame = sys._getframe()
    while frame:
        me = frame.f_locals.get("self")
        if type(me).__name__ == "Runner":
            return me
        frame = frame.f_back

runner = found()
"""
IN_PIECES = (
    RIGHT
    + SENDING
    + """
def slowly(frame):
    for byte in range(len(frame)):
        runner.connection.sendall(frame[byte : byte + 1])
runner._send = slowly
"""
)
NEXT_AS_WELL = (
    RIGHT
    + SENDING
    + """
def both(frame, send=runner._send):
    at = frame.find(b'"token", "') + 10
    send(frame + frame[:at] + b"0" * 16 + frame[at + 16:])
runner._send = both
"""
)
NOTICE_IN_FRONT = (
    RIGHT
    + SEND
    + SENDING
    + """
def both(frame, send=runner._send):
    body = {"d": [["notice", "imports torch"]]}
    header = json.dumps({"body": body, "arrays": []}).encode()
    send((b"NNK1" + struct.pack(">I", len(header)) + header) * 50 + frame)
runner._send = both
"""
)
HALF = answering(
    """
import os
half = frame([[0.0] * len(w), 0.0])
send(half[: len(half) // 2])
os._exit(9)
"""
)

JUNK = {
    "no-magic": 'send(b"GET / HTTP/1.1\\r\\n\\r\\n")',
    "header-of-4-gb": "send(frame(0, length=2**32 - 1))",
    "header-cut-off": "send(frame(0, length=2**20)[:100]); time.sleep(60)",
    "not-json": 'send(b"NNK1" + struct.pack(">I", 5) + b"\\xff{]}0")',
    "json-nested-deep": """
text = b"[" * 10**6 + b"]" * 10**6
send(b"NNK1" + struct.pack(">I", len(text)) + text)
""",
    "json-of-brackets": """
text = b'{"body": [' + b"[]," * 2_500_000 + b'0], "arrays": []}'
send(b"NNK1" + struct.pack(">I", len(text)) + text)
""",
    "a-number-too-long": """
text = b'{"arrays": [], "body": ' + b"9" * 10**5 + b"}"
send(b"NNK1" + struct.pack(">I", len(text)) + text)
""",
    "an-integer-too-large": "send(frame(10**300))",
    "negative-shape": 'send(frame({"a": 0}, [["float64", [-1]]]))',
    "shape-overflows": 'send(frame({"a": 0}, [["float64", [2**26] * 5]]))',
    "shape-of-nothing": 'send(frame({"a": 0}, [["float64", [0] * 16]]))',
    "dtype-of-objects": 'send(frame({"a": 0}, [["object", [1]]], b"x" * 8))',
    "array-unfolded": 'send(frame([{"a": 0}] * 9, [["float64", [1]]], b"x" * 8))',
    "array-left-over": 'send(frame(0, [["float64", [1]]], b"x" * 8))',
    "unknown-tag": 'send(frame({"__reduce__": ["os.system", "true"]}))',
    "a-name-for-a-value": 'send(frame({"n": ["cubic_field", {"d": []}]}))',
}

SAID = {
    "header-cut-off": "did not",
    "shape-of-nothing": "dw",
    "a-name-for-a-value": "dw",
}
AMISS = "something else than a reply came back"

SUBMISSIONS = (
    Hostile("forged-reply", FORGED, 0, "a question that was not asked", flag="nnkit"),
    Hostile("forged-with-token", FORGED_WITH_TOKEN, 0, "wrong", flag="nnkit"),
    Hostile("chatter-from-a-thread", FROM_A_THREAD, 0, AMISS),
    Hostile("socket-closed", CLOSED, 0, "the process"),
    Hostile("replies-in-pieces", IN_PIECES),
    Hostile("the-next-as-well", NEXT_AS_WELL, 0, "a question that was not asked"),
    Hostile("notices-in-front", NOTICE_IN_FRONT, flag="imports torch"),
    Hostile("half-a-reply", HALF, 0, "ended itself with exit code 9", flag="frames"),
    Hostile("request-stolen", STOLEN, 0, "wrong"),
    Hostile("outputs-of-another-kind", OTHER_OUTPUTS, 3, "right", flag="nnkit"),
    Hostile("notices-without-end", NOTICES_WITHOUT_END, 0, "dw", flag="changes nnkit"),
    Hostile("raised-at-length", RAISED_AT_LENGTH, 0, "is no reply", flag="frames"),
    *(
        Hostile(
            f"wire-{name}",
            answering(junk),
            0,
            SAID.get(name, AMISS),
            flag="functions or frames" if "frame(" in junk else "",
        )
        for name, junk in JUNK.items()
    ),
)
