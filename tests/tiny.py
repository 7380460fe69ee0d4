"""Tiny checkpoints of the real architectures: random weights, real processors, 0.15 to 0.65 MB and below 0.2 s each.

They load through the Auto classes like published ones, so tests run the code that loads and batches real models. The weights
depend on the name alone; the words they produce mean nothing. What is easy to get wrong, and is right here:

- the tokenizer is saved with left padding, or batched generation would start from padding;
- `mrope_section` sums to half of the head dimension, 4;
- the chat template is saved with the processor, and media turn into exactly the placeholder that the processor expands;
- the generation config has the tokenizer's own end and padding, and does not sample.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.backends import torchvision_shim

torchvision_shim.install()

import torch  # noqa: E402
import transformers as tf  # noqa: E402
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers  # noqa: E402
from transformers.models.smolvlm.processing_smolvlm import DEFAULT_CHAT_TEMPLATE as SMOLVLM_TEMPLATE  # noqa: E402

torch.set_num_threads(1)  # nothing here is worth a second thread
tf.utils.logging.disable_progress_bar()
tf.utils.logging.set_verbosity_error()

Made = tuple[Any, Any, Any]
"""Model, processor, tokenizer."""
WORDS = (
    "a person walks slowly through a bright kitchen while the camera pans left. "
    "the dog runs across the green field, then jumps over a low fence. "
    "describe the video in detail. subject action background camera style lighting. "
    "yes no good bad first then finally in the background the foreground 0 1 2 3 4 5 6 7 8 9 Frame from H:MM:SS seconds"
)
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% if m['content'] is string %}{{ m['content'] }}{% else %}{% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}IMAGE{% elif c['type'] == 'video' %}VIDEO{% else %}{{ c['text'] }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
VICUNA = (
    "{% for m in messages %}{{ m['role'] | upper }}: {% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}<image>\n{% elif c['type'] == 'video' %}<video>\n{% else %}{{ c['text'] }}{% endif %}"
    "{% endfor %}\n{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)
TEXT: dict[str, Any] = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "max_position_embeddings": 8192,
}  # fmt: skip
TOWER: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
QWEN_TOWER: dict[str, Any] = {"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "out_hidden_size": 32}
SIDE, PATCH = 56, 14
SQUARE = {"height": SIDE, "width": SIDE}
GRID = [[SIDE, 2 * SIDE], [2 * SIDE, SIDE], [2 * SIDE, 2 * SIDE]]


def write(name: str, folder: Path) -> Path:
    """Write one checkpoint to `folder`/`name` and return that path. The same bytes every time."""
    before = torch.get_rng_state()
    torch.manual_seed(0)
    made = MODELS[name]()
    torch.set_rng_state(before)
    return save(made, folder / name)


def save(made: Made, place: Path) -> Path:
    """Write what was built as people publish it."""
    model, processor, tokenizer = made
    if model.can_generate():
        model.generation_config.update(
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            do_sample=False,
        )
    model.eval().save_pretrained(place)
    processor.save_pretrained(place)
    return place


def byte_tokenizer(special: list[str], *, vocab: int = 400, side: str = "left", **named: Any) -> Any:
    """A byte-level BPE tokenizer trained on a few words: it encodes any text, in a vocabulary of a few hundred."""
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocab - len(special), initial_alphabet=alphabet, show_progress=False)
    core.train_from_iterator(WORDS.split(". "), trainer)
    core.add_special_tokens(special)
    return tf.PreTrainedTokenizerFast(tokenizer_object=core, padding_side=side, **{"model_max_length": 8192} | named)


def vocabulary(tokenizer: Any) -> dict[str, Any]:
    ids = {f"{kind}_token_id": getattr(tokenizer, f"{kind}_token_id") for kind in ("pad", "bos", "eos")}
    return {"vocab_size": len(tokenizer), **ids}


def chatml(image: str, video: str) -> str:
    return CHATML.replace("IMAGE", image).replace("VIDEO", video)


CHATML_ENDS: dict[str, Any] = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
PLAIN_ENDS: dict[str, Any] = {"eos_token": "</s>", "pad_token": "<pad>", "bos_token": "<s>"}
QWEN_MEDIA = {
    "image_token": "<|image_pad|>", "video_token": "<|video_pad|>",
    "vision_start_token": "<|vision_start|>", "vision_end_token": "<|vision_end|>",
}  # fmt: skip
QWEN_TEMPLATE = chatml(*(f"<|vision_start|><|{kind}_pad|><|vision_end|>" for kind in ("image", "video")))


def qwen_tokenizer() -> Any:
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *QWEN_MEDIA.values()]
    return byte_tokenizer(special, **CHATML_ENDS, extra_special_tokens=QWEN_MEDIA)


def qwen_media_ids(tokenizer: Any) -> dict[str, int]:
    return {f"{name}_id": tokenizer.convert_tokens_to_ids(token) for name, token in QWEN_MEDIA.items()}


def pixels(unit: int, least: int, most: int) -> dict[str, int]:
    return {"shortest_edge": unit * unit * least, "longest_edge": unit * unit * most}


def qwen2_5_vl() -> Made:
    tok = qwen_tokenizer()
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0}
    config = tf.Qwen2_5_VLConfig(
        text_config={**TEXT, **vocabulary(tok), "rope_parameters": rope},
        vision_config={**QWEN_TOWER, "patch_size": 14, "window_size": 56, "fullatt_block_indexes": [1]},
        **qwen_media_ids(tok),
    )
    processor = tf.Qwen2_5_VLProcessor(
        tf.Qwen2VLImageProcessor(patch_size=14, size=pixels(28, 4, 16)),
        tok,
        tf.Qwen2VLVideoProcessor(patch_size=14, size=pixels(28, 4, 16), min_frames=4, max_frames=32),
        chat_template=QWEN_TEMPLATE,
    )
    return tf.Qwen2_5_VLForConditionalGeneration(config), processor, tok


def qwen3_vl() -> Made:
    text = {**TEXT, "head_dim": 8}
    vision = {**QWEN_TOWER, "num_position_embeddings": 64, "deepstack_visual_indexes": [0]}
    return qwen3_vl_of(text, vision, sections=[2, 1, 1], most_tokens=64)


def qwen3_vl_of(text: dict[str, Any], vision: dict[str, Any], *, sections: list[int], most_tokens: int) -> Made:
    """Of any size; `most_tokens` of a film."""
    tok = qwen_tokenizer()
    rope = {"rope_type": "default", "mrope_section": sections, "mrope_interleaved": True, "rope_theta": 10000.0}
    config = tf.Qwen3VLConfig(
        text_config={**vocabulary(tok), **text, "rope_parameters": rope},
        vision_config={**vision, "patch_size": 16},
        **qwen_media_ids(tok),
    )
    processor = tf.Qwen3VLProcessor(
        tf.Qwen2VLImageProcessor(patch_size=16, size=pixels(32, 4, 16)),
        tok,
        tf.Qwen3VLVideoProcessor(patch_size=16, size=pixels(32, 4, most_tokens), min_frames=4, max_frames=32),
        chat_template=QWEN_TEMPLATE,
    )
    return tf.Qwen3VLForConditionalGeneration(config), processor, tok


def llava_onevision() -> Made:
    media = {"image_token": "<image>", "video_token": "<video>"}
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *media.values()]
    tok = byte_tokenizer(special, **CHATML_ENDS, extra_special_tokens=media)
    grid = [[SIDE, SIDE], *GRID]
    config = tf.LlavaOnevisionConfig(
        text_config={**TEXT, "model_type": "qwen2", **vocabulary(tok)},
        vision_config={
            **TOWER, "model_type": "siglip_vision_model", "vision_use_head": False, "image_size": SIDE, "patch_size": PATCH,
        },
        image_token_index=tok.convert_tokens_to_ids("<image>"),
        video_token_index=tok.convert_tokens_to_ids("<video>"),
        image_grid_pinpoints=grid,
    )  # fmt: skip
    processor = tf.LlavaOnevisionProcessor(
        tf.LlavaOnevisionImageProcessor(size=SQUARE, image_grid_pinpoints=grid),
        tok,
        tf.LlavaOnevisionVideoProcessor(size=SQUARE),
        num_image_tokens=(SIDE // PATCH) ** 2,
        vision_feature_select_strategy="full",
        chat_template=chatml("<image>", "<video>"),
    )
    return tf.LlavaOnevisionForConditionalGeneration(config), processor, tok


def internvl() -> Made:
    media = {
        "start_image_token": "<img>", "end_image_token": "</img>", "context_image_token": "<IMG_CONTEXT>",
        "video_token": "<video>",
    }  # fmt: skip
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *media.values()]
    tok = byte_tokenizer(special, **CHATML_ENDS, extra_special_tokens=media)
    tokens_per_image = (SIDE // PATCH) ** 2 // 4
    config = tf.InternVLConfig(
        text_config={**TEXT, "model_type": "qwen2", **vocabulary(tok)},
        vision_config={**TOWER, "image_size": [SIDE, SIDE], "patch_size": [PATCH, PATCH]},
        image_token_id=tok.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=tokens_per_image,
        tie_word_embeddings=False,
    )
    processor = tf.InternVLProcessor(
        tf.GotOcr2ImageProcessor(size=SQUARE, crop_to_patches=False, min_patches=1, max_patches=4),
        tok,
        tf.InternVLVideoProcessor(size=SQUARE),
        image_seq_length=tokens_per_image,
        chat_template=chatml("<IMG_CONTEXT>\n", "<video>\n"),
    )
    return tf.InternVLForConditionalGeneration(config), processor, tok


def smolvlm() -> Made:
    """SmolVLM2."""
    media = {
        "image_token": "<image>", "fake_image_token": "<fake_token_around_image>", "global_image_token": "<global-img>",
        "end_of_utterance_token": "<end_of_utterance>",
    }  # fmt: skip
    tiles = [f"<row_{row}_col_{col}>" for row in range(1, 5) for col in range(1, 5)]
    special = ["<|endoftext|>", "<|im_start|>", *media.values(), "<video>", *tiles]
    ends: dict[str, Any] = {"eos_token": "<end_of_utterance>", "pad_token": "<|endoftext|>", "bos_token": "<|im_start|>"}
    tok = byte_tokenizer(special, **ends, extra_special_tokens=media, vocab=420)
    side, patch, shuffle = 64, 16, 2
    config = tf.SmolVLMConfig(
        text_config={**TEXT, "model_type": "llama", **vocabulary(tok)},
        vision_config={**TOWER, "image_size": side, "patch_size": patch},
        image_token_id=tok.convert_tokens_to_ids("<image>"),
        scale_factor=shuffle,
        pad_token_id=tok.pad_token_id,
    )
    edge = {"longest_edge": side}
    sampling = {"fps": 1, "max_frames": 16, "video_size": edge}
    processor = tf.SmolVLMProcessor(
        tf.SmolVLMImageProcessor(size={"longest_edge": side * 2}, max_image_size=edge, do_image_splitting=False),
        tok,
        tf.SmolVLMVideoProcessor(size=edge, max_image_size=edge, num_frames=16, fps=1, video_sampling=sampling),
        image_seq_len=(side // patch) ** 2 // shuffle**2,
        chat_template=SMOLVLM_TEMPLATE,
    )
    return tf.SmolVLMForConditionalGeneration(config), processor, tok


def llava_parts(tok: Any) -> dict[str, Any]:
    """What LLaVA-NeXT and LLaVA-NeXT-Video share."""
    return {
        "text_config": {**TEXT, "model_type": "llama", **vocabulary(tok)},
        "vision_config": {
            **TOWER, "model_type": "clip_vision_model", "image_size": SIDE, "patch_size": PATCH, "projection_dim": 32,
        },
        "image_token_index": tok.convert_tokens_to_ids("<image>"),
        "image_grid_pinpoints": GRID,
        "vision_feature_layer": -2,
        "vision_feature_select_strategy": "default",
        "image_seq_length": (SIDE // PATCH) ** 2,
    }  # fmt: skip


def llava_images() -> Any:
    return tf.LlavaNextImageProcessor(size={"shortest_edge": SIDE}, crop_size=SQUARE, image_grid_pinpoints=GRID)


def llava_next() -> Made:
    """Takes pictures alone."""
    media = {"image_token": "<image>"}
    tok = byte_tokenizer(["<pad>", "<s>", "</s>", "<image>"], **PLAIN_ENDS, extra_special_tokens=media)
    processor = tf.LlavaNextProcessor(
        llava_images(),
        tok,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=VICUNA,
    )
    return tf.LlavaNextForConditionalGeneration(tf.LlavaNextConfig(**llava_parts(tok))), processor, tok


def llava_next_video() -> Made:
    media = {"image_token": "<image>", "video_token": "<video>"}
    tok = byte_tokenizer(["<pad>", "<s>", "</s>", *media.values()], **PLAIN_ENDS, extra_special_tokens=media)
    config = tf.LlavaNextVideoConfig(**llava_parts(tok), video_token_index=tok.convert_tokens_to_ids("<video>"))
    processor = tf.LlavaNextVideoProcessor(
        tf.LlavaNextVideoVideoProcessor(size={"shortest_edge": SIDE}, crop_size=SQUARE),
        llava_images(),
        tok,
        chat_template=VICUNA,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
    )
    return tf.LlavaNextVideoForConditionalGeneration(config), processor, tok


def qwen3_text() -> Made:
    """A language model, to rewrite with."""
    tok = byte_tokenizer(["<|endoftext|>", "<|im_start|>", "<|im_end|>"], **CHATML_ENDS)
    tok.chat_template = chatml("", "")
    config = tf.Qwen3Config(
        **TEXT, head_dim=8, **vocabulary(tok), tie_word_embeddings=False
    )  # tied, it would say one word for ever
    return tf.Qwen3ForCausalLM(config), tok, tok


def siglip() -> Made:
    return siglip_of(32)


def siglip_of(width: int) -> Made:
    """SigLIP, and SigLIP 2 of fixed size, which is the same network. Like theirs the tokenizer gives no mask."""
    tok = byte_tokenizer(
        ["<pad>", "</s>"], eos_token="</s>", pad_token="<pad>", side="right", vocab=300, model_max_length=64,
        model_input_names=["input_ids"],
    )  # fmt: skip
    tower = {**TOWER, "hidden_size": width}
    config = tf.SiglipConfig(
        text_config={**tower, **vocabulary(tok), "max_position_embeddings": 64, "projection_size": width},
        vision_config={**tower, "image_size": SIDE, "patch_size": PATCH},
    )
    return tf.SiglipModel(config), tf.SiglipProcessor(tf.SiglipImageProcessor(size=SQUARE), tok), tok


def gemma_tokenizer() -> Any:
    """Siglip2Tokenizer makes its machinery anew on loading, out of words and merges: here single characters and bytes."""
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    tokens = [*special, *(f"<0x{byte:02X}>" for byte in range(256)), *sorted({*WORDS.lower(), "\u2581"} - {" "})]
    return tf.Siglip2Tokenizer(vocab={token: index for index, token in enumerate(tokens)}, merges=[], model_max_length=64)


def siglip2() -> Made:
    """SigLIP 2 of any size (NaFlex): pictures become patches of their own shape."""
    tok = gemma_tokenizer()
    config = tf.Siglip2Config(
        text_config={**TOWER, **vocabulary(tok), "max_position_embeddings": 64, "projection_size": 32},
        vision_config={**TOWER, "num_patches": 16, "patch_size": PATCH},
    )
    images = tf.Siglip2ImageProcessor(patch_size=PATCH, max_num_patches=16)
    return tf.Siglip2Model(config), tf.Siglip2Processor(images, tok), tok


def clip_tokenizer() -> Any:
    """A text's vector is taken where its end stands, so the end is written."""
    tok = byte_tokenizer(["<pad>", "<s>", "</s>"], **PLAIN_ENDS, side="right", vocab=300, model_max_length=77)
    tok.backend_tokenizer.normalizer = normalizers.Lowercase()
    ends = [(end, tok.convert_tokens_to_ids(end)) for end in ("<s>", "</s>")]
    tok.backend_tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    return tok


def clip_parts(tok: Any) -> dict[str, Any]:
    return {
        "text_config": {**TOWER, **vocabulary(tok), "max_position_embeddings": 77},
        "vision_config": {**TOWER, "image_size": SIDE, "patch_size": PATCH},
        "projection_dim": 32,
    }


def clip() -> Made:
    tok = clip_tokenizer()
    images = tf.CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size=SQUARE)
    return tf.CLIPModel(tf.CLIPConfig(**clip_parts(tok))), tf.CLIPProcessor(images, tok), tok


def xclip() -> Made:
    tok = clip_tokenizer()
    parts = clip_parts(tok)
    parts["vision_config"] |= {
        "num_frames": 8, "mit_hidden_size": 32, "mit_intermediate_size": 64, "mit_num_hidden_layers": 1,
        "mit_num_attention_heads": 2,
    }  # fmt: skip
    frames = tf.VideoMAEImageProcessor(size={"shortest_edge": SIDE}, crop_size=SQUARE)
    return tf.XCLIPModel(tf.XCLIPConfig(**parts, prompt_num_attention_heads=2)), tf.XCLIPProcessor(frames, tok), tok


CAPTIONERS: tuple[Callable[[], Made], ...] = (
    llava_next, llava_onevision, llava_next_video, qwen2_5_vl, qwen3_vl, internvl, smolvlm,
)  # fmt: skip
MODELS = {build.__name__: build for build in (*CAPTIONERS, qwen3_text, siglip, siglip2, clip, xclip)}
