"""Dense layers."""

from cases import LayerCase
from torch import nn

CASES = [
    LayerCase("dense", "dense", {"units": 5}, (13,), lambda: nn.Linear(13, 5)),
    LayerCase("dense, without bias", "dense", {"units": 9, "useBias": False}, (4,), lambda: nn.Linear(4, 9, bias=False)),
    LayerCase("dense, one unit", "dense", {"units": 1}, (7,), lambda: nn.Linear(7, 1)),
]
