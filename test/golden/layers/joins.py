"""Layers of several inputs."""

import torch
from cases import JoinCase


def join(type, name, function, *inputs):
    return JoinCase(f"{type}, {name}", type, {}, inputs, function)


def add(*inputs):
    return sum(inputs[1:], inputs[0])


def multiply(*inputs):
    """Factors of one number a channel have [channels, 1, 1] or [channels]."""
    rank = max(x.dim() for x in inputs)
    first, *others = [x.reshape(*x.shape, *[1] * (rank - x.dim())) for x in inputs]
    for other in others:
        first = first * other
    return first


def concat(*inputs):
    return torch.cat(inputs, 1)


CASES = [
    join("add", "two inputs", add, (3, 2, 3), (3, 2, 3)),
    join("add", "three inputs", add, (3, 2, 3), (3, 2, 3), (3, 2, 3)),
    join("add", "features", add, (5,), (5,)),
    join("multiply", "two inputs", multiply, (3, 2, 3), (3, 2, 3)),
    join("multiply", "three inputs", multiply, (3, 2, 3), (3, 2, 3), (3, 2, 3)),
    join("multiply", "features", multiply, (5,), (5,)),
    join("multiply", "a factor a channel, [C, 1, 1]", multiply, (3, 2, 3), (3, 1, 1)),
    join("multiply", "a factor a channel, [C]", multiply, (3, 2, 3), (3,)),
    join("multiply", "a factor a channel in front", multiply, (3,), (3, 2, 3)),
    join("multiply", "planes and factors of both shapes", multiply, (3, 1, 1), (3, 2, 3), (3,), (3, 2, 3)),
    join("concat", "two inputs", concat, (2, 2, 3), (3, 2, 3)),
    join("concat", "three inputs", concat, (1, 2, 3), (3, 2, 3), (2, 2, 3)),
    join("concat", "features", concat, (5,), (2,)),
]
