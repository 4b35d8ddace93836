"""nnkit: a small autodiff library, and the course whose answers it knows.

Students import what they need from here: `from nnkit import check`. Everything loads
when it is first used, so that `import nnkit` costs NumPy and nothing else.
"""

from importlib import import_module
from typing import Any

CHECKS = {
    "check": "nnkit.judging.notebook",
    "failing_case": "nnkit.judging.notebook",
    "predict": "nnkit.judging.predictions",
    "progress": "nnkit.judging.progress",
    "reveal": "nnkit.judging.predictions",
}
"""What belongs to the notebook's own checking; the grader puts a stub in its place."""

_LIBRARY = {
    "tensor": (
        "AutodiffRefused StaleGraphError Tensor affine clip concatenate exp "
        "leaky_relu log log1p log_softmax logsumexp maximum refused relu sigmoid "
        "softmax softplus sqrt tanh"
    ),
    "gradients": "grad value_and_grad",
    "losses": (
        "absolute_error binary_cross_entropy binary_cross_entropy_from_logits "
        "cross_entropy huber squared_error"
    ),
    "layers": "MLP Dense Neuron Sequential",
    "optim": "SGD Adam range_test",
    "gradcheck": "numerical_gradient",
    "graph": "draw",
}
_HOMES = CHECKS | {
    name: f"nnkit.{module}"
    for module, names in _LIBRARY.items()
    for name in names.split()
}

_MODULES = {*_LIBRARY, "datasets", "init", "ops", "plots"}

__all__ = sorted(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"nnkit.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'nnkit' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_MODULES})
