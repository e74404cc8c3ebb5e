"""PyTorch as a contender, with the messages of src/peers/contenders/messages.ts.

    python3 pytorch.py FILE BATCH_SIZE '{"threads": 2, "backend": "channels-last"}'
"""

import json
import os
import struct
import sys
import time


def read_job(path):
    """The tensors by name, in the order of the file, and the description of the job."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    (header_bytes,) = struct.unpack_from("<Q", data)
    start = 8 + header_bytes
    header = json.loads(data[8:start])
    description = json.loads(header.pop("__metadata__")["description"])
    tensors = {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        first, last = entry["data_offsets"]
        numbers = torch.frombuffer(data, dtype=torch.float32, count=(last - first) // 4, offset=start + first)
        tensors[name] = numbers.reshape(entry["shape"])
    return tensors, description


def build(layers, parameter):
    """One function for all layers. The layers call `parameter` for their parameters, in order."""
    functions = [MAKERS[layer["kind"]](layer, parameter) for layer in layers]

    def forward(x):
        for function in functions:
            x = function(x)
        return x

    return forward


def conv2d(layer, parameter):
    kernel = parameter()
    bias = parameter() if layer["bias"] else None
    return lambda x: functional.conv2d(x, kernel, bias, layer["strides"], layer["padding"])


def batch_norm(layer, parameter):
    scale, offset = parameter(), parameter()
    mean, variance = torch.zeros_like(scale, requires_grad=False), torch.ones_like(scale, requires_grad=False)
    return lambda x: functional.batch_norm(x, mean, variance, scale, offset, training=True)


def dense(layer, parameter):
    kernel, bias = parameter(), parameter()
    return lambda x: functional.linear(x.flatten(1), kernel, bias)


def residual(layer, parameter):
    forward = build(layer["layers"], parameter)
    strides, zeros = layer["strides"], layer["zeros"]
    if strides == 1:
        return lambda x: forward(x) + x
    return lambda x: forward(x) + functional.pad(x[:, :, ::strides, ::strides], (0, 0, 0, 0, zeros, zeros))


MAKERS = {
    "conv2d": conv2d,
    "batchNorm": batch_norm,
    "dense": dense,
    "residual": residual,
    "relu": lambda layer, parameter: functional.relu,
    "sigmoid": lambda layer, parameter: torch.sigmoid,
    "maxPool": lambda layer, parameter: lambda x: functional.max_pool2d(x, 2),
    "globalAvgPool": lambda layer, parameter: lambda x: functional.adaptive_avg_pool2d(x, 1),
}


def half_sum(outputs, targets):
    return ((outputs - targets) ** 2).sum() / (2 * len(outputs))


class Training:
    def __init__(self, path, batch_size, channels_last):
        tensors, description = read_job(path)

        def arranged(tensor):
            return tensor.contiguous(memory_format=torch.channels_last) if channels_last and tensor.dim() == 4 else tensor

        inputs, labels = tensors.pop("inputs"), tensors.pop("labels")
        is_classifier = description["targets"] == "classes"
        self.loss = functional.cross_entropy if is_classifier else half_sum
        labels = labels.long() if is_classifier else labels
        full = len(inputs) // batch_size * batch_size
        self.batches = [
            (arranged(x), y) for x, y in zip(inputs[:full].split(batch_size), labels[:full].split(batch_size))
        ]
        parameters = [arranged(tensor).clone().requires_grad_() for tensor in tensors.values()]
        self.forward = build(description["layers"], iter(parameters).__next__)
        self.optimizer = torch.optim.SGD(parameters, lr=description["learningRate"], momentum=description["momentum"])
        self.next = 0

    def step(self):
        """Takes one step; returns the loss before it."""
        inputs, labels = self.batches[self.next]
        self.next = (self.next + 1) % len(self.batches)
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.forward(inputs), labels)
        loss.backward()
        self.optimizer.step()
        return loss

    def answer(self, request):
        if "losses" in request:
            return {"losses": [self.step().item() for _ in range(request["losses"])]}
        start = time.perf_counter()
        steps = seconds = 0
        while seconds < request["seconds"]:
            loss = self.step()
            steps += 1
            seconds = time.perf_counter() - start
        assert loss.isfinite(), f"The loss is {loss.item()}."
        return {"steps": steps, "seconds": seconds}


def blas():
    """The BLAS library that was loaded: the reference BLAS of Debian is several times slower than OpenBLAS."""
    try:
        with open("/proc/self/maps") as maps:
            paths = {line.split()[-1] for line in maps if "blas" in line.rpartition("/")[2]}
    except OSError:
        return ""
    return "".join(f", {name}" for name in sorted(map(os.path.basename, map(os.path.realpath, paths))))


def reply(message):
    print(json.dumps(message), flush=True)


try:
    path, batch_size, settings = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
    # OpenMP reads this when it is loaded.
    os.environ["OMP_NUM_THREADS"] = str(settings["threads"])
    import torch
    from torch.nn import functional

    torch.set_num_threads(settings["threads"])
    training = Training(path, batch_size, settings.get("backend") == "channels-last")
    reply({"version": f"PyTorch {torch.__version__}{blas()}"})
    for line in sys.stdin:
        reply(training.answer(json.loads(line)))
except Exception as error:
    reply({"error": f"{type(error).__name__}: {error}"})
