"""What the trainers of CogVideoX read: lines that belong together, names that are there once, captions that fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.exporters.cogvideox import LIMIT, CogVideoX
from pipelines.listing import one_line
from pipelines.token_count import estimate
from tests.support.leaving import no_cut, real_samples, sample, write

SENTENCE = "A brown dog runs across the wet sand while two children watch. "


def load(folder: Path) -> list[tuple[str, Path]]:
    """As the fine-tuning script does: blank lines are dropped, unequal counts are an error, latents go by stem."""
    prompts = [line.strip() for line in (folder / "prompts.txt").read_text("utf-8").splitlines() if line.strip()]
    videos = [folder / line.strip() for line in (folder / "videos.txt").read_text("utf-8").splitlines() if line.strip()]
    assert len(prompts) == len(videos)
    assert len({path.stem for path in videos}) == len(videos)
    assert all(path.is_file() for path in videos)
    return list(zip(prompts, videos, strict=True))


def test_prompts_and_videos_belong_together_line_for_line(videos: Path, tmp_path: Path) -> None:
    samples = [replace(one, text=one.text.replace("=", "")) for one in real_samples(videos)]
    both = [*samples, replace(samples[-1], text="In other\nwords.", take=1)]
    pairs = load(write(CogVideoX(), both, tmp_path / "set", frames="4n+1"))
    assert [prompt for prompt, _ in pairs] == [one_line(one.text) for one in both]


def test_labels_lie_where_the_other_trainer_looks(videos: Path, tmp_path: Path) -> None:
    folder = write(CogVideoX(layout="sat"), real_samples(videos), tmp_path / "set")
    found = sorted((folder / "videos").iterdir())
    labels = [Path(str(path).replace("videos", "labels").replace(".mp4", ".txt")) for path in found]
    assert {label.read_text("utf-8").strip() for label in labels} == {one_line(one.text) for one in real_samples(videos)}


def test_a_caption_the_encoder_would_cut_off_is_left_out_trimmed_or_kept(tmp_path: Path) -> None:
    long = sample(0, text=SENTENCE * 30)
    assert "tokens and CogVideoX reads 226" in (CogVideoX().refuses(long) or "")
    assert CogVideoX(long="trim").refuses(long) is None
    assert CogVideoX(long="keep").refuses(long) is None
    assert CogVideoX(long="trim").refuses(sample(0, text="word " * 400)) is not None  # not one sentence fits
    CogVideoX(long="trim").write([long], tmp_path, cut=no_cut)
    text = (tmp_path / "prompts.txt").read_text().strip()
    assert text.endswith("watch.")
    assert LIMIT - estimate(SENTENCE) <= estimate(text) <= LIMIT


def test_a_preview_of_what_is_too_long_says_so() -> None:
    assert "(too long)" in CogVideoX().preview([sample(0, text="word " * 400)])
