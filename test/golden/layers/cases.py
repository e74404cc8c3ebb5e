"""What a golden case of a layer or of a loss is, and what PyTorch makes of it."""

import dataclasses
from typing import Callable

import torch
from portable import named_parameters, numbers
from torch import nn

SAMPLES = 9  # No multiple of 8: the last block is not full.
# Inputs are so coarse that kinks of activations are hit and maxima are shared.
INPUT_STEPS = 64
# Parameters and gradients are so fine that sums are rounded.
FINE_STEPS = 2**16
TOLERANCE = 2e-6


@dataclasses.dataclass(frozen=True)
class LayerCase:
    """A layer alone over an input shape, without the batch, and the module that does the same."""

    name: str
    type: str
    options: dict
    input: tuple
    module: Callable[[], nn.Module]
    # Inputs lie in [-reach, reach).
    reach: int = 1
    # Of our float32, as a part of the greatest number of a tensor; one that is larger needs a reason.
    tolerance: float = TOLERANCE
    reason: str = ""

    def description(self):
        layer = {"type": self.type, "options": self.options}
        larger = {"tolerance": self.tolerance, "reason": self.reason} if self.reason else {}
        return {"name": self.name, "layer": layer, "input": self.input, "reach": self.reach, **larger}

    def results(self, dtype):
        """The output, and the gradients at the input and at each parameter."""
        module = self.module().to(dtype)
        for name, parameter in named_parameters(module):
            parameter.data = numbers(f"{self.name}/{name}", parameter.shape, FINE_STEPS).to(dtype)
        inputs = self.reach * numbers(f"{self.name}/input", (SAMPLES, *self.input), INPUT_STEPS).to(dtype)
        inputs.requires_grad_()
        output = module(inputs)
        output.backward(numbers(f"{self.name}/output", output.shape, FINE_STEPS).to(dtype))
        gradients = {name: parameter.grad for name, parameter in named_parameters(module)}
        return {"output": output.detach(), "input": inputs.grad, **gradients}


@dataclasses.dataclass(frozen=True)
class LossCase:
    """A loss of predictions of a shape, without the batch."""

    name: str
    type: str
    options: dict
    prediction: tuple
    # Of the case's name: (SAMPLES, ...) in float64.
    targets: Callable[[str], torch.Tensor]
    # Of predictions and targets: the mean over the samples.
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    reach: int = 4
    tolerance: float = TOLERANCE

    def description(self):
        loss = {"type": self.type, "options": self.options}
        return {"name": self.name, "loss": loss, "prediction": self.prediction, "reach": self.reach}

    def results(self, dtype):
        """The targets, the loss, and its gradient at the predictions."""
        predictions = self.reach * numbers(f"{self.name}/prediction", (SAMPLES, *self.prediction), INPUT_STEPS).to(dtype)
        predictions.requires_grad_()
        targets = self.targets(self.name).to(dtype)
        loss = self.loss(predictions, targets)
        loss.backward()
        return {"targets": targets, "loss": loss.detach().reshape(1), "prediction": predictions.grad}
