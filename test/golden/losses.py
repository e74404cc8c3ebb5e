"""Writes losses.json: what PyTorch makes of the same outputs and targets with each loss, and its gradient at the outputs.

Run it with Debian's python3-torch (1.13 made the file that is checked in), and let Biome lay the numbers out:

    python3 test/golden/losses.py && npx biome check --write test/golden

Outputs and targets are exact as float32; losses and gradients are computed in float64. Sums are divided by the number of samples and pixels,
as Convoy does. ../golden-losses.test.ts has the same cases by the same names.
"""

import json
import pathlib

import torch
from torch.nn import functional

SAMPLES = 11  # No multiple of 8: the last block is not full.
CLASSES = 4
WEIGHTS = [0.5, 1, 2, 3]
VOID = 255
PIXELS = (2, 3)


def numbers(shape, seed):
    torch.manual_seed(seed)
    return torch.randint(-256, 257, shape) / 64


def probabilities(shape):
    return ((numbers(shape, 2) + 4) / 8).clamp(0, 1)


def labels(shape, ignored=False):
    torch.manual_seed(3)
    drawn = torch.randint(CLASSES, shape)
    if ignored:
        drawn[torch.rand(shape) < 0.3] = VOID
    return drawn


def distributions(shape):
    return functional.one_hot(labels((SAMPLES, *shape[2:])), CLASSES).movedim(-1, 1).float() * 0.75 + 0.0625


LIST = (SAMPLES, CLASSES)
IMAGE = (SAMPLES, CLASSES, *PIXELS)


def cross_entropy(divisor=SAMPLES, **options):
    """With the sum over all terms; PyTorch's mean would divide by the weights of the labels."""
    if "weight" in options:
        options["weight"] = torch.tensor(options["weight"], dtype=torch.float64)
    return lambda x, t: functional.cross_entropy(x, t, reduction="sum", **options) / divisor


def mean(loss, **options):
    return lambda x, t: loss(x, t, **options)


def binary(**options):
    return lambda x, t: functional.binary_cross_entropy_with_logits(
        x, t, **{key: torch.tensor(value) for key, value in options.items()}
    )


COUNT = SAMPLES * PIXELS[0] * PIXELS[1]

# The shape of the outputs, the targets, and the loss.
CASES = {
    "cross-entropy": (LIST, labels((SAMPLES,)), mean(functional.cross_entropy)),
    "cross-entropy, smoothing": (LIST, labels((SAMPLES,)), mean(functional.cross_entropy, label_smoothing=0.1)),
    "cross-entropy, weights": (LIST, labels((SAMPLES,)), cross_entropy(weight=WEIGHTS)),
    "cross-entropy, weights and smoothing": (
        LIST,
        labels((SAMPLES,)),
        cross_entropy(weight=WEIGHTS, label_smoothing=0.1),
    ),
    "cross-entropy, distributions": (LIST, distributions(LIST), mean(functional.cross_entropy)),
    "cross-entropy, distributions, weights and smoothing": (
        LIST,
        distributions(LIST),
        mean(functional.cross_entropy, label_smoothing=0.1, weight=torch.tensor(WEIGHTS, dtype=torch.float64)),
    ),
    "cross-entropy, pixels": (IMAGE, labels((SAMPLES, *PIXELS)), mean(functional.cross_entropy)),
    "cross-entropy, pixels, all options": (
        IMAGE,
        labels((SAMPLES, *PIXELS), ignored=True),
        cross_entropy(COUNT, weight=WEIGHTS, label_smoothing=0.1, ignore_index=VOID),
    ),
    "cross-entropy, pixels, distributions": (IMAGE, distributions(IMAGE), mean(functional.cross_entropy)),
    "binary cross-entropy": (LIST, probabilities(LIST), binary()),
    "binary cross-entropy, positive weight": (LIST, probabilities(LIST), binary(pos_weight=2.5)),
    "mean squared error": (LIST, numbers(LIST, 4), mean(functional.mse_loss)),
    "mean absolute error": (LIST, numbers(LIST, 4), mean(functional.l1_loss)),
    "huber": (LIST, numbers(LIST, 4), mean(functional.huber_loss)),
    "huber, delta": (LIST, numbers(LIST, 4), mean(functional.huber_loss, delta=0.25)),
}


def case(shape, targets, loss):
    outputs = numbers(shape, 1).double().requires_grad_()
    value = loss(outputs, targets.double() if targets.is_floating_point() else targets)
    value.backward()
    return {
        "outputs": outputs.flatten().tolist(),
        "targets": targets.flatten().tolist(),
        "loss": value.item(),
        "gradient": [float(f"{x:.9g}") for x in outputs.grad.flatten().tolist()],
    }


golden = {name: case(*arguments) for name, arguments in CASES.items()}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
