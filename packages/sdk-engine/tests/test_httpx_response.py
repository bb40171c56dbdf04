"""Answers as `httpx.Response`."""

from __future__ import annotations

import httpx
from sdk_engine.httpx_response import httpx_response
from sdk_engine.messages import Response


def test_an_answer_becomes_httpxs_own_type_without_the_credential() -> None:
    sent = [("Content-Encoding", "gzip"), ("Content-Length", "99"), ("X-A", "b"), ("X-A", "c")]
    response = httpx_response(Response(201, b'{"a": 1}', sent), "post", "http://h/x?q=1")
    assert type(response) is httpx.Response
    assert (response.status_code, response.json(), str(response.url)) == (201, {"a": 1}, "http://h/x?q=1")
    assert response.headers.get_list("x-a") == ["b", "c"]
    assert "content-encoding" not in response.headers, "the body is decoded already"
    assert response.headers["content-length"] == "8"
    assert response.request.method == "POST"
    assert set(response.request.headers) <= {"host", "content-length"}
    assert response.raise_for_status() is response
