"""Networks and processors from a folder, the same way for all of them: offline, numbers alone, no code of theirs."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import transformers  # loads its parts when they are asked for, so that the shim below still comes before torchvision
from safetensors import SafetensorError

from pipelines import lacking
from pipelines.backends import device, room, torchvision_shim
from pipelines.errors import Fatal

GIB = 1 << 30
torchvision_shim.install()
transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


def processor(place: Path, *, code: bool = False) -> Any:
    """The processor that belongs to the weights in `place`: a tokenizer for language models. Raises `Fatal`."""
    with _explained(place):
        return transformers.AutoProcessor.from_pretrained(place, local_files_only=True, trust_remote_code=code)


def config(place: Path, *, code: bool = False) -> Any:
    """What kind of network lies in `place`. Raises `Fatal`."""
    with _explained(place):
        return transformers.AutoConfig.from_pretrained(place, local_files_only=True, trust_remote_code=code)


def network(auto: str, place: Path, *, dtype: torch.dtype, code: bool = False, **options: Any) -> Any:
    """The network in `place`, built by the Auto class of that name, ready to be asked. Raises `Fatal`."""
    is_safe = any(place.glob("*.safetensors"))
    if not is_safe and not (place / lacking.PICKLED).is_file():
        raise Fatal(
            f"{place} holds no .safetensors file and no pytorch_model.bin; weights in other formats are not read: take a "
            "form of the model that has them, or convert them elsewhere"
        )
    with _explained(place):
        made, report = getattr(transformers, auto).from_pretrained(
            place,
            local_files_only=True,
            use_safetensors=is_safe,
            weights_only=True,  # of a pickle; it refuses whatever is no number
            trust_remote_code=code,
            dtype=dtype,
            output_loading_info=True,
            **options,
        )
    if missing := sorted(report["missing_keys"]):  # they would be random, and nobody would notice
        raise Fatal(f"the weights in {place} lack {len(missing)} parts, {missing[0]} the first; copy all files there again")
    return made.eval().requires_grad_(False)


def placing(place: Path, on: torch.device, *, bits: int) -> dict[str, Any]:
    """Options for `network`: where its parts go, and in how many bits weights are kept. Raises `Fatal` without memory."""
    _must_fit(place, on, bits=bits)
    found: dict[str, Any] = {"device_map": _cards(place, on, bits=bits)} if device.cards(on) else {}
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # it warns on each call
    if bits == 8:
        found["quantization_config"] = transformers.BitsAndBytesConfig(load_in_8bit=True)
    elif bits == 4:
        kind = {"bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": device.half(on)}
        found["quantization_config"] = transformers.BitsAndBytesConfig(load_in_4bit=True, **kind)
    return found


def _cards(place: Path, on: torch.device, *, bits: int) -> Any:
    """The one card with the most room, where it has enough: spread over several, all but one of them wait at any moment."""
    if on.type in device.UNIFIED:
        return {"": on}
    card, free = device.roomiest(on)
    return {"": card} if weight_bytes(place) * bits / 16 * room.SHARE <= free or device.cards(on) == 1 else "auto"


def weight_bytes(place: Path) -> int:
    """What the weights in a folder take on disk; some publish them twice, and those that are loaded count."""
    files = (place / name for name in lacking.shards(place))
    return sum(file.stat().st_size for file in files if file.is_file())


def _must_fit(place: Path, on: torch.device, *, bits: int) -> None:
    """Weights are mostly published in 16 bits; a processor computes in 32."""
    needed = weight_bytes(place) * (2 if on.type == "cpu" else bits / 16)
    free, _ = device.memory_bytes(on)
    if needed > free:
        where = "this machine has" if on.type == "cpu" else "the card has"
        raise Fatal(
            f"the weights in {place} need {needed / GIB:.1f} GiB and {where} {free / GIB:.1f} free; take a smaller model, "
            "or int8 or int4 of it on a card (NAME:int8)"
        )


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    """What goes wrong with a folder, as a sentence that says what to do."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise Fatal(f"the model in {place} does not fit on the card; take a smaller one, or ask for int8 or int4") from None
    except (SafetensorError, EOFError, pickle.UnpicklingError) as error:
        raise Fatal(
            f"a weights file in {place} is damaged or holds more than weights ({_first_line(error)}); copy it there again"
        ) from None
    except OSError as error:
        raise Fatal(f"the model in {place} is not complete: {_first_line(error)}; copy the missing files there") from None
    except (ValueError, KeyError, ImportError) as error:
        raise _unknown(place, error) from None


def _unknown(place: Path, error: Exception) -> Fatal:
    if "trust_remote_code" in str(error):
        return Fatal(
            f"the model in {place} needs code of its own, which does not run unless its commit is allowed by name: "
            "set CLAPPER_ALLOW_CODE to ORG/NAME@COMMIT, or take a model that needs none"
        )
    return Fatal(f"the model in {place} cannot be used: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
