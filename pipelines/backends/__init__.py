"""The only files that import torch: one a network. Nobody imports them but who needs them, when they do."""
