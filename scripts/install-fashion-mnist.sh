#!/bin/sh
# Installs Fashion-MNIST from Debian's package dataset-fashion-mnist, about 31 MB, which needs root; where there is no apt-get, copy its four
# IDX files into any directory and name that (--data-dir, or fashionMnist({ directory })).
set -eu
apt-get install --yes --no-install-recommends dataset-fashion-mnist
