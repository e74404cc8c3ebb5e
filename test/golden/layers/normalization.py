"""Normalizations that treat each sample separately."""

from cases import LayerCase, without
from torch import nn


class OverChannels(nn.Module):
    """Normalizes the channels of each pixel; PyTorch normalizes the last dimensions, so channels are moved to the end."""

    def __init__(self, channels, **options):
        super().__init__()
        self.norm = nn.LayerNorm(channels, **options)

    def forward(self, x):
        return self.norm(x.movedim(1, -1)).movedim(-1, 1)


def norm(type, name, options, module, input=(4, 3, 2)):
    return LayerCase(f"{type}, {name}", type, options, input, module)


CASES = [
    norm("groupNorm", "two groups", {"groups": 2}, lambda: nn.GroupNorm(2, 4)),
    norm("groupNorm", "one group", {"groups": 1}, lambda: nn.GroupNorm(1, 4)),
    norm("groupNorm", "a group a channel", {"groups": 4, "epsilon": 0.01}, lambda: nn.GroupNorm(4, 4, eps=0.01)),
    norm("layerNorm", "over samples", {"over": "sample"}, lambda: nn.LayerNorm([4, 3, 2])),
    norm("layerNorm", "of features", {"over": "sample", "epsilon": 0.01}, lambda: nn.LayerNorm(9, eps=0.01), (9,)),
    norm("layerNorm", "over channels", {"over": "channels"}, lambda: OverChannels(4)),
    norm("layerNorm", "over channels, epsilon", {"over": "channels", "epsilon": 0.01}, lambda: OverChannels(4, eps=0.01)),
    norm("groupNorm", "without scale", {"groups": 2, "scale": False}, lambda: without("weight", nn.GroupNorm(2, 4))),
    norm("groupNorm", "without offset", {"groups": 2, "offset": False}, lambda: without("bias", nn.GroupNorm(2, 4))),
    norm("groupNorm", "of features", {"groups": 3}, lambda: nn.GroupNorm(3, 9), (9,)),
    norm(
        "layerNorm",
        "over samples, without scale",
        {"scale": False},
        lambda: without("weight", nn.LayerNorm([4, 3, 2])),
    ),
    norm(
        "layerNorm",
        "over samples, without offset",
        {"offset": False},
        lambda: without("bias", nn.LayerNorm([4, 3, 2])),
    ),
    norm(
        "layerNorm",
        "over channels, without either",
        {"over": "channels", "scale": False, "offset": False},
        lambda: OverChannels(4, elementwise_affine=False),
    ),
]
