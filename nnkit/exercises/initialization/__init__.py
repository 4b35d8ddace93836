"""Unit 3, initialization."""

from nnkit.exercises.initialization.backward import backward_stats
from nnkit.exercises.initialization.fans import fans
from nnkit.exercises.initialization.forward import forward_stats
from nnkit.exercises.initialization.glorot import glorot
from nnkit.exercises.initialization.he import he
from nnkit.exercises.initialization.q_map import q_map

EXERCISES = (fans, glorot, he, forward_stats, backward_stats, q_map)
