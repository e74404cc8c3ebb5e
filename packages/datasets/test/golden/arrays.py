"""Writes the golden files of arrays with NumPy and Python's own gzip, zipfile and csv: python3 arrays.py"""

import csv
import gzip
import struct
import zipfile
from pathlib import Path

import numpy

here = Path(__file__).parent

# 24 samples of 2 × 3, in every type, both orders of bytes and both orders of elements.
counts = numpy.arange(2 * 3 * 4).reshape(4, 3, 2)
types = {}
for kind in ["b1", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]:
    numbers = counts % 2 if kind == "b1" else counts - 5 if kind[0] == "i" else counts / 4 - 2 if kind[0] == "f" else counts
    for order in "<>":
        for layout in "CF":
            name = f"{kind}_{'little' if order == '<' else 'big'}_{layout}"
            types[name] = numpy.asarray(numbers, dtype=order + kind, order=layout)
numpy.savez_compressed(here / "types.npz", targets=numpy.arange(4, dtype="float32"), **types)

# The file that users of Keras have: images with the channels last, labels in a column.
images = numpy.arange(5 * 2 * 3 * 3, dtype="uint8").reshape(5, 2, 3, 3)
keras = {
    "x_train": images[:3],
    "y_train": numpy.array([[2], [0], [1]], dtype="int64"),
    "x_test": images[3:],
    "y_test": numpy.array([[3], [0]], dtype="int64"),
}
numpy.savez(here / "keras.npz", **keras)
numpy.savez_compressed(here / "keras-compressed.npz", **keras)
numpy.savez(here / "unicode.npz", **{"Bilder-für-x": images, "разметка": numpy.arange(5)})
medical = {
    "train_images": images[:3],
    "train_labels": numpy.array([[2], [0], [3]], dtype="uint8"),
    "val_images": images[3:],
    "val_labels": numpy.array([[1], [0]], dtype="uint8"),
}
numpy.savez_compressed(here / "medical.npz", **medical)
numpy.savez(here / "empty.npz")

# Python writes the fields of zip64 for sizes and positions above a limit.
limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, 100
numpy.savez(here / "zip64.npz", **keras)
zipfile.ZIP64_LIMIT = limit

# The three versions of .npy.
numpy.save(here / "images.npy", images)
numpy.save(here / "labels.npy", numpy.array([4, 0, 1, 2, 3]))
for version in [(2, 0), (3, 0)]:
    with open(here / f"images-v{version[0]}.npy", "wb") as file:
        numpy.lib.format.write_array(file, images, version=version)
numpy.save(here / "values-fortran.npy", numpy.asfortranarray(numpy.linspace(-1, 1, 10).reshape(5, 2)))
halves = numpy.array([0, -0.0, 1 / 3, 65504, -65504, 6e-8, -6e-5, 6.2e-5, 2048], dtype="float16")
numpy.save(here / "halves.npy", halves)
numpy.save(here / "halves-as-floats.npy", halves.astype("float32"))
numpy.save(here / "not-finite.npy", numpy.array([1, numpy.inf], dtype="float16"))
numpy.save(here / "texts.npy", numpy.array(["a", "b"]))
numpy.save(here / "records.npy", numpy.zeros(2, dtype=[("x", "f4"), ("y", "i4")]))

# IDX with Python's struct, in gzip files of one and of several members, with zeros behind them.
idx_images = struct.pack(">HBBIII", 0, 8, 3, 6, 2, 2) + bytes(range(24))
idx_labels = struct.pack(">HBBI", 0, 8, 1, 6) + bytes([0, 25, 3, 1, 1, 2])
(here / "letters-images.gz").write_bytes(gzip.compress(idx_images, mtime=0))
(here / "letters-labels").write_bytes(idx_labels)
members = [idx_images[:9], idx_images[9:20], idx_images[20:], b""]
(here / "members.gz").write_bytes(b"".join(gzip.compress(member, mtime=0) for member in members) + bytes(512))

# CIFAR: one or two bytes of labels, then the planes red, green and blue.
random = numpy.random.default_rng(1)
for name, heads in {
    "cifar-10/data_batch_1.bin": [[9], [0]],
    "cifar-10/data_batch_2.bin": [[1]],
    "cifar-10/data_batch_3.bin": [[2]],
    "cifar-10/data_batch_4.bin": [[3]],
    "cifar-10/data_batch_5.bin": [[4]],
    "cifar-10/test_batch.bin": [[5]],
    "cifar-100/train.bin": [[19, 99], [3, 42]],
    "cifar-100/test.bin": [[0, 7]],
}.items():
    path = here / name
    path.parent.mkdir(exist_ok=True)
    heads = numpy.array(heads, dtype="uint8")
    planes = random.integers(0, 4, (len(heads), 3, 32, 32), dtype="uint8") * 80
    # The first pixel is 100, 101 and 102 in red, green and blue, plus ten times the first label.
    planes[:, :, 0, 0] = 100 + numpy.arange(3) + 10 * heads[:, :1]
    path.write_bytes(numpy.concatenate([heads, planes.reshape(len(heads), -1)], axis=1).tobytes())
classes = "airplane automobile bird cat deer dog frog horse ship truck".split()
(here / "cifar-10/batches.meta.txt").write_text("\n".join(classes) + "\n\n")
(here / "cifar-100/fine_label_names.txt").write_text("".join(f"fine {i}\n" for i in range(100)))
(here / "cifar-100/coarse_label_names.txt").write_text("".join(f"coarse {i}\n" for i in range(20)))

# Tables as Python's csv writes them: CRLF, quotes around commas and line breaks.
with open(here / "flowers.csv", "w", newline="", encoding="utf-8") as file:
    table = csv.writer(file)
    table.writerow(["length, cm", "width", "species"])
    table.writerows([[5.1, 3.5, "setosa"], [7, 3.2, "versicolor"], [6.3, 3.3, "virginica, \nlarge"], [4.9, 3, "setosa"]])
with open(here / "pixels.csv", "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["label", *(f"pixel{i}" for i in range(4))])
    table.writerows([[7, 0, 255, 128, 1], [1, 3, 2, 1, 0]])
with open(here / "iris.csv", "w", newline="") as file:
    table = csv.writer(file)
    table.writerow(["sepal length", "sepal width", "petal length", "species"])
    table.writerows([[5.1, 3.5, 1.4, "setosa"], [7, 3.25, 4.7, "versicolor"], [4.9, 3, 1.4, "setosa"]])
