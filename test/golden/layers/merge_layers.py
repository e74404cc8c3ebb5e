"""Merge layers."""

import torch
from cases import MergeCase


def merge(type, name, function, *inputs):
    return MergeCase(f"{type}, {name}", type, {}, inputs, function)


def add(*inputs):
    return sum(inputs[1:], inputs[0])


def multiply(*inputs):
    """Factors with one number per channel have the shape [channels, 1, 1] or [channels]."""
    rank = max(x.dim() for x in inputs)
    first, *others = [x.reshape(*x.shape, *[1] * (rank - x.dim())) for x in inputs]
    for other in others:
        first = first * other
    return first


def concat(*inputs):
    return torch.cat(inputs, 1)


CASES = [
    merge("add", "two inputs", add, (3, 2, 3), (3, 2, 3)),
    merge("add", "three inputs", add, (3, 2, 3), (3, 2, 3), (3, 2, 3)),
    merge("add", "features", add, (5,), (5,)),
    merge("multiply", "two inputs", multiply, (3, 2, 3), (3, 2, 3)),
    merge("multiply", "three inputs", multiply, (3, 2, 3), (3, 2, 3), (3, 2, 3)),
    merge("multiply", "features", multiply, (5,), (5,)),
    merge("multiply", "a factor a channel, [C, 1, 1]", multiply, (3, 2, 3), (3, 1, 1)),
    merge("multiply", "a factor a channel, [C]", multiply, (3, 2, 3), (3,)),
    merge("multiply", "a factor a channel in front", multiply, (3,), (3, 2, 3)),
    merge("multiply", "planes and factors of both shapes", multiply, (3, 1, 1), (3, 2, 3), (3,), (3, 2, 3)),
    merge("concat", "two inputs", concat, (2, 2, 3), (3, 2, 3)),
    merge("concat", "three inputs", concat, (1, 2, 3), (3, 2, 3), (2, 2, 3)),
    merge("concat", "features", concat, (5,), (2,)),
]
