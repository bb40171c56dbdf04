"""`client.pki`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import present
from knoxcall.envelopes import data, rows, text
from knoxcall.mode import D
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, WriteOptions
    from knoxcall.types import (
        CARole,
        CARoot,
        CreateRootResult,
        IssuedCertificate,
        RevokeCertResult,
        RotateIntermediateResult,
    )

CREATE_ROLE: Operation[CARole] = Operation("POST", "/v1/pki/roots/{root_name}/roles", data)
CREATE_ROOT: Operation[CreateRootResult] = Operation("POST", "/v1/pki/roots", data)
GET_CRL: Operation[str] = Operation("GET", "/v1/pki/roots/{name}/crl", text)
GET_ROOT_CERT: Operation[str] = Operation("GET", "/v1/pki/roots/{name}/cert", text)
ISSUE_CERT: Operation[IssuedCertificate] = Operation("POST", "/v1/pki/roots/{root_name}/issue/{role}", data)
LIST_ROLES: Operation[list[CARole]] = Operation("GET", "/v1/pki/roots/{root_name}/roles", rows)
LIST_ROOTS: Operation[list[CARoot]] = Operation("GET", "/v1/pki/roots", rows)
REVOKE_CERT: Operation[RevokeCertResult] = Operation("POST", "/v1/pki/roots/{root_name}/revoke", data)
ROTATE_INTERMEDIATE: Operation[RotateIntermediateResult] = Operation(
    "POST", "/v1/pki/roots/{name}/rotate-intermediate", data
)


class PKI(Resource[D]):
    """A private certificate authority."""

    @blocking_or_awaited
    async def create_role(
        self,
        root_name: str,
        *,
        role_name: str,
        allowed_domains: list[str] | None = None,
        allow_subdomains: bool | None = None,
        allow_wildcards: bool | None = None,
        max_ttl_seconds: int | None = None,
        default_ttl_seconds: int | None = None,
        **options: Unpack[WriteOptions],
    ) -> CARole:
        """`POST /v1/pki/roots/{root_name}/roles`: say what certificates may be issued under a root."""
        body = {
            "allow_subdomains": allow_subdomains,
            "allow_wildcards": allow_wildcards,
            "allowed_domains": allowed_domains,
            "default_ttl_seconds": default_ttl_seconds,
            "max_ttl_seconds": max_ttl_seconds,
            "role_name": role_name,
        }
        return await self.api.call(CREATE_ROLE, {"root_name": root_name}, body=present(body), **options)

    @blocking_or_awaited
    async def create_root(
        self, *, name: str, subject: dict[str, Any], **options: Unpack[WriteOptions]
    ) -> CreateRootResult:
        """`POST /v1/pki/roots`: make a root certificate authority and its intermediate.

        Args:
            name: what the other methods name.
            subject: distinguished name, such as `{"CN": "Acme Root"}`.
        """
        body = {"name": name, "subject": subject}
        return await self.api.call(CREATE_ROOT, body=body, **options)

    @blocking_or_awaited
    async def get_crl(self, name: str, **options: Unpack[CallOptions]) -> str:
        """`GET /v1/pki/roots/{name}/crl`: the revocation list, as text."""
        return await self.api.call(GET_CRL, {"name": name}, **options)

    @blocking_or_awaited
    async def get_root_cert(self, name: str, **options: Unpack[CallOptions]) -> str:
        """`GET /v1/pki/roots/{name}/cert`: the root certificate, PEM."""
        return await self.api.call(GET_ROOT_CERT, {"name": name}, **options)

    @blocking_or_awaited
    async def issue_cert(
        self,
        root_name: str,
        role: str,
        *,
        subject: dict[str, Any],
        san_dns: list[str] | None = None,
        san_ip: list[str] | None = None,
        ttl_seconds: int | None = None,
        **options: Unpack[WriteOptions],
    ) -> IssuedCertificate:
        """`POST /v1/pki/roots/{root_name}/issue/{role}`: issue a certificate. The answer's `private_key_pem` is
        shown only this once.
        """
        body = {"san_dns": san_dns, "san_ip": san_ip, "subject": subject, "ttl_seconds": ttl_seconds}
        return await self.api.call(ISSUE_CERT, {"root_name": root_name, "role": role}, body=present(body), **options)

    @blocking_or_awaited
    async def list_roles(self, root_name: str, **options: Unpack[CallOptions]) -> list[CARole]:
        """`GET /v1/pki/roots/{root_name}/roles`: the roles under a root."""
        return await self.api.call(LIST_ROLES, {"root_name": root_name}, **options)

    @blocking_or_awaited
    async def list_roots(self, **options: Unpack[CallOptions]) -> list[CARoot]:
        """`GET /v1/pki/roots`: all root authorities."""
        return await self.api.call(LIST_ROOTS, **options)

    @blocking_or_awaited
    async def revoke_cert(
        self, root_name: str, *, serial_hex: str, reason: str | None = None, **options: Unpack[WriteOptions]
    ) -> RevokeCertResult:
        """`POST /v1/pki/roots/{root_name}/revoke`: revoke a certificate by its serial number, in hex."""
        body = {"reason": reason, "serial_hex": serial_hex}
        return await self.api.call(REVOKE_CERT, {"root_name": root_name}, body=present(body), **options)

    @blocking_or_awaited
    async def rotate_intermediate(self, name: str, **options: Unpack[WriteOptions]) -> RotateIntermediateResult:
        """`POST /v1/pki/roots/{name}/rotate-intermediate`: replace the intermediate that signs."""
        return await self.api.call(ROTATE_INTERMEDIATE, {"name": name}, body={}, **options)
