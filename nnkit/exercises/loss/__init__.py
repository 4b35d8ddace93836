"""Unit 4, the loss: what a network is asked to make small."""

from nnkit.exercises.loss.back import softmax_vjp
from nnkit.exercises.loss.binary import bce_logits
from nnkit.exercises.loss.classes import softmax_ce
from nnkit.exercises.loss.shares import log_softmax
from nnkit.exercises.loss.squared import mse

EXERCISES = (mse, bce_logits, log_softmax, softmax_vjp, softmax_ce)
