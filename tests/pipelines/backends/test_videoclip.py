"""VideoCLIP-XL's two towers against transformers' CLIP, whose weights they are given here under the published names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
import transformers as tf

from pipelines.aligners.align import VIDEO_CLIP, Align
from pipelines.backends.videoclip import EASYANIMATES, HUBS, VideoClip
from pipelines.errors import Fatal
from pipelines.records import Caption, Draft
from tests.pipelines.scorers.test_aesthetic import FILM
from tests.support import weights
from tests.support.scans import Scanned, material

Tiny = Callable[[str], Path]
WIDTH, OUT, PLACES = 64, 32, 248
EYES, WORDS = HUBS
NAMES = {
    "layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
}  # fmt: skip
FRAMES = [np.random.default_rng(seed).integers(0, 256, (60, 90, 3), np.uint8) for seed in range(8)]


@pytest.fixture(scope="module")
def model() -> Any:
    """One with 248 places, of which LongCLIP takes the first twenty from one table and the rest from another."""
    torch.manual_seed(0)
    tower = {"hidden_size": WIDTH, "intermediate_size": 4 * WIDTH, "num_hidden_layers": 2, "num_attention_heads": 1}
    ends = {"bos_token_id": 298, "eos_token_id": 299, "pad_token_id": 297}
    text = tower | {"vocab_size": 300, "max_position_embeddings": PLACES, **ends}
    vision = tower | {"image_size": 56, "patch_size": 14}
    return tf.CLIPModel(tf.CLIPConfig(text_config=text, vision_config=vision, projection_dim=OUT)).eval()


def blocks(tower: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The layers of a tower, renamed; three projections of attention become one."""
    found = {}
    for name, value in tower.items():
        layer, _, part = name.partition("layers.")[2].partition(".")
        theirs, _, kind = part.rpartition(".")
        place = f"{prefix}transformer.resblocks.{layer}"
        if theirs in NAMES:
            found[f"{place}.{NAMES[theirs]}.{kind}"] = value
        elif theirs == "self_attn.q_proj":
            found[f"{place}.attn.in_proj_{kind}"] = torch.cat(
                [tower[name.replace("q_proj", f"{one}_proj")] for one in "qkv"]
            )
    return found


def published(model: Any, *, frames: int) -> dict[str, Any]:
    """The weights of a CLIP as VideoCLIP-XL's file names them, without a sense of time."""
    eyes, words = model.vision_model.state_dict(), model.text_model.state_dict()
    table = words["embeddings.position_embedding.weight"]
    own, learned = table.clone(), table.clone()
    own[20:], learned[:20] = 9.0, 9.0  # what must not be looked at
    named = {
        EYES + "conv1.weight": eyes["embeddings.patch_embedding.weight"][:, :, None],
        EYES + "class_embedding": eyes["embeddings.class_embedding"],
        EYES + "positional_embedding": eyes["embeddings.position_embedding.weight"],
        EYES + "temporal_positional_embedding": torch.zeros(1, frames, WIDTH),
        EYES + "proj": model.visual_projection.weight.T.contiguous(),
        WORDS + "token_embedding.weight": words["embeddings.token_embedding.weight"],
        WORDS + "positional_embedding": own,
        WORDS + "positional_embedding_res": learned,
        WORDS + "text_projection": model.text_projection.weight.T.contiguous(),
        WORDS + "logit_scale": torch.tensor(4.6),
    }
    for kind in ("weight", "bias"):
        named[f"{EYES}ln_pre.{kind}"] = eyes[f"pre_layrnorm.{kind}"]
        named[f"{EYES}ln_post.{kind}"] = eyes[f"post_layernorm.{kind}"]
        named[f"{WORDS}ln_final.{kind}"] = words[f"final_layer_norm.{kind}"]
    return named | blocks(eyes, EYES) | blocks(words, WORDS)


@pytest.mark.parametrize("text", ["A dog.", "A person walks through a bright kitchen, then left, then right. " * 3])
def test_one_frame_and_a_text_are_as_far_apart_as_for_clip(text: str, model: Any, tiny_model: Tiny, tmp_path: Path) -> None:
    torch.save(published(model, frames=1), tmp_path / "xl.bin")
    ours = VideoClip(tmp_path / "xl.bin", tiny_model("clip"))
    assert (ours.frames, ours.longest) == (1, PLACES)
    blue_first = cv2.resize(FRAMES[0][:, :, ::-1], (56, 56)) / 255.0
    pixels = torch.from_numpy((blue_first - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).permute(2, 0, 1)[None].float()
    ids = tf.AutoTokenizer.from_pretrained(tiny_model("clip"))(text, return_tensors="pt", truncation=True, max_length=PLACES)
    with torch.inference_mode():
        seen = model.get_image_features(pixel_values=pixels).pooler_output
        said = model.get_text_features(input_ids=ids["input_ids"]).pooler_output
    expected = float(torch.nn.functional.cosine_similarity(seen, said))
    assert ours.fit(FRAMES[:1], [text]) == pytest.approx([expected], abs=1e-5)


def test_a_sense_of_time_is_what_tells_the_order_of_frames(model: Any, tiny_model: Tiny, tmp_path: Path) -> None:
    plain = published(model, frames=8)
    torch.save(plain, tmp_path / "plain.bin")
    timed = plain | {EYES + "temporal_positional_embedding": torch.randn(1, 8, WIDTH)}
    torch.save(timed, tmp_path / "timed.bin")
    without, with_time = (VideoClip(tmp_path / f"{name}.bin", tiny_model("clip")) for name in ("plain", "timed"))
    assert without.fit(FRAMES[::-1], ["a dog"]) == pytest.approx(without.fit(FRAMES, ["a dog"]), abs=1e-6)
    assert with_time.fit(FRAMES[::-1], ["a dog"])[0] != pytest.approx(with_time.fit(FRAMES, ["a dog"])[0], abs=1e-4)


def test_the_file_of_easyanimates_scripts_is_the_same_under_other_names(
    model: Any, tiny_model: Tiny, tmp_path: Path
) -> None:
    named = published(model, frames=8)
    torch.save(named, tmp_path / "hub.bin")
    for ours, theirs in zip(HUBS, EASYANIMATES, strict=True):
        named = {name.replace(ours, theirs, 1) if name.startswith(ours) else name: one for name, one in named.items()}
    torch.save(named | {"viclip_model.temp": torch.tensor(0.01)}, tmp_path / "easyanimate.bin")
    first, second = (VideoClip(tmp_path / f"{name}.bin", tiny_model("clip")) for name in ("hub", "easyanimate"))
    assert first.fit(FRAMES, ["a dog"]) == second.fit(FRAMES, ["a dog"])


@pytest.mark.parametrize("change", ["nothing there", "another name", "another size"])
def test_another_file_is_refused(change: str, model: Any, tiny_model: Tiny, tmp_path: Path) -> None:
    named = published(model, frames=8)
    changed = {
        "nothing there": {},
        "another name": {f"x{name}": one for name, one in named.items()},
        "another size": named | {EYES + "ln_pre.bias": torch.zeros(3)},
    }[change]
    torch.save(changed, tmp_path / "xl.bin")
    with pytest.raises(Fatal, match=r"xl\.bin does not hold VideoCLIP-XL-v2; copy the published file there again"):
        VideoClip(tmp_path / "xl.bin", tiny_model("clip"))


def test_the_aligner_asks_for_the_file_with_its_licence_then_takes_it(
    model: Any, scanned: Callable[[str], Scanned], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAPPER_MODELS", str(tmp_path))
    aligner = Align(model="videoclip-xl")
    with pytest.raises(Fatal, match=r"licence \(CC-BY-NC-SA-4\.0.*\) suits you, put VideoCLIP-XL-v2\.bin of alibaba-pai/"):
        aligner.setup()
    place = tmp_path / VIDEO_CLIP.repo
    place.mkdir(parents=True)
    torch.save(published(model, frames=8), place / VIDEO_CLIP.file)
    with pytest.raises(
        Fatal,
        match=r"reads with CLIP's tokenizer: put all files .* of openai/clip-vit-large-patch14",
    ):
        aligner.setup()
    weights.put("clip-l14", tmp_path, stand_in="clip")
    aligner.setup()
    clip = material(scanned(FILM).clips[0])
    (checked,) = aligner.process([Draft(clip, Caption("A man juggles. He stands on a lawn.", "somebody"))])
    assert len(checked.sentences) == 2
    assert all(-1 <= (score.value or 2) <= 1 for score in checked.scores)


def test_its_licence_is_said_where_people_choose() -> None:
    assert "non-commercial" in Align.about
    assert "not for commercial use" in VIDEO_CLIP.licence
