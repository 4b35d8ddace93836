"""What a stranger's code may read and use: a value, decided before anything runs."""

import functools
import glob
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

PROPERTIES = (
    "reads",  # nothing but the Python environment and the student's part of nnkit
    "writes",  # nothing but one private temporary folder
    "network",  # none of any kind
    "processes",  # no new ones; threads start as usual
    "others",  # cannot signal, trace, limit or look into another process
    "cpu",  # bounded processor time
    "memory",  # bounded memory, also outside of the address space
    "disk",  # bounded in total, not only per file
)

LAYERS = ("namespaces", "uid", "rlimits", "landlock", "seccomp")

# The folder is the wall: what a zygote may import. A module that is missing here is an
# ImportError in the zygote; one too many would be an answer in a student's hands.
STUDENT_PART = (
    "__init__.py",
    "adapters.py",
    "datasets.py",
    "drawn.py",
    "gradcheck.py",
    "gradients.py",
    "graph.py",
    "init.py",
    "instead.py",
    "layers.py",
    "losses.py",
    "ops.py",
    "optim.py",
    "plots.py",
    "plotted.py",
    "py.typed",
    "raised.py",
    "sandbox",
    "sums.py",
    "tensor.py",
    "unfit.py",
)


@dataclass(frozen=True)
class Limits:
    """How much one submission may use.

    Attributes:
        memory: Bytes of address space beyond what the warm interpreter occupies.
        cpu_seconds: Processor time of all threads together.
        disk: Bytes in the temporary folder, all files together.
        files: Files and folders in the temporary folder.
        open_files: Open file descriptors.
        threads: Threads, where the submission has a uid of its own.
    """

    memory: int = 1 << 30
    cpu_seconds: int = 90
    disk: int = 16 << 20
    files: int = 1024
    open_files: int = 64
    threads: int = 64


@dataclass(frozen=True)
class Policy:
    """What may be read, and how much may be used.

    The longest path in `readable` or `hidden` that leads to a file decides; a file
    that neither leads to is not readable.

    Attributes:
        readable: Files and folders that may be read.
        hidden: Files and folders that may not, even inside a readable folder. What is
            named here is also what `probe` tries to read.
        limits: How much may be used.
        layers: Which of `LAYERS` to use.
    """

    readable: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    limits: Limits = Limits()
    layers: frozenset[str] = field(default=frozenset(LAYERS))

    def __post_init__(self) -> None:
        if unknown := sorted(self.layers - set(LAYERS)):
            raise ValueError(f"unknown layers {unknown}; there are {list(LAYERS)}")
        for path in self.readable + self.hidden:
            if path != os.path.normpath(path) or not os.path.isabs(path):
                raise ValueError(f"not a plain absolute path: {path!r}")


def student_policy(
    *,
    limits: Limits = Limits(),
    layers: Iterable[str] = LAYERS,
    readable: Iterable[str] = (),
    hidden: Iterable[str] = (),
) -> Policy:
    """The policy for this interpreter, wherever it and nnkit are installed.

    Args:
        limits: How much one submission may use.
        layers: Which layers to use; all of them unless a test says otherwise.
        readable: More files or folders to read, such as a data set.
        hidden: More to hide: the course, the submissions, the gradebook. Outside of
            the Python environment everything is hidden anyway, but only what is named
            is probed.
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    granted = [*_python(), *_system(), *_student_part(package)]
    granted += map(os.path.abspath, readable)
    refused = [package, *map(os.path.abspath, hidden)]
    return Policy(
        readable=tuple(sorted({path for path in granted if os.path.exists(path)})),
        hidden=tuple(sorted(set(refused))),
        limits=limits,
        layers=frozenset(layers),
    )


def environment(folder: str = "/tmp") -> Mapping[str, str]:
    """The variables that keep libraries inside the temporary folder.

    Start the zygote with them: libraries read some of them once, on import. `confine`
    sets them again, for a folder that is known only then.
    """
    return {
        "HOME": folder,
        "TMPDIR": folder,
        "USER": "student",
        "LOGNAME": "student",
        "IPYTHONDIR": os.path.join(folder, ".ipython"),
        "MPLCONFIGDIR": os.path.join(folder, ".matplotlib"),
        "XDG_CACHE_HOME": os.path.join(folder, ".cache"),
        "XDG_CONFIG_HOME": os.path.join(folder, ".config"),
    }


def _python() -> list[str]:
    """Standard library, site-packages and the interpreter, venv and base alike."""
    paths = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    paths += [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    paths += site.getsitepackages()
    if site.ENABLE_USER_SITE:
        paths.append(site.getusersitepackages())
    # Not all of sys.path: it may start with whatever folder the grader runs in.
    installed = ("site-packages", "dist-packages", ".zip", "lib-dynload")
    paths += [path for path in sys.path if path.endswith(installed)]
    # conda and pyenv keep the libraries that extension modules need beside Python.
    if sys.base_prefix != "/usr":
        paths.append(os.path.join(sys.base_prefix, "lib"))
    paths += [sys.executable, os.path.join(sys.prefix, "pyvenv.cfg")]
    return [os.path.abspath(path) for path in paths if path]


def _system() -> list[str]:
    """Shared libraries, time zones, fonts and locales."""
    triplet = sysconfig.get_config_var("MULTIARCH") or "-"
    libraries = [f"/lib/{triplet}", f"/usr/lib/{triplet}", "/lib64", "/usr/lib64"]
    if not any(os.path.isdir(path) for path in libraries):
        libraries = ["/lib", "/usr/lib"]  # Alpine
    return [
        *libraries,
        *_mapped_libraries(),
        "/nix/store",
        "/etc/alternatives",  # where Debian's libblas.so.3 leads
        "/etc/ld.so.cache",
        "/etc/localtime",
        "/etc/fonts",
        "/usr/lib/locale",
        "/usr/local/share/fonts",
        "/usr/share/fontconfig",
        "/usr/share/fonts",
        "/usr/share/zoneinfo",
    ]


def _mapped_libraries() -> list[str]:
    """Shared libraries in use, one by one: a preloaded one may lie in a home folder."""
    try:
        with open("/proc/self/maps", errors="surrogateescape") as maps:
            mapped = {line.split(maxsplit=5)[-1].strip() for line in maps}
    except OSError:
        return []
    return [path for path in mapped if path.startswith("/") and ".so" in path]


def _student_part(package: str) -> list[str]:
    paths = []
    for name in STUDENT_PART:
        stem = os.path.splitext(name)[0]
        # Compiled modules lie together in one folder, hidden and readable mixed.
        cached = os.path.join(package, "__pycache__", f"{stem}.*.pyc")
        paths += [os.path.join(package, name), *glob.glob(cached)]
    return paths


# The three that follow are asked before a process changes its root, and remembered from
# then on: afterwards the same path may be missing, or lead elsewhere.


@functools.lru_cache(maxsize=8)
def rules(policy: Policy) -> Mapping[str, bool]:
    """Whether each path that the policy names is readable; without symbolic links."""
    hidden = dict.fromkeys(map(os.path.realpath, policy.hidden), False)
    return hidden | dict.fromkeys(map(os.path.realpath, policy.readable), True)


@functools.lru_cache(maxsize=8)
def turns(policy: Policy) -> Mapping[str, bool]:
    """Those rules where readable turns into hidden or back, outer before inner."""
    found: dict[str, bool] = {}
    ordered = sorted(rules(policy).items(), key=lambda rule: rule[0].split("/"))
    for path, readable in ordered:
        around = next(
            (found[above] for above in parents(path) if above in found), False
        )
        if around != readable and os.path.exists(path):
            found[path] = readable
    return found


@functools.lru_cache(maxsize=8)
def whole_and_mixed(policy: Policy) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split what is readable by whether something hidden lies within.

    Landlock can only add: it has no rule for "this folder but not that file in it".
    So a mixed folder is listed, and its entries are granted one by one.

    Returns:
        Files and folders that are readable as a whole, and folders of which only the
        names may be listed.
    """
    found = turns(policy)
    above = {parent for path in found for parent in parents(path)}
    whole: list[str] = []
    mixed: list[str] = []

    def walk(path: str) -> None:
        if path not in above:
            whole.append(path)
            return
        mixed.append(path)
        for name in _entries(path):
            entry = os.path.join(path, name)
            if found.get(entry, True):
                walk(entry)

    for path, readable in found.items():
        if readable:
            walk(path)
    # Python finds no module in a folder that it cannot list.
    mixed += [
        path
        for path, readable in rules(policy).items()
        if not readable and path in above
    ]
    return tuple(whole), tuple(mixed)


def is_readable(policy: Policy, path: str) -> bool:
    """What the policy says about one path."""
    known = rules(policy)
    path = os.path.realpath(path)
    return next(
        (known[step] for step in (path, *parents(path)) if step in known), False
    )


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def parents(path: str) -> list[str]:
    """The folders that lead to a path, innermost first."""
    found = []
    while path != (path := os.path.dirname(path)):
        found.append(path)
    return found
