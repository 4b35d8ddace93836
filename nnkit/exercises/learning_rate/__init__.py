"""Unit 2, the learning rate: how far to go along a gradient."""

from nnkit.exercises.learning_rate.range import range_test
from nnkit.exercises.learning_rate.run import gd_run
from nnkit.exercises.learning_rate.schedule import cosine
from nnkit.exercises.learning_rate.speed import steps_to
from nnkit.exercises.learning_rate.step import gd_step
from nnkit.exercises.learning_rate.wall import max_lr

EXERCISES = (gd_step, gd_run, max_lr, steps_to, cosine, range_test)
