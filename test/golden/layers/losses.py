"""Losses: means over the samples."""

import torch
from cases import SAMPLES, LossCase
from portable import draws, numbers
from torch.nn import functional

CLASSES = 5


def labels(classes, shape=()):
    """One class a sample, or a place."""
    size = (SAMPLES, *shape)
    return lambda name: torch.tensor(draws(f"{name}/targets", torch.Size(size).numel(), classes)).reshape(size).double()


def values(shape, reach=4, steps=64):
    """Numbers near those of the predictions, and equal to some of them."""
    return lambda name: reach * numbers(f"{name}/targets", (SAMPLES, *shape), steps)


def cross_entropy(predictions, targets):
    return functional.cross_entropy(predictions, targets.long())


def half_sum(predictions, targets):
    return functional.mse_loss(predictions, targets, reduction="sum") / (2 * SAMPLES)


CASES = [
    LossCase("softmaxCrossEntropy", "softmaxCrossEntropy", {}, (CLASSES,), labels(CLASSES), cross_entropy),
    LossCase(
        "softmaxCrossEntropy, logits far apart",
        "softmaxCrossEntropy",
        {},
        (CLASSES,),
        labels(CLASSES),
        cross_entropy,
        reach=64,
    ),
    LossCase("softmaxCrossEntropy, two classes", "softmaxCrossEntropy", {}, (2,), labels(2), cross_entropy),
    LossCase("meanSquaredError", "meanSquaredError", {}, (7,), values((7,)), functional.mse_loss),
    LossCase("meanSquaredError, planes", "meanSquaredError", {}, (2, 3, 2), values((2, 3, 2)), functional.mse_loss),
    LossCase("meanSquaredError, half-sum", "meanSquaredError", {"form": "half-sum"}, (7,), values((7,)), half_sum),
]
