"""Writes tar files of samples in three formats, with Python's tarfile. The images are those of images.py.

/usr/bin/python3 packages/datasets/test/golden/tars.py
"""
import io
import os
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, form, members):
    with tarfile.open(os.path.join(HERE, name), "w", format=form) as tar:
        for path, content in members:
            info = tarfile.TarInfo(path)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def image(name):
    with open(os.path.join(HERE, "images", name), "rb") as file:
        return file.read()


rgb, gray = image("rgb.png"), image("gray.png")
write(
    "photos-ustar.tar",
    tarfile.USTAR_FORMAT,
    [("a.png", rgb), ("a.cls", b"1\n"), ("a.json", b"{}"), ("folder/b.cls", b"0"), ("folder/b.png", gray)],
)
long = "/".join(["a long folder"] * 12) + "/c"
write("photos-gnu.tar", tarfile.GNU_FORMAT, [(long + ".png", gray), (long + ".cls", b"cat")])
write(
    "photos-pax.tar",
    tarfile.PAX_FORMAT,
    [("größe/ü.png", rgb), ("größe/ü.cls", b"dog"), (long + ".v2.jpg", image("gray.jpg")), (long + ".cls", b"cat"), (long + ".png", gray)],
)
