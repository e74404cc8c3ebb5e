"""Dropout. Training with a rate above 0 draws other random numbers than PyTorch, so only evaluation can be compared."""

from cases import EvaluationCase, LayerCase
from torch import nn

PLANES = (3, 2, 3)

CASES = [
    EvaluationCase("dropout", "dropout", {"rate": 0.5}, PLANES, lambda: nn.Dropout(0.5)),
    EvaluationCase("dropout of features", "dropout", {"rate": 0.5}, (9,), lambda: nn.Dropout(0.5)),
    LayerCase("dropout, rate 0", "dropout", {"rate": 0}, PLANES, lambda: nn.Dropout(0)),
    EvaluationCase("spatialDropout2d", "spatialDropout2d", {"rate": 0.5}, PLANES, lambda: nn.Dropout2d(0.5)),
    LayerCase("spatialDropout2d, rate 0", "spatialDropout2d", {"rate": 0}, PLANES, lambda: nn.Dropout2d(0)),
]
