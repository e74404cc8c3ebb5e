"""Writes optimizers.json: how PyTorch trains a small network with each optimizer, clipping and schedule.

Run it with Debian's python3-torch (version 1.13 made the checked-in file):

    python3 test/golden/optimizers.py

Parameters and batches are fixed; each case takes 50 steps. All numbers except the learning rates are float32, written so that
reading them returns the same float32. ../golden-optimizers.test.ts has the same cases with the same names.
"""

import pathlib
import textwrap
import warnings

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import SGD, Adam, AdamW, RMSprop
from torch.optim import lr_scheduler as schedulers

STEPS = 50
BATCHES = 4
SAMPLES = 20  # Not a multiple of 8: the last block is not full.
CLASSES = 3
AVERAGE_DECAY = 0.9
LINE_WIDTH = 120

NAMES = {
    "0.weight": "conv2d_1.kernel",
    "0.bias": "conv2d_1.bias",
    "4.weight": "dense_1.kernel",
    "4.bias": "dense_1.bias",
    "6.weight": "dense_2.kernel",
    "6.bias": "dense_2.bias",
}


def network():
    """A smooth network, so that rounding errors of float32 do not grow."""
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(12, 8), nn.Tanh(), nn.Linear(8, CLASSES)
    )


def data():
    torch.manual_seed(2)
    inputs = torch.randint(-64, 65, (BATCHES, SAMPLES, 1, 6, 6)) / 64
    labels = torch.randint(CLASSES, (BATCHES, SAMPLES))
    return inputs, labels


def sgd(**options):
    return lambda parameters: SGD(parameters, **{"lr": 0.05, **options})


def scheduled(scheduler, **options):
    """A schedule for plain gradient descent with momentum."""
    return {"optimizer": sgd(momentum=0.5, **options), "scheduler": scheduler}


def groups(learning_rate, weight_decay):
    """The treatment of the layers in ../golden-optimizers.test.ts: half the learning rate, frozen, without weight decay."""

    def make(model):
        model[4].requires_grad_(False)
        first = {"params": model[0].parameters(), "lr": learning_rate / 2, "weight_decay": weight_decay}
        last = {"params": model[6].parameters(), "lr": learning_rate, "weight_decay": 0}
        return [first, last]

    return make


def warm_up_and_cosine(optimizer):
    first = schedulers.LinearLR(optimizer, start_factor=0.1, total_iters=10)
    second = schedulers.CosineAnnealingLR(optimizer, T_max=40)
    return schedulers.SequentialLR(optimizer, [first, second], milestones=[10])


CASES = {
    "sgd": {"optimizer": sgd()},
    "sgd, momentum": {"optimizer": sgd(momentum=0.9)},
    "sgd, nesterov": {"optimizer": sgd(momentum=0.9, nesterov=True)},
    "sgd, weight decay": {"optimizer": sgd(momentum=0.5, weight_decay=0.05)},
    "adam": {"optimizer": lambda p: Adam(p)},
    "adam, all options": {"optimizer": lambda p: Adam(p, lr=0.003, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.05)},
    "adamW": {"optimizer": lambda p: AdamW(p)},
    "adamW, all options": {"optimizer": lambda p: AdamW(p, lr=0.003, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.5)},
    "rmsprop": {"optimizer": lambda p: RMSprop(p, lr=0.001)},
    "rmsprop, all options": {
        "optimizer": lambda p: RMSprop(p, lr=0.001, alpha=0.9, eps=1e-4, momentum=0.5, weight_decay=0.05)
    },
    "clip value": {"optimizer": sgd(momentum=0.9), "clip_value": 0.01},
    "clip norm": {"optimizer": sgd(momentum=0.9), "clip_norm": 0.1},
    "clip norm, adam": {"optimizer": lambda p: Adam(p), "clip_norm": 0.1},
    "clip value and norm": {"optimizer": sgd(momentum=0.9), "clip_value": 0.02, "clip_norm": 0.1},
    "average": {"optimizer": lambda p: Adam(p, lr=0.003), "average": True},
    "layers apart": {"optimizer": sgd(momentum=0.9), "groups": groups(0.05, 0.05), "clip_norm": 0.1},
    "layers apart, adamW": {"optimizer": lambda p: AdamW(p), "groups": groups(0.001, 0.5)},
    "step decay": scheduled(lambda o: schedulers.StepLR(o, step_size=15, gamma=0.5)),
    "piecewise constant": scheduled(lambda o: schedulers.MultiStepLR(o, milestones=[10, 30], gamma=0.1)),
    "exponential decay": scheduled(lambda o: schedulers.ExponentialLR(o, gamma=0.95)),
    "cosine decay": scheduled(lambda o: schedulers.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.001)),
    "cosine decay, restarts": scheduled(lambda o: schedulers.CosineAnnealingWarmRestarts(o, T_0=20)),
    "one cycle": scheduled(lambda o: schedulers.OneCycleLR(o, max_lr=0.1, total_steps=STEPS, cycle_momentum=False)),
    "warm-up": scheduled(lambda o: schedulers.LinearLR(o, total_iters=10)),
    "warm-up, cosine decay": scheduled(warm_up_and_cosine),
}


def train(optimizer, scheduler=None, clip_value=None, clip_norm=None, average=False, groups=None):
    model = network()
    inputs, labels = data()
    stepper = optimizer(groups(model) if groups else model.parameters())
    schedule = scheduler and scheduler(stepper)
    averages = {name: p.detach().clone() for name, p in model.named_parameters()}
    losses, rates = [], []
    for step in range(STEPS):
        stepper.zero_grad()
        loss = nn.functional.cross_entropy(model(inputs[step % BATCHES]), labels[step % BATCHES])
        loss.backward()
        if clip_value is not None:
            clip_grad_value_(model.parameters(), clip_value)
        if clip_norm is not None:
            clip_grad_norm_(model.parameters(), clip_norm)
        losses.append(loss.item())
        rates.append(stepper.param_groups[0]["lr"])
        stepper.step()
        if schedule:
            schedule.step()
        for name, p in model.named_parameters():
            averages[name].mul_(AVERAGE_DECAY).add_(p.detach(), alpha=1 - AVERAGE_DECAY)
    result = {"losses": losses, "parameters": parameters_of(model.named_parameters())}
    if schedule:
        result["learningRates"] = [repr(rate) for rate in rates]
    if average:
        result["average"] = parameters_of(averages.items())
    return result


def parameters_of(named):
    return {NAMES[name]: p.flatten().tolist() for name, p in named}


def write(value, indent=0, used=0):
    """JSON in the format of this repository. Floats have at most nine digits; strings in lists are inserted unchanged."""
    inner = " " * (indent + 2)
    outer = " " * indent
    if isinstance(value, dict):
        keys = [f'{inner}"{key}": ' for key in value]
        entries = ",\n".join(key + write(entry, indent + 2, len(key)) for key, entry in zip(keys, value.values()))
        return f"{{\n{entries}\n{outer}}}"
    numbers = ", ".join(n if isinstance(n, str) else f"{n:.9g}" for n in value).replace("e-0", "e-")
    if used + len(f"[{numbers}],") <= LINE_WIDTH:
        return f"[{numbers}]"
    lines = textwrap.fill(numbers, LINE_WIDTH, initial_indent=inner, subsequent_indent=inner, break_on_hyphens=False)
    return f"[\n{lines}\n{outer}]"


def main():
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    inputs, labels = data()
    golden = {
        "inputs": inputs.flatten().tolist(),
        "labels": labels.flatten().tolist(),
        "parameters": parameters_of(network().named_parameters()),
        "cases": {name: train(**case) for name, case in CASES.items()},
    }
    pathlib.Path(__file__).with_suffix(".json").write_text(write(golden) + "\n")


main()
