"""Shared by the scripts of all golden files: numbers that the tests compute too, names, and the format of JSON.

The numbers need not be stored, because ../golden-numbers.ts draws the same ones.
"""

import json

import torch
from torch import nn

LINE_WIDTH = 120

CONVOLUTION = {"weight": "kernel", "bias": "bias"}
NORMALIZATION = {"weight": "scale", "bias": "offset"}
# Convoy's layer for each module with parameters, and Convoy's names of the parameters.
LAYERS = {
    nn.Conv2d: ("conv2d", CONVOLUTION),
    nn.ConvTranspose2d: ("conv2dTranspose", CONVOLUTION),
    nn.Linear: ("dense", CONVOLUTION),
    nn.BatchNorm1d: ("batchNorm1d", NORMALIZATION),
    nn.BatchNorm2d: ("batchNorm2d", NORMALIZATION),
    nn.GroupNorm: ("groupNorm", NORMALIZATION),
    nn.LayerNorm: ("layerNorm", NORMALIZATION),
    nn.PReLU: ("prelu", {"weight": "slope"}),
}


def draws(purpose, count, below):
    """Integers from 0 to below - 1 (below 2^21): a linear congruential generator, seeded by the FNV-1a hash of the purpose."""
    state = 0x811C9DC5
    for byte in purpose.encode():
        state = (state ^ byte) * 0x01000193 % 2**32
    result = []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        result.append(state * below >> 32)
    return result


def numbers(purpose, shape, steps):
    """A float64 tensor of multiples of 1 / steps in [-1, 1). They are exact in float32 if steps is a power of two."""
    integers = torch.tensor(draws(purpose, torch.Size(shape).numel(), 2 * steps), dtype=torch.float64)
    return (integers - steps).reshape(shape) / steps


def named_parameters(model):
    """Parameters by their names in Convoy's model: conv2d_1.kernel, where 1 counts the layers of this type."""
    counts = {}
    for module in model.modules():
        if type(module) in LAYERS:
            kind, names = LAYERS[type(module)]
            counts[kind] = counts.get(kind, 0) + 1
            for name, parameter in module.named_parameters(recurse=False):
                yield f"{kind}_{counts[kind]}.{names[name]}", parameter


def write_json(path, value):
    path.write_text(in_lines(value) + "\n")


def in_lines(value, indent=0, used=0):
    """JSON in the format of this repository: values that fit are on one line."""
    line = in_one_line(value)
    if indent + used + len(line) < LINE_WIDTH or not isinstance(value, (dict, list)):
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        keys = [f"{json.dumps(key)}: " for key in value]
        entries = [key + in_lines(entry, indent + 2, len(key)) for key, entry in zip(keys, value.values())]
    else:
        entries = [in_lines(entry, indent + 2) for entry in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(entries) + f"\n{' ' * indent}{closing}"


def in_one_line(value):
    if isinstance(value, dict):
        entries = ", ".join(f"{json.dumps(key)}: {in_one_line(entry)}" for key, entry in value.items())
        return f"{{ {entries} }}" if value else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(in_one_line, value))}]"
    if isinstance(value, float):
        return f"{value:.9g}".replace("e-0", "e-")
    return json.dumps(value, ensure_ascii=False)
