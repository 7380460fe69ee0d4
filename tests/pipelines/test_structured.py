"""Answers in a shape are read by a real parser; what does not fit is asked for again with the reason."""

from __future__ import annotations

import json

import pytest

from pipelines.aligners.judge import Verdicts
from pipelines.asking import Clock
from pipelines.chat import Answer, Chat, Request
from pipelines.errors import Refused
from pipelines.records import Usage
from pipelines.rewriters.rewrite import Rewritten
from pipelines.structured import ask_for, read, strict

SAID = {
    "plain": ('{"caption": "A dog."}', "A dog."),
    "no space after the colon": ('{"caption":"A dog."}', "A dog."),
    "pretty": ('{\n  "caption":\n    "A dog."\n}', "A dog."),
    "a brace inside": ('{"caption": "A sign says } and {."}', "A sign says } and {."),
    "escaped quotes": ('{"caption": "A \\"dog\\" runs.\\nFast."}', 'A "dog" runs.\nFast.'),
    "escaped letters": ('{"caption": "A dog \\u2014 brown."}', "A dog — brown."),
    "half a character": ('{"caption": "A \\ud83d dog\\u0000."}', "A  dog."),
    "a raw line break": ('{"caption": "A dog\nruns."}', "A dog\nruns."),
    "fenced": ('Here you are:\n```json\n{"caption": "A dog."}\n```\nAnything else?', "A dog."),
    "behind braces that are none": ("I use {braces}. " + '{"caption": "A dog."}', "A dog."),
    "behind another object": ('{"note": 1} {"caption": "A dog."}', "A dog."),
}
WRONG = {
    "no JSON": ("A dog.", "no JSON object"),
    "cut off": (
        '{"caption": "A dog',
        "no JSON object in it that can be read (Unterminated string starting at at character 13",
    ),
    "a wrong escape": (
        '{"caption": "A \\x41 dog"}',
        "no JSON object in it that can be read (Invalid \\escape at character 16",
    ),
    "another key": ('{"text": "A dog."}', "caption: Field required"),
    "a key too many": ('{"caption": "A dog.", "more": 1}', "more: Extra inputs"),
    "not text": ('{"caption": 5}', "caption: Input should be a valid string"),
    "a list": ('["A dog."]', "no JSON object"),
    "too deep": ('{"caption": ' + "[" * 100_000, "no JSON object"),
}


class Scripted(Chat):
    """Says one line after the other."""

    model = "scripted"

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.asked: list[Request] = []

    def ask(self, request: Request) -> Answer:
        self.asked.append(request)
        return Answer(self.lines.pop(0), self.model, usage=Usage(10, 5))


@pytest.mark.parametrize(("text", "caption"), SAID.values(), ids=SAID)
def test_it_is_read_however_it_is_wrapped(text: str, caption: str) -> None:
    found, reason = read(Rewritten, text)
    assert found is not None and (found.caption, reason) == (caption, None)


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_says_why(text: str, words: str) -> None:
    found, reason = read(Rewritten, text)
    assert found is None and reason is not None and words in reason


def test_the_reason_goes_back_and_the_price_adds_up() -> None:
    chat, clock = Scripted("A dog.", '{"caption": ""}', '{"caption": "A dog."}'), Clock()
    fits = lambda found: None if found.caption else "caption: it is empty"  # noqa: E731
    found, _ = ask_for(Rewritten, chat, Request.of("Rewrite."), retries=2, clock=clock, fits=fits)
    assert found.caption == "A dog."
    assert (clock.usage().tokens_in, clock.usage().tokens_out) == (30, 15)
    last = chat.asked[-1].messages
    assert [message.role for message in last] == ["user", "assistant", "user", "assistant", "user"]
    assert "no JSON object" in str(last[2].content) and "it is empty" in str(last[4].content)
    assert json.dumps(dict(chat.asked[0].schema or {})).count("caption") >= 1


def test_after_the_last_try_the_clip_fails_with_the_reason() -> None:
    with pytest.raises(Refused, match=r"no usable JSON in 2 answers of scripted: .*no JSON object") as caught:
        ask_for(Rewritten, Scripted("A", "B"), Request.of("Rewrite."), retries=1, clock=Clock(), fits=lambda _: None)
    assert caught.value.kind == "bad_json"


@pytest.mark.parametrize(
    ("said", "finish", "words"),
    [
        ("", "blocked", "refused to answer"),
        ("I'm sorry, I can't do that.", "stop", "refused to describe"),
        ("", "stop", "said nothing"),
    ],
)
def test_a_refusal_is_called_one(said: str, finish: str, words: str) -> None:
    chat = Scripted(said)
    chat.ask = lambda request: Answer(said, "scripted", finish)  # type: ignore[method-assign]
    with pytest.raises(Refused, match=f"no usable JSON in 1 answers of scripted: .*{words}"):
        ask_for(Rewritten, chat, Request.of("Rewrite."), retries=0, clock=Clock(), fits=lambda _: None)


def test_the_schema_that_is_sent_leaves_nothing_open() -> None:
    verdict = strict(Verdicts.model_json_schema())["$defs"]["Verdict"]
    assert verdict["required"] == ["number", "verdict", "note"] and verdict["additionalProperties"] is False
    assert "default" not in json.dumps(verdict)
    assert read(Verdicts, '{"verdicts": [{"number": 1, "verdict": "supported"}]}')[0] is not None, "a note may still lack"
