"""Networks that write: a row says in a batch what it says alone, with chance too, and ends where it should."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import transformers as tf

from pipelines.backends import loading
from pipelines.backends.encode import Encoder
from pipelines.backends.generate import Choosing, Network, _likely, auto_class, is_out_of_memory, must_fit
from pipelines.backends.spoken import spoken
from pipelines.chat import Decoding, Request
from pipelines.child import ROOT
from pipelines.errors import Cancelled, Fatal, Refused
from tests.support.films import film
from tests.tiny import CAPTIONERS

NAMES = [*(build.__name__ for build in CAPTIONERS), "qwen3_text"]
DECODINGS = [
    Decoding(6),
    Decoding(9, temperature=0.9, seed=1),
    Decoding(12),
    Decoding(5, temperature=1.5, top_p=0.7, seed=2),
]
Tiny = Callable[[str], Path]
Loaded = tuple[Network, Encoder]


def load(place: Path) -> Loaded:
    return Network(place), Encoder(loading.processor(place), torch.float32)


def questions(name: str) -> list[Request]:
    """Of unequal length, so that some are filled up."""
    for_eyes = name != "qwen3_text"
    return [
        Request.of(*([film(4, seed=seed)] if for_eyes else []), "describe it" + " please" * seed, decoding=decoding)
        for seed, decoding in enumerate(DECODINGS)
    ]


@pytest.fixture(scope="module", params=NAMES)
def loaded(request: pytest.FixtureRequest, tiny_model: Tiny) -> tuple[str, Network, Encoder]:
    return request.param, *load(tiny_model(request.param))


@pytest.fixture(scope="module")
def writer(tiny_model: Tiny) -> Loaded:
    return load(tiny_model("qwen3_text"))


def test_a_row_of_a_batch_says_what_it_says_alone(loaded: tuple[str, Network, Encoder]) -> None:
    name, network, encoder = loaded
    asked = questions(name)
    rows, decodings = [encoder.row(one) for one in asked], [one.decoding for one in asked]
    together = network.answer(rows, decodings, encoder)
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        again = network.answer([rows[i] for i in order], [decodings[i] for i in order], encoder)
        assert again == [together[i] for i in order]
    alone = [network.answer([row], [decoding], encoder)[0] for row, decoding in zip(rows, decodings, strict=True)]
    assert alone == together
    assert [said.tokens_in for said in together] == [row.tokens for row in rows]
    assert len({said.text for said in together}) > 1


def test_greedy_words_are_those_of_generate_itself(loaded: tuple[str, Network, Encoder], tiny_model: Tiny) -> None:
    name, network, encoder = loaded
    row = encoder.row(questions(name)[2])
    model = getattr(tf, auto_class(loading.config(tiny_model(name)))).from_pretrained(tiny_model(name)).eval()
    with torch.inference_mode():
        new = model.generate(**row.inputs, max_new_tokens=12, do_sample=False)[0, row.tokens :]
    (said,) = network.answer([row], [Decoding(12)], encoder)
    assert said.text == spoken(encoder.tokenizer.decode(new, skip_special_tokens=True))


def test_each_row_has_its_own_limit(writer: Loaded) -> None:
    network, encoder = writer
    row = encoder.row(Request.of("a dog"))
    said = network.answer([row] * 3, [Decoding(2), Decoding(7), Decoding(4)], encoder)
    assert [(one.tokens_out, one.finish) for one in said] == [(2, "length"), (7, "length"), (4, "length")]
    assert said[1].text.startswith(said[0].text)


def test_an_answer_ends_at_its_end(writer: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third token of the greedy answer is made the end; the other row knows it too, or goes on."""
    network, encoder = writer
    row = encoder.row(Request.of("a dog"))
    (plain,) = network.answer([row], [Decoding(8)], encoder)
    ids = network._generated(row.inputs, [Decoding(8)], encoder)[0]
    assert ids[2] not in ids[:2]
    monkeypatch.setattr(network._model.generation_config, "eos_token_id", [ids[2], 399])
    short, limited = network.answer([row, row], [Decoding(8), Decoding(2)], encoder)
    assert (short.tokens_out, short.finish) == (3, "stop")
    assert (limited.tokens_out, limited.finish) == (2, "length")
    assert plain.text.startswith(limited.text) and limited.text != plain.text


def test_chance_draws_from_the_softmax_of_the_likely() -> None:
    logits = torch.tensor([[2.0, 1.0, 0.0, -1.0]]).repeat(4000, 1)
    seeds = [Decoding(temperature=2.0, top_p=0.8, seed=seed) for seed in range(4000)]
    drawn = Counter(Choosing(seeds, "cpu")(None, logits).argmax(1).tolist())
    shares = (logits[0, :3] / 2).softmax(0)  # the first three reach 0.8 together
    assert 3 not in drawn
    for token, share in enumerate(shares.tolist()):
        assert drawn[token] / 4000 == pytest.approx(share, abs=0.03)


def test_no_chance_leaves_the_numbers_alone() -> None:
    logits = torch.randn(2, 5)
    assert Choosing([Decoding(), Decoding()], "cpu")(None, logits) is logits
    mixed = Choosing([Decoding(), Decoding(temperature=1.0, seed=0)], "cpu")(None, logits)
    assert torch.equal(mixed[0], logits[0]) and not torch.equal(mixed[1], logits[1])


def test_the_likely_reach_the_share_and_the_first_is_always_one() -> None:
    logits = torch.tensor([0.1, 0.6, 0.3]).log()
    kept = [torch.isfinite(_likely(logits, share)).tolist() for share in (0.05, 0.6, 0.61, 0.95, 1.0)]
    assert kept == [
        [False, True, False], [False, True, False], [False, True, True], [True, True, True], [True, True, True],
    ]  # fmt: skip


def test_another_seed_says_something_else_and_none_is_new_each_time(writer: Loaded) -> None:
    network, encoder = writer
    row = encoder.row(Request.of("a dog"))
    drawn = {
        seed: [network.answer([row], [Decoding(12, temperature=1.0, seed=seed)], encoder)[0].text for _ in range(2)]
        for seed in (1, 2, None)
    }
    assert drawn[1][0] == drawn[1][1] != drawn[2][0]
    assert drawn[None][0] != drawn[None][1]


def test_what_is_longer_than_the_network_is_refused(writer: Loaded) -> None:
    network, encoder = writer
    assert network.longest == 8192
    row = encoder.row(Request.of("a dog"))
    must_fit(row, Decoding(100), row.tokens + 100)
    with pytest.raises(
        Refused, match=rf"takes {row.tokens} tokens and may be answered with 100, but the model reads"
    ) as got:
        must_fit(row, Decoding(100), row.tokens + 99)
    assert got.value.kind == "too_long"


def test_stopping_ends_the_batch_at_work(writer: Loaded) -> None:
    network, encoder = writer
    network.stopping.set()
    with pytest.raises(Cancelled):
        network.answer([encoder.row(Request.of("a dog"))], [Decoding(4000)], encoder)
    network.stopping.clear()


def test_what_writes_nothing_is_refused(tiny_model: Tiny) -> None:
    with pytest.raises(Fatal, match="a clip writes no text; take a captioner or a language model"):
        Network(tiny_model("clip"))


def test_weights_that_do_not_fit_are_told_before_they_are_read(tiny_model: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading.device, "memory_bytes", lambda on: (100_000, 1 << 40))
    with pytest.raises(Fatal, match=r"need 0\.0 GiB and this machine has 0\.0 free; take a smaller model, or int8 or int4"):
        Network(tiny_model("qwen3_text"))


@pytest.mark.parametrize(
    ("free", "weights", "placed"),
    [((5, 9, 7), 4, "cuda:1"), ((9, 9), 4, "cuda:0"), ((5, 6), 6, "auto"), ((8,), 8, "cuda:0")],
    ids=["the roomiest", "the first of two alike", "none has room", "there is only one"],
)
def test_a_network_lies_on_one_card_where_it_fits(
    free: tuple[int, ...], weights: int, placed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading.device.torch.accelerator, "device_count", lambda: len(free))
    monkeypatch.setattr(loading.device.torch.accelerator, "get_memory_info", lambda number: (free[number], 10))
    (tmp_path / "model.safetensors").write_bytes(bytes(weights))
    found = loading.placing(tmp_path, loading.torch.device("cuda"), bits=16)["device_map"]
    assert str(found if placed == "auto" else found[""]) == placed


@pytest.mark.parametrize(
    ("words", "is_memory"),
    [
        ("CUDA error: out of memory", True),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", True),
        ("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes", True),
        ("CUDA error: an illegal memory access was encountered", False),
        ("mat1 and mat2 shapes cannot be multiplied", False),
    ],
)
def test_which_errors_are_for_want_of_memory(words: str, is_memory: bool) -> None:
    assert is_out_of_memory(RuntimeError(words)) is is_memory


SHORT_OF_MEMORY = """
import gc, resource, sys, torch
from pathlib import Path
from pipelines.backends.batching import TooLarge
from pipelines.backends.encode import Encoder
from pipelines.backends.generate import Network
from pipelines.backends import loading
from pipelines.child import ROOT
from pipelines.chat import Decoding, Request

place = Path(sys.argv[1])
network = Network(place)
encoder = Encoder(loading.processor(place), network.dtype)
one = encoder.row(Request.of("a dog runs " * 1500))
network.answer([one], [Decoding(1)], encoder)
held = lambda: sum(t.numel() * t.element_size() for t in gc.get_objects() if isinstance(t, torch.Tensor))
before, used = held(), int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (600 << 20), -1))
try:
    network.answer([one] * 64, [Decoding(1)] * 64, encoder)
except TooLarge:
    print("held", (held() - before) >> 10)
print("said", len(network.answer([one], [Decoding(1)], encoder)))
"""


def test_what_ran_out_of_memory_lets_go_of_it(tiny_model: Tiny) -> None:
    """For real: a process that may not have more memory. The error's traceback would hold on to all that was computed."""
    told = subprocess.run(
        [sys.executable, "-c", SHORT_OF_MEMORY, str(tiny_model("qwen3_text"))],
        capture_output=True, text=True, check=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    assert told.stdout.split() == ["held", "0", "said", "1"]


def test_tokens_remembered_take_what_the_layers_say(writer: Loaded) -> None:
    network, _ = writer
    assert network._bytes_per_token() == 2 * 2 * 2 * 8 * 4  # keys and values, layers, heads, width, bytes
    assert network.busy_s > 0
    assert replace(Decoding(), seed=1).seed == 1
