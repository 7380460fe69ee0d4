"""All signals of one clip, from what is remembered of its frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.records import Fact, Measured, Score
from pipelines.scan import bars, camera, colours, flashes, light
from pipelines.scan.motion import Step
from pipelines.scan.sheet import Tile
from pipelines.scan.timeline import Timeline

FROZEN = 0.15
"""Mean difference in grey levels up to which a frame repeats the one before."""
BLACK = 0.03
"""Brightness up to which next to nothing can be seen."""
TOO_SHORT = "the clip is too short to compare two of its frames"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames `first` up to, not including, `end`, with all that was noted of them."""

    timeline: Timeline
    first: int
    end: int
    steps: Sequence[Step]
    """May reach beyond the stretch."""
    tiles: Sequence[Tile]
    size: tuple[int, int]
    """Width and height of the video, upright."""

    @property
    def seconds(self) -> float:
        return self.timeline[self.end] - self.timeline[self.first]

    def within(self) -> list[Step]:
        """The steps inside the stretch."""
        return [step for step in self.steps if self.first <= step.first and step.last < self.end]


def measure(stretch: Stretch) -> Measured:
    """Scores and facts, as `signals` describes them. A fact that has nothing to say is left out."""
    steps, pictures = stretch.within(), [tile.picture for tile in stretch.tiles]
    seen, box = _camera(stretch, steps), bars.find(pictures)
    facts = {
        "camera": seen.words if seen and seen.words != camera.UNCLEAR else "",
        "camera_track": seen.track if seen else "",
        "colours": ", ".join(colours.named(pictures[:: max(1, len(pictures) // 4)])),
        "crop": box.crop(stretch.size) if box.bars else "",
    }
    scores = (*_moving(steps, seen), *_looking(stretch), Score("bars", box.bars))
    return Measured(
        (Score("duration", stretch.seconds), *scores), tuple(Fact(name, text) for name, text in facts.items() if text)
    )


def _camera(stretch: Stretch, steps: Sequence[Step]) -> camera.Camera | None:
    """Times of its stretches count from the start of the clip; the first one begins there, the last one ends with it."""
    inner = [stretch.timeline[step.first] - stretch.timeline[stretch.first] for step in steps[1:]]
    return camera.summary(camera.track(steps, [0.0, *inner, stretch.seconds]))


def _moving(steps: Sequence[Step], seen: camera.Camera | None) -> Iterable[Score]:
    speed = sum(step.speed for step in steps) / len(steps) if steps else None
    values = {
        "motion": speed,
        "camera_speed": seen.speed if seen else None,
        "camera_confidence": seen.confidence if seen else None,
    }
    return [Score(name, value, TOO_SHORT if value is None else None) for name, value in values.items()]


def _looking(stretch: Stretch) -> Iterable[Score]:
    look = light.mean_look([light.look(tile.picture) for tile in stretch.tiles])
    brightness = stretch.timeline.brightness_of(stretch.first, stretch.end)
    times_s = [stretch.timeline[index] for index in range(stretch.first, stretch.end)]
    return (
        Score("sharpness", look.sharpness),
        Score("brightness", sum(brightness) / len(brightness)),
        Score("contrast", look.contrast),
        Score("saturation", look.saturation),
        Score("black", sum(value < BLACK for value in brightness) / len(brightness)),
        Score("frozen", stretch.timeline.frozen(stretch.first, stretch.end, up_to=FROZEN)),
        Score("flashes", flashes.count(times_s, brightness) / stretch.seconds),
    )
