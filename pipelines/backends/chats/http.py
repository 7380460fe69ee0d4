"""Any server that speaks OpenAI's chat completions: sglang, vLLM, `transformers serve`, a hosted model."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.backends import servers
from pipelines.backends.breaker import Breaker
from pipelines.backends.chats import BACKENDS, Backend
from pipelines.backends.pace import Pace
from pipelines.catalogue import Model
from pipelines.chat import Answer, Chat, Request
from pipelines.errors import Cancelled, Fatal, Refused
from pipelines.records import Usage

if TYPE_CHECKING:
    from openai import OpenAI

CONNECT_S, FIRST_TOKEN_S, WHOLE_S = 5.0, 60.0, 600.0
RETRIES = 4
"""Of one question; the client waits between them with jitter, and as long as the server asks for."""
WINDOW = 32
MOST_CHARACTERS = 200_000
"""A server that goes on and on is cut off."""


@BACKENDS.register
class Http(Backend):
    """A server at a known address."""

    name: ClassVar[str] = "http"
    about: ClassVar[str] = "Any OpenAI-compatible server whose address the operator gave: sglang, vLLM, a hosted model."
    order: ClassVar[int] = 0

    def missing(self, model: Model, server: str) -> str | None:
        if server in servers.known():
            return None
        return f"no address of a server {server!r} in CLAPPER_SERVERS" if server else "CLAPPER_SERVER names no address"

    def open(self, model: Model, server: str) -> Chat:
        found = servers.get(server)
        if found is None:
            raise Fatal(f"http: {self.missing(model, server)}; set it and start the worker again")
        return HttpChat(model, found)


class HttpChat(Chat):
    """A model behind an address."""

    def __init__(self, model: Model, server: servers.Server, *, window: int = WINDOW, films: bool = False) -> None:
        self.model, self.window, self.takes_films = model.repo, window, films
        self._entry, self._server = model, server
        self._client = _client(server)
        self._breaker = Breaker(server.place)
        self._pace = Pace(window, late_s=FIRST_TOKEN_S / 3)
        self._unknown: set[str] = set()
        self._closed = False

    def ask(self, request: Request) -> Answer:
        from pipelines.backends import wire_chat

        self._breaker.check()
        body = wire_chat.body(request, model=self.model, films=self.takes_films)
        with self._pace.one():
            since = time.monotonic()
            try:
                heard = self._asked(body)
            except Exception as error:
                raise self._judged(error) from None
            self._pace.answered(heard.first_at - since)
        self._breaker.succeeded()
        cost = self._entry.cost(heard.tokens_in, heard.tokens_out)
        usage = Usage(heard.tokens_in, heard.tokens_out, cost, time.monotonic() - since)
        return Answer(heard.text, heard.model or self.model, heard.finish, usage)

    def close(self) -> None:
        self._closed = True
        self._pace.close()
        self._client.close()

    def _asked(self, body: dict[str, Any]) -> Any:
        """Its answer; asked again without what the server says that it does not take, now and from now on."""
        import openai

        from pipelines.backends import wire_chat

        while True:
            taken = wire_chat.without(body, self._unknown)
            try:
                return self._listen(taken)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if (name := wire_chat.refused(_said(error), taken)) is None:
                    raise
                self._unknown.add(name)

    def _listen(self, body: dict[str, Any]) -> Any:
        """The whole answer, token by token; asked once more when the line breaks in the middle."""
        from pipelines.backends import wire_heard

        try:
            return wire_heard.heard(self._client.chat.completions.create(**body), MOST_CHARACTERS)
        except wire_heard.Broken:
            return wire_heard.heard(self._client.chat.completions.create(**body), MOST_CHARACTERS)

    def _judged(self, error: Exception) -> Exception:
        """What a failure means: for this question, for all, or for now."""
        import httpx2
        import openai

        from pipelines.backends import bounded, wire_heard

        if self._closed:
            return Cancelled("the worker stopped")
        place = self._server.place
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return Fatal(f"{place} does not accept the key; set CLAPPER_API_KEY and start the worker again")
            case openai.NotFoundError():
                return Fatal(f"{place} has no model {self.model!r}, or is no chat server; look at the address and the name")
            case openai.RateLimitError() | openai.APIConnectionError() | httpx2.TransportError():
                return self._breaker.failed(_cause(error))
            case openai.APIStatusError(status_code=502 | 503 | 504):
                return self._breaker.failed(_cause(error))
            case openai.InternalServerError():
                return Refused("server_error", f"{place} failed on this question {RETRIES + 1} times: {_said(error)}")
            case openai.APIStatusError(status_code=300 | 301 | 302 | 303 | 307 | 308):
                return Fatal(
                    f"{place} sends on to another address; put that one into CLAPPER_SERVER and start the worker again"
                )
            case openai.APIStatusError():
                return Refused("model_refused", f"{place} refused the question: {_said(error)}")
            case wire_heard.Broken():
                return Refused("bad_answer", f"{place} gave no whole answer twice: {error}")
            case bounded.Endless():
                return Refused("bad_answer", f"{place} was cut off: {error}")
            case openai.OpenAIError() | ValueError():
                return Refused("bad_answer", f"{place} gave an answer that cannot be read ({_cause(error)})")
        return error


def _client(server: servers.Server) -> OpenAI:
    import httpx2
    from openai import OpenAI

    from pipelines.backends import bounded

    logging.getLogger("httpx2").setLevel(logging.WARNING)  # else a line for every question
    timeout = httpx2.Timeout(FIRST_TOKEN_S, connect=CONNECT_S, pool=WHOLE_S)
    limits = httpx2.Limits(max_connections=4 * WINDOW, max_keepalive_connections=WINDOW)
    line = httpx2.Client(
        timeout=timeout,
        limits=limits,
        follow_redirects=False,
        trust_env=not server.is_here,  # a proxy does not know our loopback
        event_hooks={"response": [bounded.hook(WHOLE_S)]},
    )
    return OpenAI(base_url=server.url, api_key=server.key, timeout=timeout, max_retries=RETRIES, http_client=line)


def _cause(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    return f"status {status}" if status else type(error).__name__


def _said(error: Any) -> str:
    """The status, and the server's own words, cut short; a page of HTML is not passed on."""
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        body = body.get("message") or body.get("detail") or ""
    words = " ".join((body if isinstance(body, str) else json.dumps(body)).split()) if body else ""
    return f"{_cause(error)}: {words[:300]}" if words and not words.startswith("<") else _cause(error)
