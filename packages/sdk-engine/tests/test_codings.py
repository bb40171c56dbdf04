"""Content codings: undone under a cap, and nothing is handed out of a body that was cut or tampered with."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdk_engine.bodies import BodyReader
from sdk_engine.messages import WireFailure

CAP = 100_000


def squeeze(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)  # the same bytes in every process: they name the tests


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


def twice(body: bytes) -> bytes:
    return squeeze(squeeze(body))


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": squeeze,
    "x-gzip": squeeze,
    " GZIP ": squeeze,
    "deflate": zlib.compress,
    "gzip, gzip": twice,
    "deflate, gzip": lambda body: squeeze(zlib.compress(body)),
    "gzip, identity, deflate": lambda body: zlib.compress(squeeze(body)),
}


def read(coding: str | None, *chunks: bytes, cap: int = CAP) -> bytes:
    reader = BodyReader(coding, cap)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def failure(coding: str | None, *chunks: bytes, cap: int = CAP) -> WireFailure:
    with pytest.raises(WireFailure) as caught:
        read(coding, *chunks, cap=cap)
    return caught.value


@pytest.mark.parametrize("coding", CODINGS)
@given(body=st.binary(max_size=2000), size=st.integers(1, 100))
def test_every_coding_is_undone_however_it_arrives(coding: str, body: bytes, size: int) -> None:
    coded = CODINGS[coding](body)
    assert read(coding, coded) == body
    assert read(coding, *(coded[start : start + size] for start in range(0, len(coded), size))) == body


@pytest.mark.parametrize("body", [b"", b"{}", b'{"a": 1}' * 100, bytes(range(256))])
def test_deflate_may_come_without_its_wrapper(body: bytes) -> None:
    coded = raw_deflate(body)
    assert read("deflate", coded) == body
    assert read("deflate", *(bytes([byte]) for byte in coded)) == body


def test_no_header_is_no_coding() -> None:
    assert read(None, b"a", b"", b"b") == b"ab"
    assert read(None) == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
def test_an_empty_body_is_whole(coding: str) -> None:
    assert read(coding) == b""
    assert read(coding, b"", b"") == b""


@pytest.mark.parametrize("coding", ["br", "zstd", "wat", "gzip, br", "gzip, gzip, gzip", ", ".join(["gzip"] * 20)])
def test_a_coding_that_was_not_offered_is_refused(coding: str) -> None:
    refused = failure(coding, b"x")
    assert str(refused) == "the answer uses a content coding that was not offered"
    assert not refused.transient


MEMBERS = {
    "two": (b"text", b"more"),
    "an empty one first": (b"", b"text"),
    "empty ones between and behind": (b"text", b"", b"", b"more", b""),
    "larger than a piece": (b"x" * 40_000, b"y" * 40_000),
}


@pytest.mark.parametrize("members", MEMBERS.values(), ids=MEMBERS)
def test_gzip_may_come_in_several_members(members: tuple[bytes, ...]) -> None:
    coded = b"".join(map(squeeze, members))
    assert read("gzip", coded) == b"".join(members)
    assert read("gzip", *(bytes([byte]) for byte in coded)) == b"".join(members)
    assert read("gzip", *map(squeeze, members)) == b"".join(members)
    assert read("gzip, gzip", squeeze(coded)[:9], squeeze(coded)[9:]) == b"".join(members)


def test_a_member_that_was_cut_is_no_body() -> None:
    cut_short = failure("gzip", squeeze(b"text") + squeeze(b"more")[:-3])
    assert str(cut_short) == "the compressed answer ends too early"
    assert str(failure("gzip", squeeze(b"text"), b"\x1f")) == "the compressed answer ends too early"


def test_the_cap_counts_all_members() -> None:
    assert str(failure("gzip", squeeze(b"x" * 60) * 2, cap=100)) == "the answer is larger than 100 bytes"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
@pytest.mark.parametrize("cut", [1, 4, 8, 12])
def test_a_body_that_was_cut_is_no_body(coding: str, cut: int) -> None:
    cut_short = failure(coding, CODINGS[coding](b"some text")[:-cut])
    assert str(cut_short) == "the compressed answer ends too early"
    assert cut_short.transient


def test_one_byte_of_deflate_is_no_body() -> None:
    assert str(failure("deflate", b"x")) == "the compressed answer ends too early"


@pytest.mark.parametrize(
    ("coding", "content"),
    [
        ("gzip", b"this is not gzip"),
        ("deflate", b"\xff\xfe nor is this deflate"),
        ("gzip", squeeze(b"text")[:-8] + bytes(8)),
        ("deflate", zlib.compress(b"text")[:-4] + bytes(4)),
        ("gzip", squeeze(b"text") + b"junk"),
        ("gzip", squeeze(b"text") + squeeze(b"more") + b"junk"),
        ("gzip", squeeze(b"text") + bytes(8)),
        ("deflate", zlib.compress(b"text") + b"junk"),
        ("gzip, gzip", squeeze(b"this is not gzip")),
    ],
)
def test_a_body_that_was_tampered_with_is_no_body(coding: str, content: bytes) -> None:
    for chunks in ([content], [bytes([byte]) for byte in content]):
        broken = failure(coding, *chunks)
        assert str(broken) == "the answer's compression is broken"
        assert broken.transient


@pytest.mark.promise("kneo.transport.decoded-size-capped")
@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_may_be_as_large_as_the_cap_and_no_larger(coding: str) -> None:
    assert len(read(coding, CODINGS[coding](b"x" * CAP))) == CAP
    too_large = failure(coding, CODINGS[coding](b"x" * (CAP + 1)))
    assert str(too_large) == f"the answer is larger than {CAP} bytes"
    assert not too_large.transient


def test_the_cap_counts_all_chunks() -> None:
    assert str(failure(None, b"x" * 60, b"x" * 60, cap=100)) == "the answer is larger than 100 bytes"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
def test_a_bomb_is_never_unfolded(coding: str) -> None:
    reader = BodyReader(coding, 1000)
    bomb = CODINGS[coding](bytes(5_000_000))
    with pytest.raises(WireFailure, match="larger than 1000 bytes"):
        reader.feed(bomb)
    assert sum(map(len, reader._chunks)) <= 1000


def test_a_coding_within_a_coding_cannot_hide_its_size() -> None:
    noise = random.Random(1).randbytes(2000)
    assert str(failure("gzip, gzip", twice(noise), cap=1000)) == "the answer is larger than 1000 bytes"
