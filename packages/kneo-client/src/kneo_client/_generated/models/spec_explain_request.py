from __future__ import annotations

from sdk_engine.models import UNSET, Maybe, Model

from ..models.spec_explain_request_spec_type_0 import SpecExplainRequestSpecType0


class SpecExplainRequest(Model, kw_only=True):
    """`SpecExplainRequest` of the platform's OpenAPI document."""

    spec: Maybe[None | SpecExplainRequestSpecType0] = UNSET
    spec_path: Maybe[None | str] = UNSET
