"""The screen: pages, their components, and the routes behind them. Imports no decoder and no model."""

import os

# Gradio reads this when it is first imported; nothing of ours may call home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
