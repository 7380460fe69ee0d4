"""Vectors from the real networks' code: against transformers used by hand, one at a time and many at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers as tf
from safetensors.torch import load_file, save_file

from pipelines import weights
from pipelines.backends.embed import BATCH, KINDS, Embedder, Image, describer
from pipelines.catalogue import Model
from pipelines.errors import Fatal

PICTURES = [np.random.default_rng(seed).integers(0, 256, (90, 160 - 8 * seed, 3), np.uint8) for seed in range(5)]
TEXTS = ["A dog runs across the field.", "Night.", "A person walks through a bright kitchen, then left, then right."]
LOOKERS = [kind for kind in KINDS if kind != "xclip"]
Tiny = Callable[[str], Path]


class Trap:
    """Whoever unpickles it runs code."""

    def __init__(self, sprung: Path) -> None:
        self._sprung = sprung

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self._sprung,)


@pytest.fixture(params=LOOKERS)
def looker(request: pytest.FixtureRequest, tiny_model: Tiny) -> Embedder:
    return Embedder(tiny_model(request.param))


def by_hand(place: Path, pictures: list[Image], texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """As the models' own pages tell to do it, one by one."""
    model, processor = tf.AutoModel.from_pretrained(place).eval(), tf.AutoProcessor.from_pretrained(place)
    padding = {} if "clip" in place.name else {"padding": "max_length", "max_length": 64, "padding_side": "right"}
    with torch.inference_mode():
        seen = [model.get_image_features(**processor.image_processor(one, return_tensors="pt")) for one in pictures]
        read = [processor.tokenizer(one.lower(), return_tensors="pt", **padding) for one in texts]
        said = [model.get_text_features(input_ids=one["input_ids"]) for one in read]
    found = (torch.cat([one.pooler_output for one in some]) for some in (seen, said))
    pictured, worded = (torch.nn.functional.normalize(one, dim=-1) for one in found)
    return pictured, worded


@pytest.mark.parametrize("kind", LOOKERS)
def test_vectors_are_those_of_the_model_used_by_hand(kind: str, tiny_model: Tiny) -> None:
    embedder = Embedder(tiny_model(kind))
    pictured, worded = by_hand(tiny_model(kind), PICTURES, TEXTS)
    assert np.allclose(embedder.pictures(PICTURES), pictured, atol=1e-5)
    assert np.allclose(embedder.texts(TEXTS), worded, atol=1e-5)
    assert embedder.fit(PICTURES, TEXTS) == pytest.approx((worded @ pictured.T).mean(1).tolist(), abs=1e-5)


def test_many_at_once_are_as_one_by_one(looker: Embedder) -> None:
    many = [PICTURES[0]] * (BATCH + 3) + PICTURES[1:]
    alone = np.concatenate([looker.pictures([one]) for one in many])
    assert np.allclose(looker.pictures(many), alone, atol=1e-5)
    assert alone.shape == (len(many), looker.width)
    assert len({tuple(row.round(3)) for row in alone}) == len(PICTURES)
    said = np.concatenate([looker.texts([one]) for one in TEXTS])
    assert np.allclose(looker.texts(TEXTS), said, atol=1e-5)
    assert np.allclose(np.linalg.norm(said, axis=1), 1, atol=1e-5)
    assert len({tuple(row.round(3)) for row in said}) == len(TEXTS)


def test_capitals_do_not_matter_and_length_is_counted(looker: Embedder) -> None:
    assert np.allclose(looker.texts(["A DOG"]), looker.texts(["a dog"]))
    assert looker.length(" ".join(["kitchen"] * 60)) > looker.longest > looker.length("a dog")


def test_a_clip_and_texts_go_through_xclip_together(tiny_model: Tiny) -> None:
    embedder = Embedder(tiny_model("xclip"))
    model, processor = (auto.from_pretrained(tiny_model("xclip")) for auto in (tf.AutoModel, tf.AutoProcessor))
    frames = [PICTURES[index % 5] for index in range(8)]
    frames = [np.ascontiguousarray(frame[:, :120]) for frame in frames]
    inputs = processor(text=[text.lower() for text in TEXTS], videos=[frames], return_tensors="pt", padding=True)
    with torch.inference_mode():
        expected = model.eval()(**inputs).logits_per_video[0] / model.logit_scale.exp()
    assert embedder.fit(frames, TEXTS) == pytest.approx(expected.tolist(), abs=1e-5)
    assert [embedder.fit(frames, [text])[0] for text in TEXTS] == pytest.approx(expected.tolist(), abs=1e-5)
    with pytest.raises(ValueError, match="takes 8 frames, not 3"):
        embedder.fit(frames[:3], TEXTS)


def test_key_frames_are_told_by_the_class_token(tiny_model: Tiny) -> None:
    place = tiny_model("clip")
    model, processor = tf.AutoModel.from_pretrained(place).eval(), tf.AutoProcessor.from_pretrained(place)
    with torch.inference_mode():
        inputs = processor.image_processor(PICTURES[:1], return_tensors="pt")
        expected = model.vision_model(**inputs).last_hidden_state[:, 0]
    found = describer(str(place))(PICTURES[:1])
    assert np.allclose(found, torch.nn.functional.normalize(expected, dim=-1), atol=1e-5)
    assert describer(str(tiny_model("siglip")))(PICTURES).shape == (5, 32)


def copied(place: Path, to: Path) -> Path:
    shutil.copytree(place, to)
    return to


def older(place: Path, to: Path, what: Any = None) -> Path:
    """The same model as it was published before there were safetensors."""
    found = load_file(copied(place, to) / "model.safetensors")
    (to / "model.safetensors").unlink()
    torch.save(what or found, to / "pytorch_model.bin")
    return to


def test_weights_of_an_older_kind_are_read_where_there_are_no_others(tiny_model: Tiny, tmp_path: Path) -> None:
    place = older(tiny_model("clip"), tmp_path / "clip")
    assert weights.find(Model(name="older", repo=str(place))) == place
    assert np.array_equal(Embedder(place).pictures(PICTURES), Embedder(tiny_model("clip")).pictures(PICTURES))


def test_weights_that_could_run_code_are_not_read(tiny_model: Tiny, tmp_path: Path) -> None:
    place = older(tiny_model("clip"), tmp_path / "clip", {"weight": Trap(tmp_path / "sprung")})
    with pytest.raises(
        Fatal, match=r"a weights file in .*clip is damaged or holds more than weights .* copy it there again"
    ):
        Embedder(place)
    assert not (tmp_path / "sprung").exists()


def test_weights_in_any_other_format_are_not_read(tiny_model: Tiny, tmp_path: Path) -> None:
    place = copied(tiny_model("clip"), tmp_path / "clip")
    (place / "model.safetensors").rename(place / "model.gguf")
    with pytest.raises(Fatal, match=r"no \.safetensors file and no pytorch_model\.bin; .* take a form of the model"):
        Embedder(place)


def test_a_damaged_file_is_named(tiny_model: Tiny, tmp_path: Path) -> None:
    place = copied(tiny_model("clip"), tmp_path / "clip")
    weights = place / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(Fatal, match=r"a weights file in .*clip is damaged or .* copy it there again"):
        Embedder(place)


def test_missing_weights_inside_the_file_are_no_random_ones(tiny_model: Tiny, tmp_path: Path) -> None:
    place = copied(tiny_model("clip"), tmp_path / "clip")
    found = load_file(place / "model.safetensors")
    del found["visual_projection.weight"]
    save_file(found, place / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(Fatal, match=r"lack 1 parts, visual_projection\.weight the first"):
        Embedder(place)


def test_code_of_a_models_own_does_not_run(tiny_model: Tiny, tmp_path: Path) -> None:
    place = copied(tiny_model("clip"), tmp_path / "own")
    (place / "own.py").write_text("raise SystemExit('it ran')")
    config = json.loads((place / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.OwnConfig", "AutoModel": "own.Own"}}
    (place / "config.json").write_text(json.dumps(config))
    with pytest.raises(Fatal, match="needs code of its own, which does not run unless its commit is allowed by name"):
        Embedder(place)


def test_another_kind_of_network_is_refused(tiny_model: Tiny) -> None:
    with pytest.raises(Fatal, match="holds a qwen3, which gives no vectors to compare; known: siglip"):
        Embedder(tiny_model("qwen3_text"))


def test_what_lacks_its_tokenizer_is_not_complete(tiny_model: Tiny, tmp_path: Path) -> None:
    place = copied(tiny_model("clip"), tmp_path / "clip")
    (place / "processor_config.json").unlink(missing_ok=True)
    (place / "preprocessor_config.json").unlink(missing_ok=True)
    with pytest.raises(Fatal, match=r"the model in .*clip"):
        Embedder(place)
