"""Batch normalization: in training by the numbers of the batch, in evaluation by what was kept of earlier ones."""

import dataclasses

from cases import FINE_STEPS, LayerCase
from portable import numbers
from torch import nn

LAYER = "batchNorm2d"


@dataclasses.dataclass(frozen=True)
class BatchNormCase(LayerCase):
    """The output and the gradients are those of training; so are the kept statistics, after that batch."""

    def results(self, dtype):
        training, evaluating = self.started(dtype).train(), self.started(dtype).eval()
        trained = LayerCase.results(dataclasses.replace(self, module=lambda: training), dtype)
        evaluated = LayerCase.results(dataclasses.replace(self, module=lambda: evaluating), dtype)["output"]
        kept = {f"{LAYER}_1.runningMean": training.running_mean, f"{LAYER}_1.runningVariance": training.running_var}
        return {**trained, **kept, "evaluated": evaluated}

    def started(self, dtype):
        """The layer with what it has kept of batches before this one."""
        module = self.module().to(dtype)
        module.running_mean.copy_(numbers(f"{self.name}/{LAYER}_1.runningMean", module.running_mean.shape, FINE_STEPS))
        variance = numbers(f"{self.name}/{LAYER}_1.runningVariance", module.running_var.shape, FINE_STEPS)
        module.running_var.copy_(1 + variance / 2)
        return module


def norm(name, options, module, input=(3, 3, 2), reach=1):
    return BatchNormCase(f"{LAYER}, {name}", LAYER, {"sync": True, **options}, input, module, reach)


CASES = [
    norm("default", {}, lambda: nn.BatchNorm2d(3)),
    norm("epsilon, momentum", {"epsilon": 0.01, "momentum": 0.3}, lambda: nn.BatchNorm2d(3, 0.01, 0.3)),
    norm("one cell a channel", {}, lambda: nn.BatchNorm2d(5), (5, 1, 1), reach=8),
]
