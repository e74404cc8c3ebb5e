"""Writes images of many kinds with Pillow, and the pixels that Pillow finds in them, as (height, width, channels) of RGB bytes.

/usr/bin/python3 packages/datasets/test/golden/images.py   (Debian: python3-pil, python3-numpy)
"""
import json
import os

import numpy as np
from PIL import Image

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "images")
H, W = 6, 9
rng = np.random.default_rng(1)
y, x = np.mgrid[0:H, 0:W]
smooth = np.stack([20 + 25 * x, 30 + 35 * y, 10 + 12 * (x + y)], axis=-1)
rgb = np.clip(smooth + rng.integers(0, 12, (H, W, 3)), 0, 255).astype(np.uint8)
gray = rgb[..., 1]
image = Image.fromarray(rgb)
expected = {}


def save(name, img, seen, **options):
    img.save(os.path.join(HERE, name), **options)
    expected[name] = {"shape": list(seen.shape), "pixels": seen.reshape(-1).tolist()}


def seen(name):
    """What Pillow decodes, as RGB."""
    with Image.open(os.path.join(HERE, name)) as img:
        return np.asarray(img.convert("RGB"))


save("rgb.png", image, rgb)
save("gray.png", Image.fromarray(gray), np.repeat(gray[..., None], 3, axis=-1))
palette = image.quantize(16)
save("palette.png", palette, np.asarray(palette.convert("RGB")))
save("bits.png", Image.fromarray(gray > 128), np.repeat(((gray > 128) * 255).astype(np.uint8)[..., None], 3, axis=-1))
deep = (gray.astype(np.uint16) * 257)
Image.fromarray(deep).save(os.path.join(HERE, "gray16.png"))
expected["gray16.png"] = {"shape": [H, W, 3], "pixels": np.repeat(gray[..., None], 3, axis=-1).reshape(-1).tolist()}
alpha = np.where(x < 4, 255, 0).astype(np.uint8)
on_black = np.where(alpha[..., None] > 0, rgb, 0).astype(np.uint8)
save("alpha.png", Image.fromarray(np.dstack([rgb, alpha])), on_black)
save("lossless.webp", image, rgb, lossless=True)
image.save(os.path.join(HERE, "frames.gif"), save_all=True, append_images=[Image.fromarray(255 - rgb)])
expected["frames.gif"] = {"shape": [H, W, 3], "pixels": seen("frames.gif").reshape(-1).tolist()}
image.save(os.path.join(HERE, "rgb.tiff"))
expected["rgb.tiff"] = {"shape": [H, W, 3], "pixels": rgb.reshape(-1).tolist()}
for name, mode in [("rgb.jpg", "RGB"), ("gray.jpg", "L"), ("cmyk.jpg", "CMYK")]:
    image.convert(mode).save(os.path.join(HERE, name), quality=95, subsampling=0)
    expected[name] = {"shape": [H, W, 3], "pixels": seen(name).reshape(-1).tolist()}
exif = Image.Exif()
exif[0x0112] = 6  # The camera was rotated: people see the image turned by 90° clockwise.
image.save(os.path.join(HERE, "rotated.jpg"), quality=95, subsampling=0, exif=exif)
turned = np.rot90(seen("rotated.jpg"), -1)
expected["rotated.jpg"] = {"shape": list(turned.shape), "pixels": turned.reshape(-1).tolist()}
with open(os.path.join(HERE, "expected.json"), "w") as file:
    json.dump(expected, file)
    file.write("\n")
