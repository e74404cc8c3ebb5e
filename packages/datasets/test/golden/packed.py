"""Writes a packed data set with NumPy alone, and checks files that pack has written.

python3 packed.py write packed   writes the golden files to the folder `packed`
python3 packed.py check FILE …   checks hashes, and prints the numbers of all shards as JSON
"""
import hashlib
import json
import struct
import sys

import numpy as np

TYPES = {"U8": np.uint8, "F32": np.dtype("<f4"), "I32": np.dtype("<i4")}


def write_shard(path, description, tensors):
    text = json.dumps(description)
    data = b"".join(array.tobytes() for array in tensors.values())
    digest = hashlib.sha256(text.encode() + data).hexdigest()
    header = {"__metadata__": {"convoy.packed": text, "sha256": digest}}
    begin = 0
    for name, array in tensors.items():
        type_name = next(key for key, dtype in TYPES.items() if array.dtype == dtype)
        header[name] = {"dtype": type_name, "shape": list(array.shape), "data_offsets": [begin, begin + array.nbytes]}
        begin += array.nbytes
    head = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head + data)
    return digest


def write(folder):
    samples = (np.arange(5 * 3 * 2 * 2) * 7 % 256).astype(np.uint8).reshape(5, 3, 2, 2)
    labels = np.array([2, 0, 1, 1, 0], dtype=np.uint8)
    common = {
        "length": 5,
        "sampleShape": [3, 2, 2],
        "targets": {"kind": "labels", "classes": 3, "classNames": ["ant", "bée", "猫"], "shape": []},
        "normalization": {"scale": [0.5, 0.25, 2.0], "offset": [1.0, -1.0, 0.0]},
    }
    previous = ""
    for shard in range(3):
        rows = slice(2 * shard, 2 * shard + 2)
        place = {"version": 1, "shard": shard + 1, "shards": 3, "previous": previous}
        path = f"{folder}/bytes-{shard + 1:05d}-of-00003.safetensors"
        previous = write_shard(path, place | common, {"samples": samples[rows], "labels": labels[rows]})
    floats = (np.arange(12) / 8 - 0.5).astype("<f4").reshape(3, 4)
    values = np.array([[1.5], [-2.25], [1e-3]], dtype="<f4")
    description = {
        "version": 1,
        "shard": 1,
        "shards": 1,
        "previous": "",
        "length": 3,
        "sampleShape": [4],
        "targets": {"kind": "values", "shape": [1]},
        "normalization": {"scale": [1.0] * 4, "offset": [0.0] * 4},
    }
    write_shard(f"{folder}/floats.safetensors", description, {"samples": floats, "values": values})


def check(paths):
    shards = []
    for path in paths:
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
            data = file.read()
        metadata = header.pop("__metadata__")
        digest = hashlib.sha256(metadata["convoy.packed"].encode() + data).hexdigest()
        assert digest == metadata["sha256"], path
        tensors = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            array = np.frombuffer(data[begin:end], dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])
            tensors[name] = array.tolist()
        shards.append({"description": json.loads(metadata["convoy.packed"]), "sha256": digest, **tensors})
    print(json.dumps(shards))


if __name__ == "__main__":
    write(sys.argv[2]) if sys.argv[1] == "write" else check(sys.argv[2:])
