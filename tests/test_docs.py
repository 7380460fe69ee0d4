"""What the documents say is true: names, commands, files, links."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

import app
from pipelines import prompts, recipe
from pipelines.backends.chats import BACKENDS
from pipelines.imports import IMPORTERS
from pipelines.kinds import ALIGNERS, CAPTIONERS, EXPORTERS, REWRITERS, SCORERS
from pipelines.records import Caption, Clip, Draft, Material, Sample, Sheet, Video, VideoInfo
from pipelines.scan.params import SCORES
from tests.conftest import ROOT
from tests.support.leaving import no_cut

README = (ROOT / "README.md").read_text("utf-8")
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "bench" / "README.md"])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
FOLDERS = ("cli", "work", "pipelines", "db", "studio")
PARTS = ("Choice", "Reasons", "What would change it")
MOST_IMAGE_BYTES = 250_000
INFO = VideoInfo("mov", "h264", 0, 64, 48, 0, Fraction(1), 25.0, 9.0, Fraction(1, 25), 0, "yuv420p", False, False)
CLIP = Clip(Video("0" * 64, "/films/dog.mp4", 1, INFO), 0, 125, 125)
MATERIAL = Material(CLIP, Sheet("sheet.jpg", (0.0,), (64, 48)), {}, {"colours": "blue"})


def commands() -> set[str]:
    """Names of all commands, as a person types them."""
    built = typer.main.get_command(app.build())
    return set(built.commands)  # type: ignore[attr-defined]


def tree() -> dict[str, str]:
    """Every path in the README's tree, with what is said of it."""
    block = README.split("## The tree", 1)[1].split("```")[1]
    found: dict[str, str] = {}
    above: list[str] = []
    for line in block.strip("\n").splitlines():
        name, _, words = line.strip().partition(" ")
        del above[(len(line) - len(line.lstrip())) // 2 :]
        found["".join([*above, name])] = words.strip()
        if name.endswith("/"):
            above.append(name)
    return found


def sources() -> Iterator[str]:
    """Every file a reader of the tree should find there: what git knows, or all there is where git does not."""
    for path in known_to_git() or [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()]:
        folder, _, name = path.rpartition("/")
        hidden = path.startswith(".") or name == "__init__.py" or path.endswith(".pyc")
        if not hidden and (not folder or folder.split("/")[0] in FOLDERS):
            yield path


def known_to_git() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    return [path for path in done.stdout.splitlines() if (ROOT / path).exists()]


def test_the_readme_names_both_commands_and_every_command_of_the_program() -> None:
    assert "make demo" in README and "make test" in README
    missing = [name for name in commands() if f"python app.py {name}" not in README]
    assert not missing


def test_the_readme_names_no_command_that_does_not_exist() -> None:
    named = set(re.findall(r"python app\.py ([a-z]+)", " ".join(path.read_text("utf-8") for path in DOCS)))
    assert named <= commands()


def test_options_in_the_tour_exist() -> None:
    built = typer.main.get_command(app.build())
    tour = README.split("## The command line", 1)[1].split("```")[1]
    for line in tour.strip().splitlines():
        words = line.partition("#")[0].split()[2:]
        command = built
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]  # type: ignore[attr-defined]
        known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_every_recipe_scorer_captioner_exporter_and_score_is_described() -> None:
    names = {*recipe.names(), *SCORES}
    for registry in (SCORERS, CAPTIONERS, REWRITERS, ALIGNERS, EXPORTERS, IMPORTERS, BACKENDS):
        names |= {name for name, _ in registry}
    for registry in (SCORERS, ALIGNERS):
        names |= {score for _, stage in registry for score in stage.scores}
    missing = [name for name in names if f"`{name}`" not in README]
    assert not missing


def test_the_tree_names_every_source_file() -> None:
    patterns = [path for path in tree() if not path.endswith("/")]
    missing = sorted(path for path in sources() if not any(fnmatch(path, pattern) for pattern in patterns))
    assert not missing, "name these in the README's tree, with a line each"


def test_the_tree_names_nothing_that_is_not_there() -> None:
    gone = [path for path in tree() if not any(ROOT.glob(path.rstrip("/")))]
    assert not gone


def test_the_tree_says_something_of_every_file() -> None:
    silent = [path for path, words in tree().items() if not words and not path.endswith("/") and "/versions/" not in path]
    assert not silent


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_nothing_is_said_twice(page: Path) -> None:
    """A merge can leave a heading, a row or an entry there twice."""
    said = [line for line in page.read_text("utf-8").splitlines() if line.startswith(("#", "- ", "| `", "python app.py"))]
    assert [line for line, times in Counter(said).items() if times > 1] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_links_lead_to_files(page: Path) -> None:
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    broken = [link for link in local if not (page.parent / link).exists()]
    assert not broken


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_the_documents_speak_of_the_project_alone(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not re.findall(r"(?<![\w.$~])/(?:home|work|root|Users|tmp|mnt)/\S*", text), "a path of one machine"
    assert not re.findall(r"(?:issue|issues|PR)\s*#?\d+|(?<!\w)#\d+\b", text), "a number only some people can look up"


def test_the_changelog_has_room_for_what_comes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    unreleased = text.split("## [Unreleased]", 1)[1]
    assert re.search(r"^- \S", unreleased, re.MULTILINE)


def test_decisions_are_numbered_without_gaps_and_say_why() -> None:
    assert [path.name[:3] for path in DECISIONS] == [f"{number:03}" for number in range(1, len(DECISIONS) + 1)]
    for path in DECISIONS:
        text = path.read_text("utf-8")
        assert all(f"## {part}" in text for part in PARTS), path.name
        assert len(text.splitlines()) <= 60, f"{path.name} is longer than a page"


def test_pictures_are_small_and_come_light_and_dark() -> None:
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))
    names = {path.stem.rsplit("-", 1)[0] for path in pictures}
    assert names and {path.name for path in pictures} == {
        f"{name}-{kind}.png" for name in names for kind in ("light", "dark")
    }
    assert all(path.stat().st_size < MOST_IMAGE_BYTES for path in pictures)
    assert all(f"docs/images/{path.name}" in README for path in pictures)


def test_the_architecture_says_what_each_folder_is() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert all(f"`{folder}/`" in text for folder in FOLDERS)


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)


def test_the_examples_for_contributors_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each block becomes the one new file it claims to be, and does what it says."""
    for registry in (SCORERS, CAPTIONERS, REWRITERS, EXPORTERS):
        monkeypatch.setattr(registry, "_found", dict(registry))
    made: dict[str, Any] = {}
    for block in examples("python"):
        exec(compile(block, "CONTRIBUTING.md", "exec"), made)
    assert made["Tempo"]().process([MATERIAL])[0].scores[0].value == pytest.approx(12.0)
    assert made["Colours"]().process([MATERIAL])[0].text == "A picture in blue."
    (brief,) = made["Brief"]().process([Draft(MATERIAL, Caption("A dog runs. It barks.", model="m"))])
    assert brief.text == "A dog runs."
    (prompt_file,) = examples("markdown")
    (tmp_path / "weather.md").write_text(prompt_file, "utf-8")
    monkeypatch.setattr(prompts, "FOLDER", tmp_path)
    assert prompts.load("weather").text.startswith("Say in one sentence") and prompts.shipped("weather").about
    made["Plain"]().write([Sample(CLIP, "A dog runs.")], tmp_path, cut=no_cut)
    assert (tmp_path / f"{CLIP.key}.txt").read_text() == "A dog runs."
    assert made["PAGE"].path == "/hello"
    (recipe_text,) = examples("yaml")
    assert recipe.from_config(yaml.safe_load(recipe_text)).name == "lively"
