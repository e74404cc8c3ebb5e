"""Batch normalization: in training by the statistics of the batch, in evaluation by the running statistics."""

import dataclasses

from cases import FINE_STEPS, LayerCase, without
from portable import numbers
from torch import nn


@dataclasses.dataclass(frozen=True)
class BatchNormCase(LayerCase):
    """The output, the gradients, and the running statistics after the batch are those of training."""

    def results(self, dtype):
        training, evaluating = self.started(dtype).train(), self.started(dtype).eval()
        trained = LayerCase.results(dataclasses.replace(self, module=lambda: training), dtype)
        evaluated = LayerCase.results(dataclasses.replace(self, module=lambda: evaluating), dtype)["output"]
        prefix = f"{self.type}_1.running"
        kept = {f"{prefix}Mean": training.running_mean, f"{prefix}Variance": training.running_var}
        return {**trained, **kept, "evaluated": evaluated}

    def started(self, dtype):
        """The layer with running statistics from earlier batches."""
        module = self.module().to(dtype)
        prefix = f"{self.name}/{self.type}_1.running"
        module.running_mean.copy_(numbers(f"{prefix}Mean", module.running_mean.shape, FINE_STEPS))
        module.running_var.copy_(1 + numbers(f"{prefix}Variance", module.running_var.shape, FINE_STEPS) / 2)
        return module


class FrozenCase(BatchNormCase):
    """Training with the current statistics and parameters."""

    def results(self, dtype):
        frozen = self.started(dtype).eval().requires_grad_(False)
        return LayerCase.results(dataclasses.replace(self, module=lambda: frozen), dtype)


def norm(type, name, options, module, input, reach=1, case=BatchNormCase):
    return case(f"{type}, {name}", type, {"sync": True, **options}, input, module, reach)


def norms(type, module, input):
    """All options, on an input of 3 channels."""
    return [
        norm(type, "default", {}, lambda: module(3), input),
        norm(type, "epsilon, momentum", {"epsilon": 0.01, "momentum": 0.3}, lambda: module(3, 0.01, 0.3), input),
        # All samples of the batch are in one shard.
        norm(type, "of the shard", {"sync": False}, lambda: module(3), input),
        norm(type, "momentum 0", {"momentum": 0}, lambda: module(3, momentum=0), input),
        norm(type, "momentum 1", {"momentum": 1}, lambda: module(3, momentum=1), input),
        norm(type, "without scale", {"scale": False}, lambda: without("weight", module(3)), input),
        norm(type, "without offset", {"offset": False}, lambda: without("bias", module(3)), input),
        norm(type, "without either", {"scale": False, "offset": False}, lambda: module(3, affine=False), input),
        norm(type, "frozen", {"frozen": True}, lambda: module(3), input, case=FrozenCase),
    ]


CASES = [
    *norms("batchNorm2d", nn.BatchNorm2d, (3, 3, 2)),
    norm("batchNorm2d", "one cell a channel", {}, lambda: nn.BatchNorm2d(5), (5, 1, 1), reach=8),
    *norms("batchNorm1d", nn.BatchNorm1d, (3, 5)),
    norm("batchNorm1d", "features", {}, lambda: nn.BatchNorm1d(7), (7,)),
    norm("batchNorm1d", "features far apart", {}, lambda: nn.BatchNorm1d(7), (7,), reach=8),
]
