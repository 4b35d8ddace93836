"""Unit 1, the neuron."""

from nnkit.exercises.neuron.forward import neuron
from nnkit.exercises.neuron.gradients import neuron_grads

EXERCISES = (neuron, neuron_grads)
