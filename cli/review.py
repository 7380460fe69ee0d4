"""`app.py review`: decide on a clip from a script."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer

from cli.common import Data, me, opened, settings_for
from db import clips, decisions
from db.decisions import Conflict, Decision
from pipelines.errors import ClapperError, Usage


def register(app: typer.Typer) -> None:
    app.command(name="review")(command)


def command(
    clip: Annotated[str, typer.Argument(help="Number or key of a clip, as `app.py clips` prints it.")],
    accept: Annotated[bool, typer.Option("--accept", help="Accept it with the caption in force.")] = False,
    reject: Annotated[str | None, typer.Option(metavar="REASON", help="Reject it, and say why.")] = None,
    text: Annotated[str | None, typer.Option(help="Accept it with this caption; the former stays in its history.")] = None,
    by: Annotated[str, typer.Option(help="Who decides; you by default.")] = "",
    data: Data = None,
) -> None:
    """Accept a clip, reject it, or accept it with a caption of your own. Exactly one of --accept, --reject, --text."""
    action = _action(accept=accept, reject=reject, text=text)
    with opened(settings_for(data)) as store, store.write() as session:
        found = clips.find(session, clip)
        if found is None:
            raise Usage(f"there is no clip {clip!r}; `python app.py clips` prints those there are")
        decision = Decision(str(uuid.uuid4()), found.id, found.version, action, reason=reject or "", text=text or "")
        answer = decisions.decide(session, decision, by or me())
    if isinstance(answer, Conflict):
        raise ClapperError(f"clip {found.id} was decided by somebody else at this very moment; look at it and try again")
    typer.echo(f"clip {found.id}: {answer.standing.review}")


def _action(*, accept: bool, reject: str | None, text: str | None) -> str:
    chosen = [name for name, given in (("accept", accept), ("reject", reject), ("edit", text)) if given not in (None, False)]
    if len(chosen) != 1:
        raise Usage("say exactly one of --accept, --reject REASON, --text TEXT")
    if reject is not None and not reject.strip():
        raise Usage("--reject needs a reason in words")
    return chosen[0]
