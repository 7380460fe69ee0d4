"""Stands in for sglang's compiled kernels on a CPU without AMX: names import, calls raise.

The server imports many names from here when it starts, and with plain torch chosen on its command line calls none. It asks
`torch.ops.sgl_kernel` with hasattr what the machine can do, so names that end in _cpu exist there and no others.
"""

from __future__ import annotations

from typing import Any

import torch

__version__ = "0.4.10"


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _absent(name)


def _absent(name: str) -> Any:
    def absent(*_: Any, **__: Any) -> None:
        raise NotImplementedError(f"sgl_kernel.{name} is not built for this machine")

    absent.__name__ = name
    absent.default = absent  # type: ignore[attr-defined]  # entries of torch.ops carry their overloads as attributes
    return absent


class _Ops:
    def __getattr__(self, name: str) -> Any:
        if not name.endswith("_cpu"):
            raise AttributeError(name)
        return _absent(name)


torch.ops.sgl_kernel = _Ops()  # type: ignore[assignment]
