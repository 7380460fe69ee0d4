"""Fetching weights, from a small hub on the loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import fetching, lacking, weights
from pipelines.catalogue import Model, find
from pipelines.errors import Cancelled, ClapperError, Usage
from tests.support import checkpoint
from tests.support import hub as hubs
from tests.support.hub import FIRST, SECOND, STEP_BYTES, UNWANTED, Hub

MODEL = Model(name="small", repo="org/small")
BIG = checkpoint.tensors(4 * STEP_BYTES)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAPPER_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("pipelines.hub.PAUSE_S", 0.0)
    return tmp_path / "models"


@pytest.fixture
def hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with hubs.serving() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


def commits(hub: Hub) -> set[str]:
    return {commit for commit, _, _ in hub.taken}


def test_what_is_fetched_is_found_and_holds_nothing_that_could_run(hub: Hub, folder: Path) -> None:
    place = fetching.fetch(MODEL)
    assert place == folder / "org" / "small" == weights.find(MODEL)
    wanted = {name: data for name, data in hub.files.items() if name not in UNWANTED}
    assert {path.name: path.read_bytes() for path in place.iterdir()} == wanted
    assert fetching.locked() == {"org/small": FIRST}
    assert commits(hub) == {FIRST}
    assert not any((folder / fetching.HALF / "org").iterdir())


def test_weights_that_are_there_twice_are_fetched_once(hub: Hub) -> None:
    weights_of = hub.files["model.safetensors"]
    hub.files |= {"consolidated.safetensors": weights_of, "original/model.safetensors": weights_of}
    place = fetching.fetch(MODEL)
    assert [path.name for path in place.rglob("*.safetensors")] == ["model.safetensors"]


def test_weights_under_a_name_of_their_own_are_fetched(hub: Hub) -> None:
    hub.files["head.safetensors"] = hub.files.pop("model.safetensors")
    assert (fetching.fetch(MODEL) / "head.safetensors").is_file()


def test_the_commit_of_the_first_time_is_kept_to(hub: Hub, folder: Path) -> None:
    fetching.fetch(MODEL).rename(folder / "aside")
    hub.newest = SECOND
    fetching.fetch(MODEL)
    assert commits(hub) == {FIRST}


def test_the_commit_of_the_catalogue_comes_before_the_newest(hub: Hub) -> None:
    fetching.fetch(MODEL.model_copy(update={"revision": SECOND}))
    assert fetching.locked() == {"org/small": SECOND}


def test_half_a_model_is_none_and_is_gone_on_with(hub: Hub) -> None:
    hub.broken = "model.safetensors"
    with pytest.raises(ClapperError, match="org/small was not fetched"):
        fetching.fetch(MODEL)
    assert weights.find(MODEL) is None
    assert fetching.locked() == {}
    hub.broken = ""
    fetching.fetch(MODEL)
    names = [name for _, name, _ in hub.taken]
    assert len(names) == len(set(names)) == len(hub.files) - len(UNWANTED)


def test_files_of_another_commit_are_not_mixed_in(hub: Hub) -> None:
    hub.broken = "model.safetensors"
    with pytest.raises(ClapperError):
        fetching.fetch(MODEL)
    hub.broken, hub.newest, hub.taken = "", SECOND, []
    fetching.fetch(MODEL)
    assert len(hub.taken) == len(hub.files) - len(UNWANTED)
    assert commits(hub) == {SECOND}


def test_it_tells_how_far_it_is_and_goes_on_at_the_byte_where_it_was_stopped(hub: Hub) -> None:
    hub.files["model.safetensors"] = BIG
    told: list[tuple[int, int]] = []

    def stop(here: int, total: int) -> None:
        told.append((here, total))
        if here > 2 * STEP_BYTES:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        fetching.fetch(MODEL, told=stop)
    here = told[-1][0]
    hub.taken, told = [], []
    place = fetching.fetch(MODEL, told=lambda *step: told.append(step))
    assert (place / "model.safetensors").read_bytes() == BIG
    starts = {name: start for _, name, start in hub.taken}
    assert starts["model.safetensors"] > STEP_BYTES
    total = sum(len(data) for name, data in hub.files.items() if name not in UNWANTED)
    assert told[0][0] == here and told[-1] == (total, total)
    assert [step[0] for step in told] == sorted(step[0] for step in told)


def test_a_line_that_breaks_is_taken_up_again(hub: Hub) -> None:
    hub.files["model.safetensors"], hub.breaks_at = BIG, 2 * STEP_BYTES
    assert (fetching.fetch(MODEL) / "model.safetensors").read_bytes() == BIG
    assert [start for _, name, start in hub.taken if name == "model.safetensors"] == [0, 2 * STEP_BYTES]


def test_a_damaged_file_is_thrown_away_and_said(hub: Hub, folder: Path) -> None:
    hub.sums["model.safetensors"] = "0" * 64
    with pytest.raises(ClapperError, match=r"model\.safetensors came damaged; fetch it again"):
        fetching.fetch(MODEL)
    assert not list(folder.rglob("model.safetensors*"))
    hub.sums.clear()
    fetching.fetch(MODEL)


def test_a_full_disk_is_seen_before(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=fetching.SPARE_BYTES)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(ClapperError, match=r"org/small needs 0\.0 GiB below .*models and 1\.0 are free; make room"):
        fetching.fetch(MODEL)
    assert hub.taken == []


def test_a_publisher_who_wants_to_be_asked(hub: Hub) -> None:
    hub.gated = True
    with pytest.raises(ClapperError, match="accept the licence on its page and set HF_TOKEN"):
        fetching.fetch(MODEL)


def test_what_is_here_is_not_fetched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    place = checkpoint.put(folder / "org" / "small")
    assert fetching.fetch(MODEL) == place


def test_a_folder_with_a_part_of_a_model_is_left_to_its_owner(hub: Hub, folder: Path) -> None:
    place = checkpoint.put(folder / "org" / "small", {"config.json": b"{}"})
    with pytest.raises(Usage, match="without a whole model in it; complete it or move it away"):
        fetching.fetch(MODEL)
    assert [path.name for path in place.iterdir()] == ["config.json"]


def test_without_a_network_one_sentence_says_what_to_copy_where(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ClapperError, match=r"the hub cannot be reached .* put all files .* into .*org/small$"):
        fetching.fetch(MODEL)


def test_a_model_without_weights_that_are_read_is_refused(hub: Hub) -> None:
    for name in ("model.safetensors", lacking.PICKLED):
        del hub.files[name]
    hub.files["model.gguf"] = b"GGUF"
    with pytest.raises(Usage, match=r"no weights as safetensors or pytorch_model\.bin"):
        fetching.fetch(MODEL)
    assert hub.taken == []


def test_where_a_publisher_has_no_safetensors_the_older_file_comes(hub: Hub) -> None:
    del hub.files["model.safetensors"]
    place = fetching.fetch(MODEL)
    assert (place / lacking.PICKLED).is_file()
    assert weights.find(MODEL) == place


def test_a_model_that_the_hub_does_not_know(hub: Hub) -> None:
    with pytest.raises(ClapperError, match="the hub knows no such model"):
        fetching.fetch(Model(name="org/none", repo="org/none"))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("gpt-4o", "not published"),
        ("videoclip-xl", "not published as safetensors"),
        ("dog", "no model 'dog'"),
        ("cogvlm2-caption", "set CLAPPER_ALLOW_CODE to THUDM/cogvlm2-llama3-caption@COMMIT"),
    ],
)
def test_what_cannot_be_fetched_says_why(folder: Path, name: str, why: str) -> None:
    with pytest.raises(Usage, match=why):
        fetching.fetch(find(name))


def test_code_comes_only_at_the_commit_that_was_allowed(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    model = MODEL.model_copy(update={"remote_code": True})
    monkeypatch.setenv(weights.ALLOWED, f"org/small@{SECOND}")
    place = fetching.fetch(model)
    assert commits(hub) == {SECOND}
    assert (place / "modeling.py").is_file() and not (place / "pytorch_model.bin").exists()
    assert weights.find(model) == place and weights.code_allowed(model, place)
    with pytest.raises(Usage, match=f"kept to the commit {FIRST}"):
        fetching.fetch(model.model_copy(update={"revision": FIRST}))


def test_a_spoilt_lock_is_named(hub: Hub, folder: Path) -> None:
    folder.mkdir()
    (folder / "models.lock").write_text("[")
    with pytest.raises(Usage, match=r"models\.lock cannot be read"):
        fetching.fetch(MODEL)
