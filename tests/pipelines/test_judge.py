"""The verdict is a pure function that fails closed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.judge import judge
from pipelines.records import Rule, Score, State, Verdict

NAMES = ("motion", "text", "sharpness")
values = st.floats(allow_nan=False, allow_infinity=False, width=32)
scores = st.dictionaries(
    st.sampled_from(NAMES), st.one_of(values.map(lambda value: (value, None)), st.just((None, "it broke")))
).map(lambda found: {name: Score(name, value, why) for name, (value, why) in found.items()})
rules = st.lists(st.builds(Rule, st.sampled_from(NAMES), st.none() | values, st.none() | values), max_size=4)


def measured(**found: float) -> dict[str, Score]:
    return {name: Score(name, value) for name, value in found.items()}


def test_both_limits_are_included() -> None:
    rule = Rule("motion", low=0.1, high=0.2)
    assert [judge(measured(motion=value), [rule]).state for value in (0.1, 0.15, 0.2)] == [State.KEPT] * 3
    assert judge(measured(motion=0.0999), [rule]) == Verdict(State.DROPPED, ("motion below 0.1",))
    assert judge(measured(motion=0.2001), [rule]) == Verdict(State.DROPPED, ("motion above 0.2",))


def test_each_broken_rule_is_a_reason() -> None:
    verdict = judge(measured(motion=0.0, text=0.5), [Rule("motion", low=0.1), Rule("text", high=0.2), Rule("text", low=0.1)])
    assert verdict == Verdict(State.DROPPED, ("motion below 0.1", "text above 0.2"))


def test_what_could_not_be_measured_never_passes() -> None:
    broken = {"text": Score("text", None, "the reader crashed")}
    assert judge(broken, [Rule("text", high=0.2)]) == Verdict(State.UNSCORED, ("text missing: the reader crashed",))
    assert judge({}, [Rule("text", high=0.2)]) == Verdict(State.UNSCORED, ("text missing: not measured",))


def test_a_missing_score_nobody_asks_for_does_no_harm() -> None:
    assert judge({"text": Score("text", None, "no reader")}, [Rule("motion")]).state == State.UNSCORED
    assert judge({"text": Score("text", None, "no reader"), **measured(motion=1)}, [Rule("motion")]).state == State.KEPT


def test_no_rules_keep_everything() -> None:
    assert judge({}, []) == Verdict(State.KEPT)


def breaks(rule: Rule, score: Score | None) -> bool:
    if score is None or score.value is None:
        return False
    return (rule.low is not None and score.value < rule.low) or (rule.high is not None and score.value > rule.high)


@given(scores, rules)
def test_dropped_before_unscored_before_kept(scores: dict[str, Score], rules: list[Rule]) -> None:
    verdict = judge(scores, rules)
    unknown = [rule for rule in rules if scores.get(rule.score) is None or scores[rule.score].value is None]
    if any(breaks(rule, scores.get(rule.score)) for rule in rules):
        assert verdict.state == State.DROPPED
    elif unknown:
        assert verdict.state == State.UNSCORED
    else:
        assert verdict == Verdict(State.KEPT)
    assert bool(verdict.reasons) == (verdict.state != State.KEPT)


@given(scores, rules)
def test_a_wider_rule_never_drops_more(scores: dict[str, Score], rules: list[Rule]) -> None:
    open_rules = [Rule(rule.score) for rule in rules]
    assert judge(scores, open_rules).state != State.DROPPED
    if judge(scores, rules).state == State.KEPT:
        assert judge(scores, open_rules).state == State.KEPT
