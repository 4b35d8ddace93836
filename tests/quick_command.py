"""Runs `nnkit …` in a process of its own, forked where its imports are made already.

    tests ──> fork server (imports once) ──fork──> nnkit grade …
                                         └─fork──> nnkit grade …

The imports take two to three seconds, most of them nbgrader's, and the tests give such
a command dozens of times. That it works from nothing is seen by tests/test_cli.py and
tests/test_demo.py.
"""

import multiprocessing
import os
import runpy
import signal
import sys
import tempfile
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

IMPORTED = ("nnkit.grading", "nbgrader.api", "rich.progress")


def run_nnkit(*arguments, cwd=".", environment=None, timeout=600):
    """Run the command; return what `subprocess.run` does, with both streams as text."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([*IMPORTED, __name__])
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("stdout", "stderr")]
        whole = dict(os.environ if environment is None else environment)
        process = server.Process(
            target=_run, args=(arguments, os.path.abspath(cwd), whole, streams)
        )
        process.start()
        process.join(timeout)
        if process.is_alive():
            process.kill()
            process.join()
            raise TimeoutExpired(arguments, timeout)
        # As the command wrote it: a lone surrogate is not for a test to stumble over.
        said = [path.read_text("utf-8", "backslashreplace") for path in streams]
        code = process.exitcode
        process.close()
    return CompletedProcess(arguments, code, *said)


def _run(arguments, cwd, environment, streams):
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for descriptor, path in enumerate(streams, start=1):
        written = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(written, descriptor)
        os.close(written)
    sys.argv = ["nnkit", *arguments]
    runpy.run_module("nnkit", run_name="__main__", alter_sys=True)
