"""Writes models.json: the losses of ten steps of training for each model, as PyTorch has them.

Run it with Debian's python3-torch (1.13 made the file that is checked in):

    python3 test/golden/models.py

Weights and one batch are drawn by portable.py; stochastic gradient descent with momentum on that batch. Losses are
those of float64; of PyTorch's own float32 the file has the greatest relative difference. ../golden-models.test.ts has the
same models by the same names.
"""

import pathlib

import torch
from portable import draws, named_parameters, numbers, write_json
from torch import nn

STEPS = 10
SAMPLES = 12  # No multiple of 8: the last block is not full.
LEARNING_RATE = 0.05
MOMENTUM = 0.9


def lenet5():
    return nn.Sequential(
        *[nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()],
        *[nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)],
    )


def cifar_cnn():
    def pair(before, filters):
        first, second = nn.Conv2d(before, filters, 3, padding=1), nn.Conv2d(filters, filters, 3, padding=1)
        return [first, nn.ReLU(), second, nn.ReLU(), nn.MaxPool2d(2)]

    classifier = [nn.Linear(4096, 128), nn.ReLU(), nn.Linear(128, 10)]
    return nn.Sequential(*pair(3, 32), *pair(32, 64), nn.Flatten(), *classifier)


# By the name of our function: the same model, and the shape of one sample of its input.
MODELS = {
    "lenet5": (lenet5, (1, 28, 28)),
    "cifarCnn": (cifar_cnn, (3, 32, 32)),
}


def first_values(name, shape):
    """Kernels within a power of two: the greatest that exceeds neither 1 nor He's limit √(6 / inputs).

    Near 1 what scales, and near 0 the rest.
    """
    inputs = torch.Size(shape[1:]).numel()
    limit = 1.0
    while name.endswith(".kernel") and limit * limit * inputs > 6:
        limit /= 2
    if name.endswith(".kernel"):
        return limit * numbers(name, shape, 1024)
    return (1 if name.endswith(".scale") else 0) + numbers(name, shape, 1024) / 8


def losses(make, input, dtype):
    """Of each step, before it. Labels are those of samples, or of places where the model has outputs for places."""
    model = make().to(dtype)
    for name, parameter in named_parameters(model):
        parameter.data = first_values(name, parameter.shape).to(dtype)
    inputs = numbers("inputs", (SAMPLES, *input), 1024).to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    result = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        output = model(inputs)
        shape = (SAMPLES, *output.shape[2:])
        labels = torch.tensor(draws("labels", torch.Size(shape).numel(), output.shape[1])).reshape(shape)
        loss = nn.functional.cross_entropy(output, labels)
        loss.backward()
        optimizer.step()
        result.append(loss.item())
    return result


def main():
    torch.set_num_threads(1)
    golden = {}
    for name, (make, input) in MODELS.items():
        exact, rounded = losses(make, input, torch.float64), losses(make, input, torch.float32)
        difference = max(abs(r - e) / e for r, e in zip(rounded, exact))
        golden[name] = {"losses": [float(f"{loss:.7g}") for loss in exact], "float32Difference": float(f"{difference:.1e}")}
        print(name, golden[name])
    write_json(pathlib.Path(__file__).with_suffix(".json"), golden)


main()
