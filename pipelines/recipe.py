"""A recipe: which stages, in which order, with which settings and which rules. One YAML file each, in `recipes/`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import Usage
from pipelines.kinds import CAPTIONERS, SCORERS, Captioner, Scorer
from pipelines.records import Rule
from pipelines.registry import Registry
from pipelines.scan.params import SCORES, Scan
from pipelines.stage import Configured, digest

FOLDER = Path(__file__).parent / "recipes"


class Recipe(BaseModel):
    """Ordered, configured stages. `config()` and `from_config` go through JSON, for the database."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: str
    about: str = ""
    scan: Scan
    scorers: tuple[Scorer, ...] = ()
    rules: tuple[Rule, ...] = ()
    captioners: tuple[Captioner, ...] = ()

    def stages(self) -> list[Configured]:
        """All stages in the order a clip meets them."""
        return [self.scan, *self.scorers, *self.captioners]

    def stage(self, name: str) -> Configured:
        return next(stage for stage in self.stages() if stage.name == name)

    def scores(self) -> set[str]:
        """Names of all scores its stages give."""
        return {*SCORES, *(name for scorer in self.scorers for name in scorer.scores)}

    def digests(self) -> dict[str, str]:
        """Per stage, what its results depend on: its own settings, and those of the stages whose results it reads."""
        scan, sheet = self.scan.digest(), digest([self.scan.version, self.scan.sheet_every_s, self.scan.sheet_px])
        scorers = {stage.name: digest([stage.digest(), sheet]) for stage in self.scorers}
        known = [scan, *scorers.values()]
        return {"scan": scan, **scorers, **{stage.name: digest([stage.digest(), *known]) for stage in self.captioners}}

    def config(self) -> dict[str, Any]:
        """The recipe as it is configured, in the shape of its YAML file."""
        return {
            "name": self.name,
            "about": self.about,
            "scan": self.scan.model_dump(mode="json"),
            "scorers": [{stage.name: stage.model_dump(mode="json")} for stage in self.scorers],
            "rules": {rule.score: {"low": rule.low, "high": rule.high} for rule in self.rules},
            "captioners": [{stage.name: stage.model_dump(mode="json")} for stage in self.captioners],
        }


def names() -> list[str]:
    """The recipes that ship."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name: str, sets: Sequence[str] = ()) -> Recipe:
    """A recipe by name, or by the path of a YAML file, with `stage.field=value` or `rules.score.low=value` set on top."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise Usage(f"there is no recipe {name!r}; known: {', '.join(names())}, or give the path of a .yaml file")
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(config, dict):
        raise Usage(f"{path} is not a recipe: it must be a YAML mapping with name, scan, scorers, rules, captioners")
    for text in sets:
        _apply(config, text)
    return from_config(config)


def from_config(config: dict[str, Any]) -> Recipe:
    """Build a recipe from the shape of its YAML file. Raises `Usage` naming the stage and field that do not fit."""
    unknown = set(config) - set(Recipe.model_fields)
    if unknown:
        raise Usage(f"a recipe has no {', '.join(sorted(unknown))}; known: {', '.join(Recipe.model_fields)}")
    recipe = Recipe(
        name=str(config.get("name", "unnamed")),
        about=str(config.get("about", "")),
        scan=_configured(Scan, config.get("scan") or {}),
        scorers=tuple(_listed(SCORERS, config.get("scorers"))),
        rules=tuple(_rules(config.get("rules") or {})),
        captioners=tuple(_listed(CAPTIONERS, config.get("captioners"))),
    )
    unmeasured = [rule.score for rule in recipe.rules if rule.score not in recipe.scores()]
    if unmeasured:
        known = ", ".join(sorted(recipe.scores()))
        raise Usage(f"rule on {unmeasured[0]!r}, which no stage of {recipe.name!r} measures; measured: {known}")
    return recipe


def _listed(registry: Registry[Any], entries: Any) -> Iterator[Any]:
    """Stages from `[name, {name: {field: value}}]`."""
    for entry in entries or ():
        name, fields = next(iter(entry.items())) if isinstance(entry, dict) else (entry, {})
        yield _configured(registry[name], fields or {})


def _configured(cls: type[Any], fields: dict[str, Any]) -> Any:
    try:
        return cls(**fields)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join([cls.name, *map(str, problem["loc"])])
        known = f"; known: {', '.join(cls.model_fields)}" if problem["type"] == "extra_forbidden" else ""
        raise Usage(f"{where}: {problem['msg'].removeprefix('Value error, ')}{known}") from None


def _rules(rules: dict[str, Any]) -> Iterator[Rule]:
    for score, sides in rules.items():
        if not isinstance(sides, dict) or set(sides) - {"low", "high"}:
            raise Usage(f"rules.{score}: a rule is {{low: number, high: number}}, each side optional")
        yield Rule(score, *(_number(f"rules.{score}.{side}", sides.get(side)) for side in ("low", "high")))


def _number(where: str, value: Any) -> float | None:
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Usage(f"{where}: {value!r} is not a number") from None


def _apply(config: dict[str, Any], text: str) -> None:
    """Set one `stage.field=value` in the YAML's shape."""
    target, equals, value = text.partition("=")
    stage, _, field = target.strip().partition(".")
    if not equals or not field:
        raise Usage(f"--set {text!r}: write stage.field=value, for example scan.max_s=8 or rules.motion.low=0.01")
    try:
        parsed = yaml.safe_load(value) if value.strip() else None
    except yaml.YAMLError:
        raise Usage(f"--set {text!r}: the value cannot be read; put it in double quotes if it is text") from None
    if stage == "rules":
        score, _, side = field.rpartition(".")
        config.setdefault("rules", {}).setdefault(score, {})[side] = parsed
    elif stage == "scan":
        config["scan"] = {**(config.get("scan") or {}), field: parsed}
    else:
        _set_listed(config, stage, field, parsed)


def _set_listed(config: dict[str, Any], stage: str, field: str, value: Any) -> None:
    for kind in ("scorers", "captioners"):
        entries = config.get(kind) or []
        for index, entry in enumerate(entries):
            name, fields = next(iter(entry.items())) if isinstance(entry, dict) else (entry, {})
            if name == stage:
                entries[index] = {name: {**(fields or {}), field: value}}
                return
    known = [
        "scan",
        "rules",
        *(n if isinstance(n, str) else next(iter(n)) for k in ("scorers", "captioners") for n in config[k]),
    ]
    raise Usage(f"recipe {config.get('name')!r} has no stage {stage!r}; it has {', '.join(known)}")
