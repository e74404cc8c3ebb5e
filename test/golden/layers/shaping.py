"""Layers that move numbers and compute little."""

from cases import LayerCase
from torch import nn

CASES = [
    LayerCase("flatten", "flatten", {}, (2, 3, 2), nn.Flatten),
]
