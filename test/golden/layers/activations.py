"""Activations, over the whole range between their saturations."""

import dataclasses

from cases import LayerCase
from torch import nn


def activation(name, type, options, module, input=(3, 2, 3)):
    return LayerCase(name, type, options, input, module, reach=8)


CASES = [
    activation("relu", "relu", {}, nn.ReLU),
    activation("sigmoid", "sigmoid", {}, nn.Sigmoid),
    activation("tanh", "tanh", {}, nn.Tanh),
    activation("leakyRelu", "leakyRelu", {}, nn.LeakyReLU),
    activation("leakyRelu, slope", "leakyRelu", {"negativeSlope": 0.3}, lambda: nn.LeakyReLU(0.3)),
    activation("prelu", "prelu", {}, lambda: nn.PReLU(3)),
    activation("prelu, shared", "prelu", {"shared": True}, lambda: nn.PReLU(1)),
    activation("prelu of features", "prelu", {}, lambda: nn.PReLU(9), (9,)),
    activation("relu6", "relu6", {}, nn.ReLU6),
    activation("elu", "elu", {}, nn.ELU),
    activation("elu, alpha", "elu", {"alpha": 0.5}, lambda: nn.ELU(0.5)),
    activation("selu", "selu", {}, nn.SELU),
    activation("gelu", "gelu", {}, nn.GELU),
    activation("gelu, tanh", "gelu", {"approximate": "tanh"}, lambda: nn.GELU("tanh")),
    activation("silu", "silu", {}, nn.SiLU),
    # Without ±3, where the slopes of PyTorch 1.13 are those of neither side.
    dataclasses.replace(activation("hardSwish", "hardSwish", {}, nn.Hardswish), reach=7),
    activation("hardSigmoid", "hardSigmoid", {}, nn.Hardsigmoid),
    activation("softplus", "softplus", {}, nn.Softplus),
    activation("softplus, beta", "softplus", {"beta": 2.5}, lambda: nn.Softplus(2.5)),
    activation("softmax", "softmax", {}, lambda: nn.Softmax(1), (7,)),
    activation("softmax of planes", "softmax", {}, lambda: nn.Softmax(1)),
]
