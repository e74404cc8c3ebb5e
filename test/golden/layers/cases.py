"""Golden cases of layers and losses, and how PyTorch computes their results."""

import dataclasses
from typing import Callable

import torch
from portable import named_parameters, numbers
from torch import nn

SAMPLES = 9  # Not a multiple of 8: the last block is not full.
# Inputs are coarse, so that some are at the kinks of activations, and some windows have several maxima.
INPUT_STEPS = 64
# Parameters and gradients are fine, so that sums are rounded.
FINE_STEPS = 2**16
TOLERANCE = 2e-6


@dataclasses.dataclass(frozen=True)
class LayerCase:
    """One layer with the shape of an input sample, and the module that computes the same."""

    name: str
    type: str
    options: dict
    input: tuple
    module: Callable[[], nn.Module]
    # Inputs are in [-reach, reach).
    reach: int = 1
    # For Convoy's float32, relative to the greatest number of a tensor; a larger tolerance needs a reason.
    tolerance: float = TOLERANCE
    reason: str = ""

    def description(self):
        layer = {"type": self.type, "options": self.options}
        larger = {"tolerance": self.tolerance, "reason": self.reason} if self.reason else {}
        return {"name": self.name, "layer": layer, "input": self.input, "reach": self.reach, **larger}

    def results(self, dtype):
        """The output, and the gradients of the input and of each parameter."""
        module = self.module().to(dtype)
        for name, parameter in named_parameters(module):
            parameter.data = numbers(f"{self.name}/{name}", parameter.shape, FINE_STEPS).to(dtype)
        inputs = self.reach * numbers(f"{self.name}/input", (SAMPLES, *self.input), INPUT_STEPS).to(dtype)
        inputs.requires_grad_()
        output = module(inputs)
        output.backward(numbers(f"{self.name}/output", output.shape, FINE_STEPS).to(dtype))
        gradients = {name: parameter.grad for name, parameter in named_parameters(module) if parameter.requires_grad}
        return {"output": output.detach(), "input": inputs.grad, **gradients}


def without(parameter, module):
    """A normalizing module with a constant for one of its parameters, because PyTorch 1.13 fails if only one is missing."""
    constant = getattr(module, parameter).detach()  # Initially 1 for the weight, 0 for the bias.
    delattr(module, parameter)
    module.register_buffer(parameter, constant)
    return module


@dataclasses.dataclass(frozen=True)
class EvaluationCase(LayerCase):
    """Only the output of evaluation, for a layer that is random in training."""

    def description(self):
        return {**super().description(), "evaluation": True}

    def results(self, dtype):
        evaluating = dataclasses.replace(self, module=lambda: self.module().eval())
        return {"output": LayerCase.results(evaluating, dtype)["output"]}


@dataclasses.dataclass(frozen=True)
class MergeCase:
    """A layer with several inputs and without parameters."""

    name: str
    type: str
    options: dict
    # Shapes without the batch.
    inputs: tuple
    function: Callable[..., torch.Tensor]
    reach: int = 1
    tolerance: float = TOLERANCE

    def description(self):
        layer = {"type": self.type, "options": self.options}
        return {"name": self.name, "layer": layer, "inputs": self.inputs, "reach": self.reach}

    def results(self, dtype):
        """The output, and the gradients of all inputs: input 1, input 2, …"""
        inputs = parts(f"{self.name}/input", self.inputs, self.reach, dtype)
        output = self.function(*inputs)
        output.backward(numbers(f"{self.name}/output", output.shape, FINE_STEPS).to(dtype))
        return {"output": output.detach(), **numbered_gradients("input", inputs)}


def parts(purpose, shapes, reach, dtype):
    """Inputs of these shapes. The drawn numbers contain the inputs of each sample one after the other."""
    sizes = [torch.Size(shape).numel() for shape in shapes]
    whole = reach * numbers(purpose, (SAMPLES, sum(sizes)), INPUT_STEPS).to(dtype)
    return [x.reshape(SAMPLES, *shape).requires_grad_() for x, shape in zip(whole.split(sizes, 1), shapes)]


def numbered_gradients(name, inputs):
    return {f"{name} {i + 1}": x.grad for i, x in enumerate(inputs)}


@dataclasses.dataclass(frozen=True)
class LossCase:
    """A loss with the shape of the predictions for one sample."""

    name: str
    type: str
    options: dict
    prediction: tuple
    # A function of the name of the case: (SAMPLES, ...) in float64.
    targets: Callable[[str], torch.Tensor]
    # A function of predictions and targets: the mean over the samples.
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    reach: int = 4
    tolerance: float = TOLERANCE

    def description(self):
        loss = {"type": self.type, "options": self.options}
        return {"name": self.name, "loss": loss, "prediction": self.prediction, "reach": self.reach}

    def results(self, dtype):
        """The targets, the loss, and the gradient of the predictions."""
        predictions = self.reach * numbers(f"{self.name}/prediction", (SAMPLES, *self.prediction), INPUT_STEPS).to(dtype)
        predictions.requires_grad_()
        targets = self.targets(self.name).to(dtype)
        loss = self.loss(predictions, targets)
        loss.backward()
        return {"targets": targets, "loss": loss.detach().reshape(1), "prediction": predictions.grad}


@dataclasses.dataclass(frozen=True)
class LossesCase:
    """Weighted losses of several outputs, which all have the same shape and the same targets."""

    name: str
    # Pairs of a loss, whose type, options and function are used, and its weight.
    terms: tuple
    prediction: tuple
    targets: Callable[[str], torch.Tensor]
    reach: int = 4
    tolerance: float = TOLERANCE

    def description(self):
        losses = [
            {"type": "weighted", "weight": weight, "loss": {"type": case.type, "options": case.options}}
            for case, weight in self.terms
        ]
        return {"name": self.name, "losses": losses, "prediction": self.prediction, "reach": self.reach}

    def results(self, dtype):
        """The targets, the sum of the losses, and the gradients of all outputs: prediction 1, prediction 2, …"""
        predictions = parts(f"{self.name}/prediction", [self.prediction] * len(self.terms), self.reach, dtype)
        targets = self.targets(self.name).to(dtype)
        loss = sum(weight * case.loss(x, targets) for (case, weight), x in zip(self.terms, predictions))
        loss.backward()
        gradients = numbered_gradients("prediction", predictions)
        return {"targets": targets, "loss": loss.detach().reshape(1), **gradients}
