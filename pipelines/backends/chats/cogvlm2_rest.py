"""The REST service of CogVLM2-Video: `POST /video_qa`, a video and a question in, an answer out. One question at a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.backends import servers
from pipelines.backends.breaker import Breaker
from pipelines.backends.chats import BACKENDS, Backend
from pipelines.backends.spoken import spoken
from pipelines.catalogue import Model
from pipelines.chat import Answer, Chat, Film, Request
from pipelines.errors import Cancelled, Fatal, Refused
from pipelines.records import Usage

if TYPE_CHECKING:
    import httpx2

NAME = "cogvlm2"
"""Of its server in CLAPPER_SERVERS, when a recipe names none."""
CONNECT_S, WHOLE_S = 5.0, 600.0
LEAST_TEMPERATURE = 0.001
"""What the service itself takes for none."""


@BACKENDS.register
class CogVLM2Rest(Backend):
    """Needs CogVLM2-Video's own `api_demo` at an address."""

    name: ClassVar[str] = "cogvlm2_rest"
    about: ClassVar[str] = "CogVLM2-Video's own REST service; put its address into CLAPPER_SERVERS as cogvlm2=http://..."
    order: ClassVar[int] = 90

    def missing(self, model: Model, server: str) -> str | None:
        if "cogvlm2" not in model.repo.lower():
            return f"it serves CogVLM2-Video, not {model.name}"
        name = server or NAME
        return None if name in servers.known() else f"no address of a server {name!r} in CLAPPER_SERVERS"

    def open(self, model: Model, server: str) -> Chat:
        found = servers.get(server or NAME)
        if found is None:
            raise Fatal(f"cogvlm2_rest: {self.missing(model, server)}; set it and start the worker again")
        return CogVLM2Chat(model, found)


class CogVLM2Chat(Chat):
    """The service samples a frame a second by itself, so it is sent the chosen frames as a video, at their own times."""

    def __init__(self, model: Model, server: servers.Server) -> None:
        import httpx2

        from pipelines.backends import bounded

        self.model, self.window, self.takes_films = model.repo, 1, True
        self._server, self._breaker, self._closed = server, Breaker(server.place), False
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(WHOLE_S, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=not server.is_here,
            event_hooks={"response": [bounded.hook(WHOLE_S)]},
        )

    def ask(self, request: Request) -> Answer:
        import httpx2

        from pipelines.backends import bounded

        self._breaker.check()
        since = time.monotonic()
        try:
            reply = self._client.post(f"{self._server.url}/video_qa", **_form(request))
        except httpx2.TransportError as error:
            raise self._away(error) from None
        except bounded.Endless as error:
            raise Refused("bad_answer", f"{self._server.place} was cut off: {error}") from None
        text = self._read(reply)
        self._breaker.succeeded()
        return Answer(text, self.model, usage=Usage(seconds=time.monotonic() - since))

    def close(self) -> None:
        self._closed = True
        self._client.close()

    def _away(self, error: Exception) -> Exception:
        return Cancelled("the worker stopped") if self._closed else self._breaker.failed(type(error).__name__)

    def _read(self, reply: httpx2.Response) -> str:
        place = self._server.place
        if reply.status_code in (429, 502, 503, 504):
            raise self._breaker.failed(f"status {reply.status_code}")
        if reply.status_code == 404:
            raise Fatal(f"{place} has no /video_qa; is it CogVLM2-Video's service?")
        if reply.status_code != 200:  # its own words may be a stack trace, which helps nobody here
            raise Refused("server_error", f"{place} failed on this clip with status {reply.status_code}")
        try:
            return spoken(str(reply.json()["answer"]))
        except (ValueError, KeyError, TypeError):
            raise Refused("bad_answer", f"{place} gave an answer that cannot be read") from None


def _form(request: Request) -> dict[str, Any]:
    """The multipart form: the film, and all words as one question."""
    from pipelines.media.film import encode

    contents = [content for message in request.messages for content in message.content]
    films = [content for content in contents if isinstance(content, Film)]
    if len(films) != 1:
        raise Refused("no_film", "this service takes one clip and a question; use a captioner such as `video`")
    question = "\n".join(content for content in contents if isinstance(content, str))
    temperature = max(request.decoding.temperature, LEAST_TEMPERATURE)
    video = encode(films[0].frames, films[0].times_s)
    return {
        "files": {"video": ("clip.mp4", video, "video/mp4")},
        "data": {"question": question, "temperature": str(temperature)},
    }
