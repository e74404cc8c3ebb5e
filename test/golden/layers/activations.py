"""Activations, from where they saturate to where they saturate."""

from cases import LayerCase
from torch import nn


def activation(name, type, options, module, input=(3, 2, 3)):
    return LayerCase(name, type, options, input, module, reach=8)


CASES = [
    activation("relu", "relu", {}, nn.ReLU),
    activation("sigmoid", "sigmoid", {}, nn.Sigmoid),
    activation("tanh", "tanh", {}, nn.Tanh),
]
