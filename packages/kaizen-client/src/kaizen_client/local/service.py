"""What the service does with a request, as a function: no sockets, no threads."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError
from sdk_engine.bodies import UndecodableBody, decode_json

from kaizen_client import ktof
from kaizen_client.choosing import choose
from kaizen_client.local.detection import rewrite
from kaizen_client.observing import name_of
from kaizen_client.operations import ALL
from kaizen_client.payloads import MODELS
from kaizen_client.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

Dialect = Literal["documented", "backend"]
_ROUTES = {operation.path: (name_of(operation.path), operation.method) for operation in ALL}


class Refusal(Exception):
    """An answer other than 200.

    Attributes:
        status: HTTP status.
        detail: the body's `detail`.
    """

    def __init__(self, status: int, detail: Any) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail


class LocalService:
    """Answers requests as the service is described to answer them.

    Args:
        dialect: "documented" as in the service's documentation, "backend" as in its operators' reference.
        api_key: when given, requests must carry it.
    """

    def __init__(self, dialect: Dialect = "documented", *, api_key: str | None = None) -> None:
        if dialect not in ("documented", "backend"):
            raise ValueError(f"dialect must be 'documented' or 'backend', got {dialect!r}")
        self.dialect: Dialect = dialect
        self._api_key = api_key
        self._started = time.monotonic()

    def handle(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes | None, *, patience: float = 2.0
    ) -> tuple[int, Any]:
        """Status and JSON body for a request; header names in any case.

        Where tokens are counted, it blocks for up to `patience` seconds, until the vocabulary is there.
        """
        try:
            return 200, self._answer(method, path, headers, content, patience)
        except Refusal as refusal:
            return refusal.status, {"detail": refusal.detail}

    def _answer(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes | None, patience: float
    ) -> dict[str, Any]:
        self._authorize({name.lower(): value for name, value in headers.items()})
        name, allowed = _ROUTES.get(path.partition("?")[0], (None, None))
        if name is None:
            raise Refusal(404, "Not Found")
        if method != allowed:
            raise Refusal(405, "Method Not Allowed")
        if name == "health":
            return self._health()
        request = _checked(MODELS[name], content)
        if "ktof" in request or name == "decompress":
            return self._decode(name, request)
        return self._encode(name, request, patience)

    def _authorize(self, headers: Mapping[str, str]) -> None:
        given = headers.get("x-api-key"), headers.get("authorization", "").removeprefix("Bearer ")
        if self._api_key is not None and self._api_key not in given:
            raise Refusal(401, "Invalid or missing API key")

    def _health(self) -> dict[str, Any]:
        if self.dialect == "backend":
            return {"message": "Local Kaizen stand-in"}
        return {
            "operation": "health",
            "status": "ok",
            "uptime": int(time.monotonic() - self._started),
            "region": "local",
        }

    def _encode(self, name: str, request: Mapping[str, Any], patience: float) -> dict[str, Any]:
        value = request["data"] if "data" in request else request["prompt"]
        options = {key: item for key, item in (request.get("options") or {}).items() if item is not None}
        plain, meta = _json(value), dict[str, Any]()
        try:
            if not (isinstance(value, str) and request.get("auto_detect_json")):
                text = ktof.encode(value, **options)
            elif self.dialect == "backend":
                text, meta = _detected(value, ktof.encode(value, **options), options)
            else:
                plain, text = value, choose(value, options=options).text
        except ktof.KtofEncodeError as exc:
            problem = str(exc)
        else:
            if request.get("schemas") is not None:
                meta["schemas"] = request["schemas"]
            return self._encoded(name, request, (plain, text), meta, patience)
        raise Refusal(400, f"Invalid encode request: {problem}")

    def _encoded(
        self, name: str, request: Mapping[str, Any], texts: tuple[str, str], meta: dict[str, Any], patience: float
    ) -> dict[str, Any]:
        answer: dict[str, Any] = {**self._head(name), "result": texts[1]}
        if self.dialect == "documented" or name != "compress":
            answer["stats"] = self._stats(*texts)
        if request.get("token_models"):
            answer["token_stats"], meta["token_count"] = self._token_stats(request["token_models"], *texts, patience)
        return self._with_echo(answer, request, meta)

    def _decode(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        text = request["data"] if name == "decompress" else request["ktof"]
        options = {key: item for key, item in (request.get("options") or {}).items() if item is not None}
        try:
            value = ktof.decode(text, **options)
        except ktof.KtofDecodeError as exc:
            problem = str(exc)
        else:
            answer = {**self._head(name), "result": value}
            if self.dialect == "documented" and name == "decompress":
                answer["data"] = value  # its page says "data", the overview says "result"
            if self.dialect == "backend" and name != "decompress":
                answer["stats"] = self._stats(text, _json(value))
            return self._with_echo(answer, request, {})
        raise Refusal(400, f"Invalid decode request: {problem}")

    def _head(self, name: str) -> dict[str, Any]:
        if self.dialect == "backend":
            return {"operation": name, "status": "success"}
        documented = name.replace("_", ".")
        return {"operation": documented, "status": "ok"}

    def _stats(self, before: str, after: str) -> dict[str, Any]:
        if self.dialect == "backend":
            saved = len(before) - len(after)
            return {
                "original_length": len(before),
                "optimized_length": len(after),
                "reduction": saved,
                "reduction_ratio": saved / len(before) if before else 0,
            }
        original, compressed = len(before.encode()), len(after.encode())
        ratio = round(compressed / original, 3) if original else 0
        return {"original_bytes": original, "compressed_bytes": compressed, "reduction_ratio": ratio}

    def _token_stats(self, models: list[str], before: str, after: str, patience: float) -> tuple[dict[str, Any], str]:
        counts = {
            model: (count_tokens(before, model, wait=patience), count_tokens(after, model, wait=patience))
            for model in models
        }
        how = "exact" if all(old.exact and new.exact for old, new in counts.values()) else "estimate"
        if self.dialect == "documented":
            stats = {model: {"original": old.tokens, "compressed": new.tokens} for model, (old, new) in counts.items()}
            return stats, how
        raw = {model: {"tokens": old.tokens, "bytes": len(before.encode())} for model, (old, _) in counts.items()}
        optimized = {model: {"tokens": new.tokens, "bytes": len(after.encode())} for model, (_, new) in counts.items()}
        return {"raw": raw, "optimized": optimized}, how

    def _with_echo(self, answer: dict[str, Any], request: Mapping[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
        """Add what the caller sent along, where this dialect puts it."""
        metadata, replayed = request.get("metadata"), request.get("replay_meta")
        if self.dialect == "backend":
            meta = {**(replayed or {}), **meta}
            if metadata is not None:
                meta["client_metadata"] = metadata
            return {**answer, "meta": meta} if meta else answer
        if metadata is not None:
            answer["metadata"] = metadata
        if replayed is not None:
            answer["replay_meta"] = replayed
        kept = {key: item for key, item in meta.items() if key == "token_count"}
        return {**answer, "meta": kept} if kept else answer


def _checked(model: type[BaseModel], content: bytes | None) -> dict[str, Any]:
    """The body after validation, in the shape of its model; a refusal is shaped as FastAPI shapes it."""
    anything: Any = Any
    try:
        body = decode_json(content or b"", anything)
    except UndecodableBody:
        raise Refusal(422, [{"type": "json_invalid", "loc": ["body"], "msg": "JSON decode error"}]) from None
    if not isinstance(body, dict):
        raise Refusal(422, [{"type": "model_type", "loc": ["body"], "msg": "Input should be a JSON object"}])
    try:
        return model.model_validate(body).model_dump()
    except ValidationError as exc:
        problems = [
            {"type": problem["type"], "loc": ["body", *problem["loc"]], "msg": problem["msg"]}
            for problem in exc.errors(include_url=False, include_input=False)
        ]
    raise Refusal(422, problems)


def _detected(prompt: str, plain: str, options: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The shorter of the text as one string and the text with its JSON rewritten, and what is said about it.

    This is what the operators' reference says of the backend, which rewrites JSON inside of sentences and of code too.
    """
    style = {key: item for key, item in options.items() if key != "indent"}
    found = rewrite(prompt, **style)
    meta: dict[str, Any] = {
        "auto_detected_json": bool(found.replacements),
        "embedded_json_count": len(found.replacements),
        "auto_detection_applied": False,
    }
    if not found.replacements or len(found.text) >= len(plain):
        return plain, meta
    meta |= {
        "auto_detection_applied": True,
        "segments_schema": "text_with_ktof",
        "replacements": found.replacements,
    }
    return found.text, meta


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
