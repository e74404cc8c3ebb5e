"""Convolutions."""

from cases import LayerCase
from torch import nn


def conv2d(name, options, module, input=(2, 4, 5)):
    return LayerCase(f"conv2d, {name}", "conv2d", options, input, module)


CASES = [
    conv2d("3×3", {"filters": 3, "kernelSize": 3}, lambda: nn.Conv2d(2, 3, 3)),
    conv2d("1×1", {"filters": 3, "kernelSize": 1}, lambda: nn.Conv2d(2, 3, 1)),
    conv2d("1×4", {"filters": 3, "kernelSize": [1, 4]}, lambda: nn.Conv2d(2, 3, (1, 4))),
    conv2d("without bias", {"filters": 3, "kernelSize": 3, "useBias": False}, lambda: nn.Conv2d(2, 3, 3, bias=False)),
    conv2d("strides", {"filters": 3, "kernelSize": [3, 2], "strides": [2, 1]}, lambda: nn.Conv2d(2, 3, (3, 2), (2, 1))),
    conv2d("1×1, strides", {"filters": 3, "kernelSize": 1, "strides": 2}, lambda: nn.Conv2d(2, 3, 1, 2)),
    conv2d(
        "strides beyond the kernel",
        {"filters": 3, "kernelSize": 2, "strides": 3},
        lambda: nn.Conv2d(2, 3, 2, 3),
        (2, 5, 6),
    ),
    conv2d(
        "padding 'valid'",
        {"filters": 3, "kernelSize": [2, 3], "padding": "valid"},
        lambda: nn.Conv2d(2, 3, (2, 3), padding="valid"),
    ),
    conv2d("padding 1", {"filters": 3, "kernelSize": 3, "padding": 1}, lambda: nn.Conv2d(2, 3, 3, padding=1)),
    conv2d(
        "padding of rows and columns",
        {"filters": 3, "kernelSize": 3, "padding": [2, 1]},
        lambda: nn.Conv2d(2, 3, 3, padding=(2, 1)),
    ),
    conv2d(
        "padding of each side",
        {"filters": 3, "kernelSize": 3, "padding": {"top": 0, "left": 1, "bottom": 2, "right": 3}},
        lambda: nn.Sequential(nn.ZeroPad2d((1, 3, 0, 2)), nn.Conv2d(2, 3, 3)),
        (2, 4, 3),
    ),
    conv2d(
        "padding 'same'",
        {"filters": 3, "kernelSize": [2, 3], "padding": "same"},
        lambda: nn.Conv2d(2, 3, (2, 3), padding="same"),
    ),
    # PyTorch does not have this: an odd padding has its extra row at the bottom and its extra column on the right.
    conv2d(
        "padding 'same', strides",
        {"filters": 3, "kernelSize": [4, 3], "strides": [2, 2], "padding": "same"},
        lambda: nn.Sequential(nn.ZeroPad2d((0, 1, 1, 2)), nn.Conv2d(2, 3, (4, 3), 2)),
        (2, 5, 6),
    ),
    conv2d("dilation", {"filters": 3, "kernelSize": 2, "dilations": [3, 2]}, lambda: nn.Conv2d(2, 3, 2, dilation=(3, 2))),
    conv2d(
        "dilation, padding 'same'",
        {"filters": 3, "kernelSize": 3, "dilations": 2, "padding": "same"},
        lambda: nn.Conv2d(2, 3, 3, dilation=2, padding="same"),
    ),
    conv2d("groups", {"filters": 6, "kernelSize": 3, "groups": 2}, lambda: nn.Conv2d(4, 6, 3, groups=2), (4, 4, 5)),
    conv2d(
        "depthwise",
        {"filters": 3, "kernelSize": 3, "padding": 1, "groups": 3},
        lambda: nn.Conv2d(3, 3, 3, padding=1, groups=3),
        (3, 4, 5),
    ),
    conv2d(
        "depthwise, two filters a channel",
        {"filters": 6, "kernelSize": 3, "strides": 2, "groups": 3},
        lambda: nn.Conv2d(3, 6, 3, 2, groups=3),
        (3, 5, 5),
    ),
    conv2d(
        "all options",
        {
            "filters": 4,
            "kernelSize": [2, 3],
            "strides": [1, 2],
            "padding": {"top": 1, "left": 2, "bottom": 0, "right": 1},
            "dilations": [2, 1],
            "groups": 2,
            "useBias": False,
        },
        lambda: nn.Sequential(
            nn.ZeroPad2d((2, 1, 1, 0)), nn.Conv2d(4, 4, (2, 3), (1, 2), dilation=(2, 1), groups=2, bias=False)
        ),
        (4, 4, 5),
    ),
    # By Winograd's algorithm where it is faster. 5 × 7: the last tiles of 4 × 4 are not full.
    conv2d(
        "3×3 of many channels",
        {"filters": 9, "kernelSize": 3, "padding": 1},
        lambda: nn.Conv2d(8, 9, 3, padding=1),
        (8, 5, 7),
    ),
    conv2d(
        "3×3 of many channels, without bias or padding",
        {"filters": 8, "kernelSize": 3, "useBias": False},
        lambda: nn.Conv2d(10, 8, 3, bias=False),
        (10, 6, 5),
    ),
    conv2d(
        "3×3 of many channels, direct",
        {"filters": 9, "kernelSize": 3, "padding": 1, "algorithm": "direct"},
        lambda: nn.Conv2d(8, 9, 3, padding=1),
        (8, 5, 7),
    ),
    conv2d(
        "3×3, Winograd",
        {"filters": 3, "kernelSize": 3, "algorithm": "winograd"},
        lambda: nn.Conv2d(2, 3, 3),
    ),
    conv2d(
        "3×3, Winograd, padding of each side",
        {
            "filters": 3,
            "kernelSize": 3,
            "padding": {"top": 0, "left": 1, "bottom": 2, "right": 2},
            "algorithm": "winograd",
        },
        lambda: nn.Sequential(nn.ZeroPad2d((1, 2, 0, 2)), nn.Conv2d(2, 3, 3)),
    ),
    conv2d(
        "5×5, Winograd",
        {"filters": 3, "kernelSize": 5, "padding": 2, "algorithm": "winograd"},
        lambda: nn.Conv2d(9, 3, 5, padding=2),
        (9, 6, 7),
    ),
    conv2d(
        "2×4, Winograd",
        {"filters": 9, "kernelSize": [2, 4], "padding": [1, 3], "algorithm": "winograd"},
        lambda: nn.Conv2d(2, 9, (2, 4), padding=(1, 3)),
        (2, 7, 9),
    ),
    conv2d(
        "5×5, many channels, all of the plane",
        {"filters": 16, "kernelSize": 5},
        lambda: nn.Conv2d(12, 16, 5),
        (12, 10, 14),
    ),
    # With 16 or more channels or filters, pixels are processed 12 at a time.
    conv2d("1×1, many filters", {"filters": 17, "kernelSize": 1}, lambda: nn.Conv2d(3, 17, 1), (3, 3, 5)),
    conv2d("1×1, many channels", {"filters": 3, "kernelSize": 1}, lambda: nn.Conv2d(16, 3, 1), (16, 5, 5)),
    conv2d(
        "1×1, many of both, without bias",
        {"filters": 18, "kernelSize": 1, "useBias": False},
        lambda: nn.Conv2d(16, 18, 1, bias=False),
        (16, 2, 3),
    ),
]
