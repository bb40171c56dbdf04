from __future__ import annotations

from sdk_engine.models import UNSET, Maybe, Model

from ..models.spec_compile_request_overrides import SpecCompileRequestOverrides
from ..models.spec_compile_request_spec_type_0 import SpecCompileRequestSpecType0


class SpecCompileRequest(Model, kw_only=True):
    """`SpecCompileRequest` of the platform's OpenAPI document."""

    environment: Maybe[None | str] = UNSET
    overlays: Maybe[list[str]] = UNSET
    overrides: Maybe[SpecCompileRequestOverrides] = UNSET
    spec: Maybe[None | SpecCompileRequestSpecType0] = UNSET
    spec_path: Maybe[None | str] = UNSET
    strict: Maybe[bool] = UNSET
