"""Queue: folders, lists or uploads in; runs and how far they are."""

from __future__ import annotations

import gradio as gr

from studio.page import Page, Studio


def build(studio: Studio) -> None:
    gr.Textbox(label="Folders, videos or lists", lines=3)
    gr.Dropdown(["quickstart"], label="Recipe")
    gr.Checkbox(label="A box")
    gr.Slider(0, 10, label="Slide")
    with gr.Accordion("More", open=False):
        gr.Number(label="N")
    gr.Button("Start", variant="primary")


PAGE = Page("Queue", "/queue", order=10, build=build)
