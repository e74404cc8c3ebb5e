"""Poolings."""

import torch
from cases import LayerCase
from torch import nn

SIDES = {"top": 1, "left": 0, "bottom": 0, "right": 2}


def pool(type, name, options, module, input=(2, 5, 5)):
    return LayerCase(f"{type}, {name}", type, options, input, module)


class AveragePresent(nn.Module):
    """The mean of those pixels of each window that are not padding. PyTorch has it only for equal padding on both sides."""

    def __init__(self, pool, padding):
        super().__init__()
        self.pool = pool
        self.padding = nn.ZeroPad2d(padding)

    def forward(self, x):
        return self.pool(self.padding(x)) / self.pool(self.padding(torch.ones_like(x)))


CASES = [
    pool("maxPool2d", "2×2", {"size": 2}, lambda: nn.MaxPool2d(2)),
    pool("maxPool2d", "2×3", {"size": [2, 3]}, lambda: nn.MaxPool2d((2, 3))),
    pool("maxPool2d", "strides", {"size": 3, "strides": [1, 2]}, lambda: nn.MaxPool2d(3, (1, 2))),
    pool("maxPool2d", "strides beyond the window", {"size": 2, "strides": 3}, lambda: nn.MaxPool2d(2, 3)),
    pool("maxPool2d", "padding", {"size": 3, "strides": 2, "padding": 1}, lambda: nn.MaxPool2d(3, 2, 1)),
    pool(
        "maxPool2d",
        "padding of each side",
        {"size": 3, "strides": 2, "padding": SIDES},
        lambda: nn.Sequential(nn.ConstantPad2d((0, 2, 1, 0), float("-inf")), nn.MaxPool2d(3, 2)),
    ),
    pool(
        "maxPool2d",
        "padding 'same'",
        {"size": 2, "strides": 1, "padding": "same"},
        lambda: nn.Sequential(nn.ConstantPad2d((0, 1, 0, 1), float("-inf")), nn.MaxPool2d(2, 1)),
    ),
    pool("avgPool2d", "2×2", {"size": 2}, lambda: nn.AvgPool2d(2)),
    pool("avgPool2d", "3×2", {"size": [3, 2]}, lambda: nn.AvgPool2d((3, 2))),
    pool("avgPool2d", "strides", {"size": 3, "strides": [1, 2]}, lambda: nn.AvgPool2d(3, (1, 2))),
    pool("avgPool2d", "strides beyond the window", {"size": 2, "strides": 3}, lambda: nn.AvgPool2d(2, 3)),
    pool(
        "avgPool2d",
        "padding does not count",
        {"size": 3, "strides": 2, "padding": 1},
        lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False),
    ),
    pool(
        "avgPool2d",
        "padding counts",
        {"size": 3, "strides": 2, "padding": 1, "countPadding": True},
        lambda: nn.AvgPool2d(3, 2, 1),
    ),
    pool(
        "avgPool2d",
        "padding of each side does not count",
        {"size": 3, "strides": 2, "padding": SIDES},
        lambda: AveragePresent(nn.AvgPool2d(3, 2), (0, 2, 1, 0)),
    ),
    pool(
        "avgPool2d",
        "padding of each side counts",
        {"size": 3, "strides": 2, "padding": SIDES, "countPadding": True},
        lambda: nn.Sequential(nn.ZeroPad2d((0, 2, 1, 0)), nn.AvgPool2d(3, 2)),
    ),
    pool(
        "avgPool2d",
        "padding 'same' does not count",
        {"size": 2, "strides": 1, "padding": "same"},
        lambda: AveragePresent(nn.AvgPool2d(2, 1), (0, 1, 0, 1)),
    ),
]
