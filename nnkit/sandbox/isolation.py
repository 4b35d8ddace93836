"""What a stranger's program is kept from, and by what.

    property    namespaces   uid   rlimits   landlock   seccomp
    reads           x                            x
    writes          x         x                  x         x
    network         x                            x         x
    processes                                              x
    others          x         x                  x         x
    cpu                                x
    memory                             x                   x
    disk            x

An x is a layer that contributes. Where several do, some of them hold the property
alone; which ones depends on the kernel and on the user, so it is not computed from a
table but tried: `probe` forks a child, confines it as a submission would be, and has
it attack each property.

`enclose` is for the zygote, once and before it imports much; `confine` for each child,
before it runs anything; `clear` for the zygote, after a child is dead.

What no layer here prevents: without namespaces, a file's existence, size and times can
be asked for by who knows its path, and the temporary folder has no size. The duration
of a submission and the output it makes are for the runner and the pool to bound.
"""

from nnkit.sandbox.confinement import ENCLOSURE, confine
from nnkit.sandbox.enclosure import clear, enclose
from nnkit.sandbox.policy import (
    LAYERS,
    PROPERTIES,
    Limits,
    Policy,
    environment,
    student_policy,
)
from nnkit.sandbox.probe import probe

__all__ = [
    "ENCLOSURE",
    "LAYERS",
    "PROPERTIES",
    "Limits",
    "Policy",
    "clear",
    "confine",
    "enclose",
    "environment",
    "probe",
    "student_policy",
]
