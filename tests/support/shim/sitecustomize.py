"""Makes torchvision work in processes whose first line is not ours: servers of others, which Python starts with this.

The published torchvision wants CUDA's libraries; beside a torch without them its compiled parts are missing, among them the
decoder of pictures, for which Pillow stands in.
"""

from __future__ import annotations

import io
import sys
from typing import Any

if not any("leash" in word for word in sys.orig_argv):  # that one only starts the other
    from pipelines.backends import torchvision_shim

    torchvision_shim.install()

    import numpy as np
    import torch
    import torchvision.io
    from PIL import Image

    def decode_image(data: Any, *_: Any, **__: Any) -> Any:
        picture = Image.open(io.BytesIO(bytes(data.numpy()))).convert("RGB")
        return torch.from_numpy(np.array(picture)).permute(2, 0, 1)

    torchvision.io.decode_image = torchvision.io.image.decode_image = decode_image
