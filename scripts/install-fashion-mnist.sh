#!/bin/sh
# Installs Fashion-MNIST from Debian's package dataset-fashion-mnist (about 31 MB). This needs root. On a system without apt-get, copy the four
# IDX files into any directory and pass it as --data-dir or fashionMnist({ directory }).
set -eu
apt-get install --yes --no-install-recommends dataset-fashion-mnist
