"""Layers that make planes larger or smaller: transposed convolutions, more poolings, upsampling, padding."""

from cases import LayerCase
from torch import nn
from torch.nn import functional


class Then(nn.Module):
    """A module with parameters, and a function that is applied to its output."""

    def __init__(self, module, function):
        super().__init__()
        self.module = module
        self.function = function

    def forward(self, x):
        return self.function(self.module(x))


def cut(module, left, right, top, bottom):
    """A module whose output is cropped by so many columns and rows."""
    return Then(module, lambda y: functional.pad(y, (-left, -right, -top, -bottom)))


def transposed(name, options, module, input=(3, 3, 4)):
    return LayerCase(f"conv2dTranspose, {name}", "conv2dTranspose", options, input, module)


def spatial(type, name, options, module, input=(2, 5, 4)):
    return LayerCase(f"{type}, {name}" if name else type, type, options, input, module)


def upsample(name, options, module, input=(2, 3, 4)):
    return spatial("upsample2d", name, options, module, input)


def bilinear(scale, align):
    return lambda: nn.Upsample(scale_factor=scale, mode="bilinear", align_corners=align)


CASES = [
    transposed("2×2", {"filters": 5, "kernelSize": 2}, lambda: nn.ConvTranspose2d(3, 5, 2)),
    transposed("3×2", {"filters": 2, "kernelSize": [3, 2]}, lambda: nn.ConvTranspose2d(3, 2, (3, 2))),
    transposed(
        "strides",
        {"filters": 2, "kernelSize": 3, "strides": [2, 3]},
        lambda: nn.ConvTranspose2d(3, 2, 3, (2, 3)),
    ),
    transposed(
        "strides beyond the kernel",
        {"filters": 2, "kernelSize": 2, "strides": 3},
        lambda: nn.ConvTranspose2d(3, 2, 2, 3),
    ),
    transposed(
        "padding", {"filters": 2, "kernelSize": 3, "padding": [1, 2]}, lambda: nn.ConvTranspose2d(3, 2, 3, 1, (1, 2))
    ),
    transposed(
        "padding of each side",
        {"filters": 2, "kernelSize": 3, "padding": {"top": 1, "left": 0, "bottom": 0, "right": 2}},
        lambda: cut(nn.ConvTranspose2d(3, 2, 3), 0, 2, 1, 0),
    ),
    transposed(
        "padding 'same'",
        {"filters": 2, "kernelSize": 3, "strides": 2, "padding": "same"},
        lambda: cut(nn.ConvTranspose2d(3, 2, 3, 2), 0, 1, 0, 1),
    ),
    transposed(
        "outputPadding",
        {"filters": 2, "kernelSize": 3, "strides": [2, 3], "padding": 1, "outputPadding": [1, 2]},
        lambda: nn.ConvTranspose2d(3, 2, 3, (2, 3), 1, (1, 2)),
    ),
    transposed(
        "dilation",
        {"filters": 2, "kernelSize": 2, "dilations": [2, 3], "outputPadding": [0, 2]},
        lambda: nn.ConvTranspose2d(3, 2, 2, output_padding=(0, 2), dilation=(2, 3)),
    ),
    transposed(
        "groups",
        {"filters": 6, "kernelSize": 2, "groups": 2},
        lambda: nn.ConvTranspose2d(4, 6, 2, groups=2),
        (4, 3, 2),
    ),
    transposed(
        "without bias",
        {"filters": 2, "kernelSize": 2, "useBias": False},
        lambda: nn.ConvTranspose2d(3, 2, 2, bias=False),
    ),
    spatial("globalAvgPool2d", "", {}, lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())),
    spatial("globalAvgPool2d", "keepDimensions", {"keepDimensions": True}, lambda: nn.AdaptiveAvgPool2d(1)),
    spatial(
        "globalMaxPool2d",
        "",
        {},
        # Not amax, which divides the gradient among equal maxima.
        lambda: nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten()),
    ),
    spatial("globalMaxPool2d", "keepDimensions", {"keepDimensions": True}, lambda: nn.AdaptiveMaxPool2d(1)),
    spatial("adaptiveAvgPool2d", "even", {"size": [2, 3]}, lambda: nn.AdaptiveAvgPool2d((2, 3)), (2, 4, 6)),
    spatial("adaptiveAvgPool2d", "uneven", {"size": [3, 3]}, lambda: nn.AdaptiveAvgPool2d(3)),
    spatial("adaptiveAvgPool2d", "larger", {"size": [5, 4]}, lambda: nn.AdaptiveAvgPool2d((5, 4)), (1, 3, 2)),
    spatial("maxPool2d", "dilation", {"size": 2, "dilations": [2, 3]}, lambda: nn.MaxPool2d(2, dilation=(2, 3))),
    spatial("maxPool2d", "ceilMode", {"size": 2, "ceilMode": True}, lambda: nn.MaxPool2d(2, ceil_mode=True)),
    spatial(
        "maxPool2d",
        "ceilMode, padding",
        {"size": [2, 3], "strides": 2, "padding": 1, "ceilMode": True},
        lambda: nn.MaxPool2d((2, 3), 2, 1, ceil_mode=True),
    ),
    spatial(
        "avgPool2d",
        "ceilMode, padding does not count",
        {"size": 3, "strides": 2, "padding": 1, "ceilMode": True},
        lambda: nn.AvgPool2d(3, 2, 1, True, False),
        (2, 4, 6),
    ),
    spatial(
        "avgPool2d",
        "ceilMode, padding counts",
        {"size": 3, "strides": 2, "padding": 1, "ceilMode": True, "countPadding": True},
        lambda: nn.AvgPool2d(3, 2, 1, True),
        (2, 4, 6),
    ),
    upsample("nearest", {"scale": 2}, lambda: nn.Upsample(scale_factor=2)),
    upsample("nearest, 3×1", {"scale": [3, 1]}, lambda: nn.Upsample(scale_factor=(3, 1))),
    upsample("bilinear", {"scale": 2, "mode": "bilinear"}, bilinear(2, False)),
    upsample("bilinear, 3×4", {"scale": [3, 4], "mode": "bilinear"}, bilinear((3, 4), False)),
    upsample("aligned", {"scale": 2, "mode": "bilinear", "alignCorners": True}, bilinear(2, True)),
    upsample(
        "aligned, of one row",
        {"scale": 3, "mode": "bilinear", "alignCorners": True},
        bilinear(3, True),
        (2, 1, 4),
    ),
    spatial("zeroPad2d", "", {"padding": 2}, lambda: nn.ZeroPad2d(2)),
    spatial(
        "zeroPad2d",
        "each side",
        {"padding": {"top": 1, "left": 0, "bottom": 3, "right": 2}},
        lambda: nn.ZeroPad2d((0, 2, 1, 3)),
    ),
    # Negative padding crops.
    spatial("crop2d", "", {"cropping": [2, 1]}, lambda: nn.ZeroPad2d((-1, -1, -2, -2))),
    spatial("reshape", "", {"shape": [8, -1]}, lambda: nn.Sequential(nn.Flatten(), nn.Unflatten(1, (8, 5)))),
    spatial(
        "crop2d",
        "each side",
        {"cropping": {"top": 1, "left": 0, "bottom": 2, "right": 1}},
        lambda: nn.ZeroPad2d((0, -1, -1, -2)),
    ),
    spatial(
        "reshape", "to planes", {"shape": [2, 3, 2]}, lambda: nn.Sequential(nn.Flatten(), nn.Unflatten(1, (2, 3, 2))), (12,)
    ),
]
