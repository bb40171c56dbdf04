"""KTOF, the text format that the Kaizen service writes: JSON's data in fewer tokens. Pure Python, no dependencies.

    text = ktof.encode({"users": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}]})
    # users[2]{id,name}:
    #   1,Ada
    #   2,Bob
    assert ktof.decode(text)["users"][1]["name"] == "Bob"

It follows the format as the service's operators documented it in November 2025; it was never compared with the live
service.
"""

from kaizen_client.ktof.decoder import Recognition, decode, looks_like_ktof, recognise
from kaizen_client.ktof.dialects import MAX_DEPTH, KtofDecodeError, KtofEncodeError, KtofError
from kaizen_client.ktof.encoder import encode
from kaizen_client.ktof.parts import Piece
from kaizen_client.ktof.stream import StreamDecoder, iter_decode

__all__ = [
    "MAX_DEPTH",
    "KtofDecodeError",
    "KtofEncodeError",
    "KtofError",
    "Piece",
    "Recognition",
    "StreamDecoder",
    "decode",
    "encode",
    "iter_decode",
    "looks_like_ktof",
    "recognise",
]
