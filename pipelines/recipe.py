"""A recipe: which stages, in which order, with which settings and which rules. One YAML file each, in `recipes/`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import Usage
from pipelines.kinds import ALIGNERS, CAPTIONERS, REWRITERS, SCORERS, Aligner, Captioner, Rewriter, Scorer
from pipelines.records import Rule
from pipelines.registry import Registry
from pipelines.scan.params import SCORES, Scan
from pipelines.stage import Configured, digest

FOLDER = Path(__file__).parent / "recipes"
LISTED: dict[str, Registry[Any]] = {
    "scorers": SCORERS,
    "captioners": CAPTIONERS,
    "rewriters": REWRITERS,
    "aligners": ALIGNERS,
}
"""The lists of a recipe, in the order in which a clip meets them."""


class Recipe(BaseModel):
    """Ordered, configured stages. `config()` and `from_config` go through JSON, for the database."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: str
    about: str = ""
    scan: Scan
    scorers: tuple[Scorer, ...] = ()
    rules: tuple[Rule, ...] = ()
    captioners: tuple[Captioner, ...] = ()
    rewriters: tuple[Rewriter, ...] = ()
    aligners: tuple[Aligner, ...] = ()
    salt: str = ""
    """Makes results differ from those of the same settings: for rewriters that take up whatever caption is in force."""

    def stages(self) -> list[Configured]:
        """All stages in the order a clip meets them."""
        return [self.scan, *self.scorers, *self.after_rules()]

    def after_rules(self) -> list[Configured]:
        """What only kept clips meet: the stages that write and check captions."""
        return [*self.captioners, *self.rewriters, *self.aligners]

    def writers_before(self, stage: str) -> list[str]:
        """Stages whose captions this one takes up, the latest first: rewriters, then captioners from the last on."""
        writing: list[Captioner | Rewriter] = [*self.captioners, *self.rewriters]
        writers = [one.name for one in writing]
        before = writers[: writers.index(stage)] if stage in writers else writers
        return before[::-1]

    def late_scores(self) -> set[str]:
        """Scores that are only there once a caption is."""
        return {name for aligner in self.aligners for name in aligner.scores}

    def stage(self, name: str) -> Configured:
        return next(stage for stage in self.stages() if stage.name == name)

    def scores(self) -> set[str]:
        """Names of all scores its stages give."""
        measuring: list[Scorer | Aligner] = [*self.scorers, *self.aligners]
        return {*SCORES, *(name for stage in measuring for name in stage.scores)}

    def digests(self) -> dict[str, str]:
        """Per stage, what its results depend on: its own settings, and those of the stages whose results it reads."""
        scan, sheet = self.scan.digest(), digest([self.scan.version, self.scan.sheet_every_s, self.scan.sheet_px])
        scorers = {stage.name: digest([stage.digest(), sheet]) for stage in self.scorers}
        known = [scan, *scorers.values()]
        found = {"scan": scan, **scorers, **{stage.name: digest([stage.digest(), *known]) for stage in self.captioners}}
        readers: list[Configured] = [*self.rewriters, *self.aligners]
        for stage in readers:
            found[stage.name] = digest([stage.digest(), self.salt, *(found[one] for one in self.writers_before(stage.name))])
        return found

    def config(self) -> dict[str, Any]:
        """The recipe as it is configured, in the shape of its YAML file."""
        return {
            "name": self.name,
            "about": self.about,
            **({"salt": self.salt} if self.salt else {}),
            "scan": self.scan.model_dump(mode="json"),
            "rules": {rule.score: {"low": rule.low, "high": rule.high} for rule in self.rules},
            **{kind: [{stage.name: stage.model_dump(mode="json")} for stage in getattr(self, kind)] for kind in LISTED},
        }


def names() -> list[str]:
    """The recipes that ship."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name: str, sets: Sequence[str] = ()) -> Recipe:
    """A recipe by name, or by the path of a YAML file, with `stage.field=value` or `rules.score.low=value` set on top."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise Usage(f"there is no recipe {name!r}; known: {', '.join(names())}, or give the path of a .yaml file")
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Usage(f"{path} is not a recipe: it cannot be read as YAML") from None
    if not isinstance(config, dict):
        raise Usage(f"{path} is not a recipe: it must be a YAML mapping with name, scan, rules, {', '.join(LISTED)}")
    return with_sets(config, sets)


def with_sets(config: dict[str, Any], sets: Sequence[str]) -> Recipe:
    """Build a recipe from the shape of its YAML file, with `stage.field=value` or `rules.score.low=value` set on top."""
    config = _in_shape(config)
    for text in sets:
        _apply(config, text)
    return from_config(config)


def from_config(config: dict[str, Any]) -> Recipe:
    """Build a recipe from the shape of its YAML file. Raises `Usage` naming the stage and field that do not fit."""
    config = _in_shape(config)
    recipe = Recipe(
        name=str(config.get("name", "unnamed")),
        about=str(config.get("about", "")),
        salt=str(config.get("salt", "")),
        scan=_configured(Scan, config["scan"]),
        rules=tuple(_rules(config["rules"])),
        **{kind: tuple(_listed(registry, config[kind])) for kind, registry in LISTED.items()},
    )
    _must_fit_together(recipe)
    return recipe


def _must_fit_together(recipe: Recipe) -> None:
    stages = [stage.name for stage in recipe.stages()]
    if twice := [name for name in stages if stages.count(name) > 1]:
        raise Usage(f"stage {twice[0]!r} is in {recipe.name!r} twice; each may be there once")
    unmeasured = [rule.score for rule in recipe.rules if rule.score not in recipe.scores()]
    if unmeasured:
        known = ", ".join(sorted(recipe.scores()))
        raise Usage(f"rule on {unmeasured[0]!r}, which no stage of {recipe.name!r} measures; measured: {known}")


def _in_shape(config: dict[str, Any]) -> dict[str, Any]:
    """A copy with every part there: scan and rules as mappings, each listed stage as `{name: {field: value}}`."""
    unknown = {str(part) for part in config} - set(Recipe.model_fields)
    if unknown:
        raise Usage(f"a recipe has no {', '.join(sorted(unknown))}; known: {', '.join(Recipe.model_fields)}")
    parts = {part: _mapping(part, config.get(part)) for part in ("scan", "rules")}
    return {**config, **parts, **{kind: _entries(kind, config.get(kind)) for kind in LISTED}}


def _mapping(where: str, value: Any) -> dict[str, Any]:
    if value is not None and not isinstance(value, dict):
        raise Usage(f"{where}: {value!r} is not a mapping of names to values")
    return dict(value or {})


def _entries(kind: str, value: Any) -> list[dict[str, dict[str, Any]]]:
    """Stages from `[name, {name: {field: value}}]`."""
    entries = [{entry: None} if isinstance(entry, str) else entry for entry in (value if isinstance(value, list) else ())]
    if not isinstance(value or [], list) or not all(isinstance(entry, dict) and len(entry) == 1 for entry in entries):
        raise Usage(f"{kind}: write a list of names, or of {{name: {{field: value}}}}")
    return [{str(name): _mapping(str(name), fields)} for entry in entries for name, fields in entry.items()]


def _listed(registry: Registry[Any], entries: list[dict[str, dict[str, Any]]]) -> Iterator[Any]:
    for entry in entries:
        for name, fields in entry.items():
            yield _configured(registry[name], fields)


def _configured(cls: type[Any], fields: dict[str, Any]) -> Any:
    try:
        return cls.model_validate(fields)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join([cls.name, *map(str, problem["loc"])])
        known = f"; known: {', '.join(cls.model_fields)}" if problem["type"] == "extra_forbidden" else ""
        raise Usage(f"{where}: {problem['msg'].removeprefix('Value error, ')}{known}") from None


def _rules(rules: dict[str, Any]) -> Iterator[Rule]:
    for score, sides in rules.items():
        if not isinstance(sides, dict) or set(sides) - {"low", "high"}:
            raise Usage(f"rules.{score}: a rule is {{low: number, high: number}}, each side optional")
        low, high = (_number(f"rules.{score}.{side}", sides.get(side)) for side in ("low", "high"))
        if low is not None and high is not None and low > high:
            raise Usage(f"rules.{score}: low ({low:g}) is above high ({high:g}), so no clip could be kept")
        yield Rule(str(score), low, high)


def _number(where: str, value: Any) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise Usage(f"{where}: {value!r} is not a number")
    return number


def _apply(config: dict[str, Any], text: str) -> None:
    """Set one `stage.field=value` in a config that is in shape."""
    target, equals, value = text.partition("=")
    stage, _, field = target.strip().partition(".")
    score, _, side = field.rpartition(".")
    if not equals or not field or (stage == "rules" and not score):
        raise Usage(f"--set {text!r}: write stage.field=value, for example scan.max_s=8 or rules.motion.low=0.01")
    parsed = _parsed(text, field, value)
    if stage == "rules":
        config["rules"][score] = {**_mapping(f"rules.{score}", config["rules"].get(score)), side: parsed}
    else:  # of the scan nothing is the detector's own; of any other stage, a text that is empty
        _fields(config, stage)[field] = "" if parsed is None and stage != "scan" else parsed


def _parsed(text: str, field: str, value: str) -> Any:
    """A value as YAML; a prompt is text as it stands, unless somebody put it in double quotes."""
    if field.endswith("prompt") and not value.startswith('"'):
        return value
    try:
        return yaml.safe_load(value) if value.strip() else None
    except yaml.YAMLError:
        raise Usage(f"--set {text!r}: the value cannot be read; put it in double quotes if it is text") from None


def _fields(config: dict[str, Any], stage: str) -> dict[str, Any]:
    """The fields of a stage, to be changed."""
    known: dict[str, dict[str, Any]] = {"scan": config["scan"]}
    for entry in (entry for kind in LISTED for entry in config[kind]):
        known |= entry
    if stage not in known:
        raise Usage(f"recipe {config.get('name')!r} has no stage {stage!r}; it has {', '.join(['rules', *known])}")
    return known[stage]
