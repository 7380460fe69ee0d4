"""Installs the torchvision shim in the server's own processes, whose first line is not ours."""

from pipelines.backends import torchvision_shim

torchvision_shim.install()
