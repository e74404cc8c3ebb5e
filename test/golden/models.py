"""Writes models.json: the losses of ten training steps of each model, computed by PyTorch.

Run it with Debian's python3-torch (version 1.13 made the checked-in file):

    python3 test/golden/models.py

portable.py draws the parameters and one batch; each model trains on that batch by stochastic gradient descent with
momentum. The losses are those of float64; the file also contains the greatest relative difference of PyTorch's own
float32. ../golden-models.test.ts has the same models with the same names.
"""

import pathlib

import torch
from portable import draws, named_parameters, numbers, write_json
from torch import nn

STEPS = 10
SAMPLES = 12  # Not a multiple of 8: the last block is not full.
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


def normalized(before, filters, size, stride=1, groups=1):
    convolution = nn.Conv2d(before, filters, size, stride, padding=size // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(filters)]


class ResidualBlock(nn.Module):
    """Where the shape changes, the shortcut pads the new channels with zeros: option A of the paper."""

    def __init__(self, before, filters, stride):
        super().__init__()
        first, second = normalized(before, filters, 3, stride), normalized(filters, filters, 3)
        self.residual = nn.Sequential(*first, nn.ReLU(), *second)
        self.stride = stride
        self.zeros = (filters - before) // 2

    def forward(self, x):
        shortcut = x[:, :, :: self.stride, :: self.stride]
        shortcut = nn.functional.pad(shortcut, (0, 0, 0, 0, self.zeros, self.zeros))
        return torch.relu(self.residual(x) + shortcut)


def resnet20():
    blocks = [ResidualBlock(16, 16, 1) for _ in range(3)]
    for filters in (32, 64):
        blocks += [ResidualBlock(filters // 2, filters, 2)]
        blocks += [ResidualBlock(filters, filters, 1) for _ in range(2)]
    pooling = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*normalized(3, 16, 3), nn.ReLU(), *blocks, *pooling, nn.Linear(64, 10))


def mobile_net_small():
    """MobileNet with a quarter of the channels."""
    layers = [*normalized(3, 8, 3), nn.ReLU()]
    before = 8
    for filters, stride in [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), *[(128, 1)] * 5, (256, 2), (256, 1)]:
        depthwise = normalized(before, before, 3, stride, groups=before)
        layers += [*depthwise, nn.ReLU(), *normalized(before, filters, 1), nn.ReLU()]
        before = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10))


class Level(nn.Module):
    """One level of a U-Net and all levels below it."""

    def __init__(self, before, filters, poolings):
        super().__init__()
        self.down = self.pair(before, filters)
        self.has_below = poolings > 0
        if self.has_below:
            up = nn.ConvTranspose2d(2 * filters, filters, 2, 2)
            self.below = nn.Sequential(nn.MaxPool2d(2), Level(filters, 2 * filters, poolings - 1), up)
            self.up = self.pair(2 * filters, filters)

    def pair(self, before, filters):
        first, second = normalized(before, filters, 3), normalized(filters, filters, 3)
        return nn.Sequential(*first, nn.ReLU(), *second, nn.ReLU())

    def forward(self, x):
        down = self.down(x)
        return self.up(torch.cat([down, self.below(down)], 1)) if self.has_below else down


def u_net_small():
    return nn.Sequential(Level(1, 16, 2), nn.Conv2d(16, 3, 1))


# By the name of Convoy's function: the same model, the shape of one input sample, and the learning rate. The images are
# smaller than usual for models with normalization, so that the tests take seconds. The learning rates are small: where the
# two greatest numbers of a window, or a number and the kink of a ReLU, differ by less than a rounding error, the error
# decides which of them gets the gradient. At 0.03 such a case changed the losses of cifarCnn by 5e-4 within ten steps with
# direct convolutions, at 0.05 by 2e-4 with Winograd's algorithm.
MODELS = {
    "lenet5": (lenet5, (1, 28, 28), 0.05),
    "cifarCnn": (cifar_cnn, (3, 32, 32), 0.005),
    "resnet20": (resnet20, (3, 16, 16), 0.002),
    "mobileNetSmall": (mobile_net_small, (3, 16, 16), 0.002),
    "uNetSmall": (u_net_small, (1, 16, 16), 0.05),
}


def initial_values(name, shape):
    """Kernels are within the greatest power of two that exceeds neither 1 nor He's limit √(6 / inputs).

    Scales and offsets of normalization are near 1, all other parameters near 0. With smaller offsets, every following ReLU
    would set half of the numbers to 0, gradients would grow from layer to layer, and after ten steps through many layers
    float32 would have no digit in common with float64.
    """
    values = numbers(name, shape, 1024)
    if name.endswith((".scale", ".offset")):
        return 1 + values / 8
    if name.endswith(".kernel"):
        limit = 1.0
        while limit * limit * torch.Size(shape[1:]).numel() > 6:
            limit /= 2
        return limit * values
    return values / 8


def losses(make, input, learning_rate, dtype):
    """The loss before each step. There is one label per sample, or one per pixel if the model has outputs per pixel."""
    model = make().to(dtype)
    for name, parameter in named_parameters(model):
        parameter.data = initial_values(name, parameter.shape).to(dtype)
    inputs = numbers("inputs", (SAMPLES, *input), 1024).to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=MOMENTUM)
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
    for name, (make, input, learning_rate) in MODELS.items():
        exact, rounded = (losses(make, input, learning_rate, dtype) for dtype in (torch.float64, torch.float32))
        difference = max(abs(r - e) / e for r, e in zip(rounded, exact))
        golden[name] = {
            "input": input,
            "learningRate": learning_rate,
            "losses": [float(f"{loss:.7g}") for loss in exact],
            "float32Difference": float(f"{difference:.1e}"),
        }
        print(name, golden[name])
    write_json(pathlib.Path(__file__).with_suffix(".json"), golden)


main()
