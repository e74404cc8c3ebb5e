"""Losses, which are means over the samples."""

import torch
from cases import SAMPLES, LossCase, LossesCase
from portable import draws, numbers
from torch.nn import functional

CLASSES = 5
WEIGHTS = [0.5, 2, 1, 0.25, 3]


def labels(classes, shape=()):
    """One class per sample, or one per pixel."""
    size = (SAMPLES, *shape)
    return lambda name: torch.tensor(draws(f"{name}/targets", torch.Size(size).numel(), classes)).reshape(size).double()


def values(shape, reach=4, steps=64):
    """Numbers near the predictions, some of them equal."""
    return lambda name: reach * numbers(f"{name}/targets", (SAMPLES, *shape), steps)


def cross_entropy(predictions, targets):
    return functional.cross_entropy(predictions, targets.long())


def smoothed(label_smoothing=0.0, weights=None, places=1, ignored=-1):
    """The mean over all samples and pixels; class weights and ignored pixels do not change the divisor."""

    def loss(predictions, targets):
        right = targets if targets.shape == predictions.shape else targets.long()
        weight = None if weights is None else torch.tensor(weights, dtype=predictions.dtype)
        options = {"reduction": "sum", "label_smoothing": label_smoothing, "ignore_index": ignored}
        return functional.cross_entropy(predictions, right, weight, **options) / (SAMPLES * places)

    return loss


def one_hot(classes):
    return lambda name: functional.one_hot(labels(classes)(name).long(), classes).double()


def distributions(classes, parts=8):
    """Probabilities that are multiples of one fraction."""

    def targets(name):
        drawn = torch.tensor(draws(f"{name}/targets", SAMPLES * parts, classes)).reshape(SAMPLES, parts)
        return functional.one_hot(drawn, classes).double().mean(1)

    return targets


def yes_or_no(shape):
    return labels(2, shape)


def binary(positive_weight=1.0, label_smoothing=0.0):
    def loss(predictions, targets):
        weight = torch.tensor(positive_weight, dtype=predictions.dtype)
        smooth = targets * (1 - label_smoothing) + label_smoothing / 2
        return functional.binary_cross_entropy_with_logits(predictions, smooth, pos_weight=weight)

    return loss


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
    LossCase("meanSquaredError, halfSum", "meanSquaredError", {"reduction": "halfSum"}, (7,), values((7,)), half_sum),
    LossCase(
        "softmaxCrossEntropy, one-hot",
        "softmaxCrossEntropy",
        {"targets": "oneHot"},
        (CLASSES,),
        one_hot(CLASSES),
        smoothed(),
    ),
    LossCase(
        "softmaxCrossEntropy, label smoothing",
        "softmaxCrossEntropy",
        {"labelSmoothing": 0.1},
        (CLASSES,),
        labels(CLASSES),
        smoothed(0.1),
    ),
    LossCase(
        "softmaxCrossEntropy, class weights",
        "softmaxCrossEntropy",
        {"classWeights": WEIGHTS},
        (CLASSES,),
        labels(CLASSES),
        smoothed(weights=WEIGHTS),
    ),
    LossCase(
        "softmaxCrossEntropy, distributions",
        "softmaxCrossEntropy",
        {"targets": "oneHot"},
        (CLASSES,),
        distributions(CLASSES),
        smoothed(),
    ),
    LossCase(
        "softmaxCrossEntropy, one-hot, all options",
        "softmaxCrossEntropy",
        {"targets": "oneHot", "labelSmoothing": 0.2, "classWeights": WEIGHTS},
        (CLASSES,),
        one_hot(CLASSES),
        smoothed(0.2, WEIGHTS),
    ),
    LossCase(
        "softmaxCrossEntropy, pixels",
        "softmaxCrossEntropy",
        {},
        (CLASSES, 2, 3),
        labels(CLASSES, (2, 3)),
        smoothed(places=6),
    ),
    LossCase(
        "softmaxCrossEntropy, pixels, all options",
        "softmaxCrossEntropy",
        {"labelSmoothing": 0.1, "classWeights": WEIGHTS},
        (CLASSES, 2, 3),
        labels(CLASSES, (2, 3)),
        smoothed(0.1, WEIGHTS, places=6),
    ),
    # The first label belongs to no class, the second one to the last class.
    LossCase(
        "softmaxCrossEntropy, ignored label",
        "softmaxCrossEntropy",
        {"ignoreLabel": CLASSES},
        (CLASSES, 2, 3),
        labels(CLASSES + 1, (2, 3)),
        smoothed(places=6, ignored=CLASSES),
    ),
    LossCase(
        "softmaxCrossEntropy, ignored class, all options",
        "softmaxCrossEntropy",
        {"ignoreLabel": 4, "labelSmoothing": 0.1, "classWeights": WEIGHTS},
        (CLASSES,),
        labels(CLASSES),
        smoothed(0.1, WEIGHTS, ignored=4),
    ),
    LossCase("sigmoidBinaryCrossEntropy", "sigmoidBinaryCrossEntropy", {}, (3,), yes_or_no((3,)), binary(), reach=16),
    LossCase(
        "sigmoidBinaryCrossEntropy, positive weight",
        "sigmoidBinaryCrossEntropy",
        {"positiveWeight": 2.5},
        (1, 2, 3),
        yes_or_no((1, 2, 3)),
        binary(2.5),
    ),
    LossCase(
        "sigmoidBinaryCrossEntropy, all options",
        "sigmoidBinaryCrossEntropy",
        {"positiveWeight": 0.5, "labelSmoothing": 0.2},
        (3,),
        yes_or_no((3,)),
        binary(0.5, 0.2),
    ),
    LossCase("meanAbsoluteError", "meanAbsoluteError", {}, (7,), values((7,)), functional.l1_loss),
    LossCase("huber", "huber", {}, (7,), values((7,)), functional.huber_loss),
    LossCase(
        "huber, delta",
        "huber",
        {"delta": 2.5},
        (2, 3, 2),
        values((2, 3, 2)),
        lambda predictions, targets: functional.huber_loss(predictions, targets, delta=2.5),
    ),
]

BY_NAME = {case.name: case for case in CASES}


def weighted(name, weights):
    """Losses with the same targets, by the names of their cases."""
    cases = [BY_NAME[case] for case in weights]
    terms = tuple(zip(cases, weights.values()))
    return LossesCase(f"weighted, {name}", terms, cases[0].prediction, cases[0].targets)


CASES += [
    weighted("one output", {"huber": 2.5}),
    weighted("two outputs", {"softmaxCrossEntropy": 1, "softmaxCrossEntropy, label smoothing": 0.3}),
    weighted("three outputs", {"meanSquaredError": 0.75, "meanAbsoluteError": 2, "huber": 0.3}),
    weighted("pixels", {"softmaxCrossEntropy, pixels": 0.4, "softmaxCrossEntropy, pixels, all options": 1.5}),
]
