"""Scores and rules in, verdict out. A pure function: moving a threshold re-judges a library and re-computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.records import Rule, Score, State, Verdict


def judge(scores: Mapping[str, Score], rules: Iterable[Rule]) -> Verdict:
    """Drop when a measured score breaks a rule; otherwise fail closed when a rule's score is missing; otherwise keep."""
    broken: list[str] = []
    missing: list[str] = []
    for rule in rules:
        score = scores.get(rule.score)
        if score is None or score.value is None:
            missing.append(f"{rule.score} missing: {score.missing if score else 'not measured'}")
        elif rule.low is not None and score.value < rule.low:
            broken.append(f"{rule.score} below {rule.low:g}")
        elif rule.high is not None and score.value > rule.high:
            broken.append(f"{rule.score} above {rule.high:g}")
    if broken:
        return Verdict(State.DROPPED, tuple(broken))
    return Verdict(State.UNSCORED, tuple(missing)) if missing else Verdict(State.KEPT)
