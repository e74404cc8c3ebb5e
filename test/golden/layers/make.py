"""Writes the results of PyTorch for each layer and each loss with each of their options: for each family in this folder
a .json file with the cases and a .safetensors file with the results.

Run it with Debian's python3-torch (version 1.13 made the checked-in files) and NumPy:

    python3 test/golden/layers/make.py

PyTorch computes in float64, and the results are rounded to float32 once, so that a test measures only the error of
Convoy's float32. The tables contain the difference of PyTorch's own float32: the greatest over the tensors, relative to the
greatest number of the tensor. ../../golden-layers.test.ts reads the files.
"""

import json
import pathlib
import struct
import sys

import torch

FOLDER = pathlib.Path(__file__).parent
sys.path.append(str(FOLDER.parent))

import activations  # noqa: E402
import batch_normalization  # noqa: E402
import convolutions  # noqa: E402
import dense  # noqa: E402
import dropout  # noqa: E402
import merge_layers  # noqa: E402
import losses  # noqa: E402
import normalization  # noqa: E402
import pooling  # noqa: E402
import shaping  # noqa: E402
import spatial  # noqa: E402
from portable import write_json  # noqa: E402

FAMILIES = [
    *[activations, batch_normalization, convolutions, dense, dropout, merge_layers],
    *[losses, normalization, pooling, shaping, spatial],
]


def main():
    torch.set_num_threads(1)
    for family in FAMILIES:
        table, tensors = [], {}
        for case in family.CASES:
            exact = case.results(torch.float64)
            rounding = greatest_difference(case.results(torch.float32), exact)
            assert rounding < case.tolerance, f"{case.name}: PyTorch's float32 is {rounding} away itself"
            table.append({**case.description(), "float32Difference": float(f"{rounding:.1e}")})
            tensors.update({f"{case.name}/{name}": tensor for name, tensor in exact.items()})
        assert len({case.name for case in family.CASES}) == len(table), f"two cases of {family.__name__} share a name"
        write_json(FOLDER / f"{family.__name__}.json", table)
        (FOLDER / f"{family.__name__}.safetensors").write_bytes(safetensors(tensors))
        print(f"{family.__name__}: {len(table)} cases, float32 within {max(c['float32Difference'] for c in table)}")


def greatest_difference(actual, expected):
    pairs = [(actual[name].double(), expected[name]) for name in expected]
    return max(((a - e).abs().max() / e.abs().max()).item() for a, e in pairs)


def safetensors(tensors):
    """The bytes of the format: the length of the header, the header, and the numbers as little-endian float32."""
    header, data = {}, b""
    for name, tensor in tensors.items():
        begin = len(data)
        data += tensor.numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


main()
