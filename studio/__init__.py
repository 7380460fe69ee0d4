"""The screen: pages, their components, and the routes behind them. Imports no decoder and no model."""
