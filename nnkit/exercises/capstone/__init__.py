"""The capstone: a network of one's own, trained on gradients of one's own."""

from nnkit.exercises.capstone.gradients import capstone_grads
from nnkit.exercises.capstone.scores import predict_scores
from nnkit.exercises.capstone.training import train

EXERCISES = (predict_scores, capstone_grads, train)
