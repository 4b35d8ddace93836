"""Unit 1, the neuron."""

from nnkit.exercises.neuron.activations import act
from nnkit.exercises.neuron.forward import neuron
from nnkit.exercises.neuron.gradients import neuron_grads
from nnkit.exercises.neuron.layers import layer
from nnkit.exercises.neuron.linear import collapse

EXERCISES = (neuron, layer, act, neuron_grads, collapse)
