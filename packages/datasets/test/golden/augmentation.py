"""Writes augmentation.json: small images, and what torchvision, Pillow and SciPy make of them.

Needs Debian's python3-torchvision (0.14) and python3-scipy: /usr/bin/python3 packages/datasets/test/golden/augmentation.py
Images are stored as base64 of [channels, height, width]: bytes, or float32 in the order of little-endian machines.
"""

import base64
import sys
from pathlib import Path

import numpy as np
import torch
import torchvision.transforms.functional as F
from PIL import Image
from scipy import ndimage
from torchvision.transforms import InterpolationMode

sys.path.append(str(Path(__file__).parents[4] / "test" / "golden"))
from portable import write_json  # noqa: E402

HEIGHT, WIDTH = 12, 9
MODES = {"nearest": InterpolationMode.NEAREST, "bilinear": InterpolationMode.BILINEAR}


def picture(seed, channels):
    """Smooth waves with some noise, so that neighbors are similar but not equal."""
    noise = np.random.default_rng(seed).integers(-40, 41, (channels, HEIGHT, WIDTH))
    c, y, x = np.mgrid[0:channels, 0:HEIGHT, 0:WIDTH]
    waves = 127 + 110 * np.sin(0.5 * x + 0.9 * c + seed) * np.cos(0.4 * y - 0.6 * c)
    return np.clip(waves + noise, 0, 255).astype(np.uint8)


def encoded(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def to_pil(array):
    if array.dtype == np.float32:
        return Image.fromarray(array[0], mode="F")
    return Image.fromarray(array[0]) if len(array) == 1 else Image.fromarray(array.transpose(1, 2, 0))


def from_pil(image):
    array = np.asarray(image)
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)


images = {"color": picture(1, 3), "gray": picture(2, 1)}
images["float"] = (picture(3, 1).astype(np.float32) - 100) / 64
cases = []


def case(image, operation, options, result):
    assert result.shape == images[image].shape and result.dtype == images[image].dtype
    cases.append({"image": image, "operation": operation, "options": options, "result": encoded(result)})


def on_pil(image, operation, options, function):
    case(image, operation, options, from_pil(function(to_pil(images[image]))))


def on_tensor(image, operation, options, function):
    case(image, operation, options, function(torch.from_numpy(images[image].copy())).numpy())


for name in images:
    on_tensor(name, "horizontalFlip", {"probability": 1}, F.hflip)
    on_tensor(name, "verticalFlip", {"probability": 1}, F.vflip)

for angle in (30, -17, 90, 180):
    for mode in MODES:
        fill = 77
        options = {"degrees": [angle, angle], "interpolation": mode, "fill": fill}
        on_pil("color", "rotate", options, lambda i: F.rotate(i, angle, MODES[mode], fill=fill))
options = {"degrees": [12, 12], "fill": -1}
on_pil("float", "rotate", options, lambda i: F.rotate(i, 12, MODES["bilinear"], fill=-1))

# torchvision counts the angles of `affine` clockwise.
for mode in MODES:
    for angle, x, y, scale, shear in ((0, 2, -3, 1, (0, 0)), (0, 0, 0, 1.3, (0, 0)), (0, 0, 0, 0.8, (0, 0)),
                                      (0, 0, 0, 1, (20, 0)), (0, 0, 0, 1, (0, -15)), (25, -1, 2, 0.9, (10, 5))):
        options = {
            "degrees": [-angle, -angle], "scale": [scale, scale], "interpolation": mode, "fill": 10,
            "translate": {"x": [x / WIDTH, x / WIDTH], "y": [y / HEIGHT, y / HEIGHT]},
            "shear": {"x": [shear[0], shear[0]], "y": [shear[1], shear[1]]},
        }
        moved = lambda i: F.affine(i, angle, [x, y], scale, list(shear), MODES[mode], fill=10)
        on_pil("gray", "affine", options, moved)

for factor in (0, 0.4, 1.7):
    on_tensor("color", "brightness", {"factor": [factor, factor]}, lambda i: F.adjust_brightness(i, factor))
    on_tensor("color", "contrast", {"factor": [factor, factor]}, lambda i: F.adjust_contrast(i, factor))
    on_tensor("gray", "contrast", {"factor": [factor, factor]}, lambda i: F.adjust_contrast(i, factor))
    on_tensor("color", "saturation", {"factor": [factor, factor]}, lambda i: F.adjust_saturation(i, factor))
    on_tensor("color", "sharpness", {"factor": [factor, factor]}, lambda i: F.adjust_sharpness(i, factor))
for shift in (-0.5, -0.13, 0.3):
    on_tensor("color", "hue", {"shift": [shift, shift]}, lambda i: F.adjust_hue(i, shift))
on_pil("color", "grayscale", {"probability": 1}, lambda i: F.to_grayscale(i, 3))
for bits in (1, 3, 8):
    on_tensor("color", "posterize", {"bits": bits}, lambda i: F.posterize(i, bits))
for threshold in (0, 100, 255):
    on_tensor("gray", "solarize", {"threshold": threshold}, lambda i: F.solarize(i, threshold))
on_tensor("color", "autoContrast", {}, F.autocontrast)


def crops(size, padding):
    """Every crop of the padded image, scaled to the size of the image: order 1 is bilinear, and borders repeat."""
    image = images["gray"]
    padded = np.pad(image[0].astype(np.float64), padding, constant_values=50)
    results = []
    for top in range(padded.shape[0] - size[0] + 1):
        for left in range(padded.shape[1] - size[1] + 1):
            step = np.array([size[0] / HEIGHT, size[1] / WIDTH])
            offset = (step - 1) / 2 + [top, left]
            exact = ndimage.affine_transform(padded, step, offset, (HEIGHT, WIDTH), order=1, mode="nearest")
            results.append(np.floor(exact + 0.5).astype(np.uint8))
    return encoded(np.stack(results))


random_places = [
    {"options": {"padding": 1, "fill": 50}, "results": crops((HEIGHT, WIDTH), 1)},
    {"options": {"size": [10, 7]}, "results": crops((10, 7), 0)},
    {"options": {"size": 8}, "results": crops((8, 8), 0)},
]

# `equalize` changes an image only if it has at least 255 pixels; from 510 on, a level is shared by several pixels.
large = np.random.default_rng(5).integers(20, 150, (3, 30, 25)).astype(np.uint8)
large[2] = 7
equalized = F.equalize(torch.from_numpy(large)).numpy()

write_json(Path(__file__).with_suffix(".json"), {
    "height": HEIGHT,
    "width": WIDTH,
    "images": {name: encoded(image) for name, image in images.items()},
    "cases": cases,
    "randomCrops": random_places,
    "equalize": {"shape": large.shape, "image": encoded(large), "result": encoded(equalized)},
})
