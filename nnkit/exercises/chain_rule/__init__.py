"""Unit 5, the chain rule."""

from nnkit.exercises.chain_rule.act_back import act_back
from nnkit.exercises.chain_rule.affine_back import affine_back
from nnkit.exercises.chain_rule.mlp import mlp_grads
from nnkit.exercises.chain_rule.numgrad import numgrad
from nnkit.exercises.chain_rule.paths import two_paths
from nnkit.exercises.chain_rule.value import value

EXERCISES = (two_paths, affine_back, act_back, numgrad, mlp_grads, value)
