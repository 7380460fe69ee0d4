"""What is wrong with a caption, by its words alone. No model is asked.

`outcome` decides whether a caption counts at all; `flags` are hints for people and filters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipelines.records import Outcome

ENCODERS = {"CogVideoX": 226, "CLIP": 77}
"""Tokens that the text encoders of trainers read; what is longer is cut off unseen."""
TOKENS_PER_WORD = 1.35
"""Of English captions, for T5 and CLIP alike; an estimate on the safe side."""
LOOP_WORDS = 6
LOOP_TIMES = 4
SAME_SHARE = 0.8
LIKE_ANOTHER = "like another"
REFUSALS = re.compile(
    r"^\W*(i['’]?m sorry|i am sorry|sorry,|i can(?:no|['’])t |i cannot |i['’]?m (?:not able|unable)|i am (?:not able|unable)"
    r"|as an ai\b|unfortunately,? i\b|i don['’]?t see (?:any|a) (?:image|video|picture)|抱歉|对不起|我无法)",
    re.IGNORECASE,
)
LEAD_INS = re.compile(
    r"^\W*(?:in )?(?:the|this|a) (?:short |brief )?(?:video|clip|footage|scene|image|picture|frame|film)s?"
    r"(?: clip| footage| sequence)?[ ,]+(?:opens|begins|starts|shows?|showcases|features?|depicts?|captures?|displays?"
    r"|presents?|illustrates?|portrays?|is about|we see)\b",
    re.IGNORECASE,
)
SUBJECTIVE = re.compile(
    r"\b(?:evok|creat|convey|add|giv|lend)(?:es?|ing|s)\b[^.]*\b(?:sense|feeling|mood|atmosphere|ambiance)\b"
    r"|\b(?:serene|mesmeri[sz]ing|breathtaking|captivating|stunning|tranquil|whimsical) (?:atmosphere|mood|beauty)\b",
    re.IGNORECASE,
)
NEGATIVE = re.compile(
    r"\b(?:there (?:is|are) no|there(?:['’]s| is) nothing|no (?:text|people|person|other|visible|camera|audio|sound)"
    r"|not visible|isn['’]t visible|cannot be seen|without any)\b",
    re.IGNORECASE,
)
NEXT = r"""(?=["“'(\[]?[^\Wa-z_])"""
"""What a new sentence begins with: a capital, a digit, a character of a script without capitals; maybe behind a quote."""
BOUNDARY = re.compile(rf"""(?<=[.!?])\s+{NEXT}|(?<=[.!?]["”’)\]])\s+{NEXT}|(?<=[。！？])(?![”」』。！？])|\n+""")
ABBREVIATION = re.compile(r"(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|St|No|vs|approx|e\.g|i\.e|[A-Z])\.$")
HAN, KANA = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[\u3040-\u30ff]")


def outcome(text: str, finish: str = "stop") -> tuple[Outcome, str | None]:
    """How an answer ended, and why it is not ok. `finish` is what the engine said: stop, length or blocked."""
    words = text.strip()
    if finish == "blocked":
        return Outcome.BLOCKED, "the engine refused to answer"
    if not words and finish == "length":
        return Outcome.EMPTY, "the model had no tokens left before it said anything; raise max_tokens"
    if not words:
        return Outcome.EMPTY, "the model said nothing"
    if REFUSALS.match(words):
        return Outcome.BLOCKED, "the model refused to describe it"
    if (phrase := loop(words)) is not None:
        return Outcome.REPEATED, f"the model repeats “{phrase}”"
    if finish == "length":
        return Outcome.TRUNCATED, "the model had no tokens left; raise max_tokens"
    return Outcome.OK, None


def loop(text: str) -> str | None:
    """A phrase of six words, or a sentence, that comes four times or more; None when there is none."""
    said = Counter(sentence.strip().lower() for sentence in sentences(text))
    words = units(text)
    phrases = Counter(tuple(words[start : start + LOOP_WORDS]) for start in range(len(words) - LOOP_WORDS + 1))
    for sentence, times in said.most_common(1):
        if times >= LOOP_TIMES:
            return sentence[:60]
    for phrase, times in phrases.most_common(1):
        if times >= LOOP_TIMES:
            return " ".join(phrase)
    return None


def flags(text: str, *, language: str = "en", others: Sequence[str] = ()) -> tuple[str, ...]:
    """What a person should look at. `language` is the one asked for: en, zh, ja; `others` are captions of other clips."""
    checks = {
        "lead-in": bool(LEAD_INS.match(text)),
        "subjective": bool(SUBJECTIVE.search(text)),
        "negative": bool(NEGATIVE.search(text)),
        "language": bool(text.strip()) and spoken(text) != language,
        LIKE_ANOTHER: any(alike(text, other) for other in others),
        **{f"over {limit} tokens ({name})": tokens(text) > limit for name, limit in ENCODERS.items()},
    }
    return tuple(name for name, is_so in checks.items() if is_so)


def spoken(text: str) -> str:
    """en, zh or ja, by the letters: enough to see that a model fell into another language."""
    letters = [letter for letter in text if letter.isalpha()]
    han, kana = len(HAN.findall(text)), len(KANA.findall(text))
    if not letters or (han + kana) / len(letters) < 0.2:
        return "en"
    return "ja" if kana > 0.1 * (han + kana) else "zh"


def tokens(text: str) -> int:
    """Tokens of a text encoder, estimated: 1.35 a word, one a Chinese or Japanese character."""
    wide = len(HAN.findall(text)) + len(KANA.findall(text))
    narrow = len(re.findall(r"[^\W\u3040-\u30ff\u4e00-\u9fff]+|[^\w\s]", text))
    return round(wide + narrow * TOKENS_PER_WORD)


def alike(one: str, other: str) -> bool:
    """Whether two captions share four fifths of their words (Jaccard)."""
    a, b = set(units(one)), set(units(other))
    return bool(a and b) and len(a & b) / len(a | b) >= SAME_SHARE


def units(text: str) -> list[str]:
    """Lower-case words; each Chinese or Japanese character is one."""
    return re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W_\u3040-\u30ff\u4e00-\u9fff]+(?:['’][^\W_]+)?", text.lower())


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, each stripped; numbers and abbreviations do not end one."""
    found: list[str] = []
    for piece in filter(None, (part.strip() for part in BOUNDARY.split(text))):
        if found and ABBREVIATION.search(found[-1]):
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return found
