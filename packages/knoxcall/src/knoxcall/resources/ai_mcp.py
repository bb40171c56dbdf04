"""`client.ai_gateway`: MCP servers, their tools and grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, deleted, page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        AIGatewayArchiveResult,
        AIGatewayMcpServer,
        AIGatewayMcpServerPage,
        AIGatewayMcpTool,
        AIGatewayMcpToolDeleteResult,
        AIGatewayMcpToolPage,
    )

CREATE_MCP_SERVER: Operation[AIGatewayMcpServer] = Operation(
    "POST", "/v1/ai-gateway/gateways/{gateway_id}/mcp-servers", data
)
DELETE_MCP_SERVER: Operation[AIGatewayArchiveResult] = Operation(
    "DELETE", "/v1/ai-gateway/mcp-servers/{server_id}", deleted
)
DELETE_MCP_TOOL: Operation[AIGatewayMcpToolDeleteResult] = Operation(
    "DELETE", "/v1/ai-gateway/mcp-servers/{server_id}/tools/{tool_id}", deleted
)
GET_MCP_SERVER: Operation[AIGatewayMcpServer] = Operation("GET", "/v1/ai-gateway/mcp-servers/{server_id}", data)
LIST_MCP_GRANTS: Operation[dict[str, Any]] = Operation("GET", "/v1/ai-gateway/mcp-servers/{server_id}/grants", page)
LIST_MCP_SERVERS: Operation[AIGatewayMcpServerPage] = Operation(
    "GET", "/v1/ai-gateway/gateways/{gateway_id}/mcp-servers", page
)
LIST_MCP_TOOLS: Operation[AIGatewayMcpToolPage] = Operation("GET", "/v1/ai-gateway/mcp-servers/{server_id}/tools", page)
REVOKE_ALL_MCP_GRANTS: Operation[dict[str, Any]] = Operation(
    "DELETE", "/v1/ai-gateway/mcp-servers/{server_id}/grants", deleted
)
REVOKE_MCP_GRANT: Operation[dict[str, Any]] = Operation(
    "DELETE", "/v1/ai-gateway/mcp-servers/{server_id}/grants/{grant_id}", deleted
)
UPDATE_MCP_SERVER: Operation[AIGatewayMcpServer] = Operation("PATCH", "/v1/ai-gateway/mcp-servers/{server_id}", data)
UPDATE_MCP_TOOL: Operation[AIGatewayMcpTool] = Operation(
    "PATCH", "/v1/ai-gateway/mcp-servers/{server_id}/tools/{tool_id}", data
)
UPSERT_MCP_TOOL: Operation[AIGatewayMcpTool] = Operation("POST", "/v1/ai-gateway/mcp-servers/{server_id}/tools", data)


class AIServers(Resource[D]):
    """MCP servers, their tools and grants."""

    @blocking_or_awaited
    async def create_mcp_server(
        self,
        gateway_id: str,
        *,
        name: str,
        slug: str,
        upstream_url: str,
        description: str | None = None,
        transport: str | None = None,
        allowed_tools: list[str] | None = None,
        pii_inspection: bool | None = None,
        auth: dict[str, Any] | None = None,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayMcpServer:
        """`POST /v1/ai-gateway/gateways/{gateway_id}/mcp-servers`: add an MCP server to a gateway.

        Empty `allowed_tools` offer none; header values in `auth` must name a stored secret; `upstream_url` must be
        public https.
        """
        body = {
            "allowed_tools": allowed_tools,
            "auth": auth,
            "description": description,
            "name": name,
            "pii_inspection": pii_inspection,
            "slug": slug,
            "transport": transport,
            "upstream_url": upstream_url,
        }
        return await self.api.call(CREATE_MCP_SERVER, {"gateway_id": gateway_id}, body=present(body), **options)

    @blocking_or_awaited
    async def delete_mcp_server(self, server_id: str, **options: Unpack[WriteOptions]) -> AIGatewayArchiveResult:
        """`DELETE /v1/ai-gateway/mcp-servers/{server_id}`: remove an MCP server."""
        return await self.api.call(DELETE_MCP_SERVER, {"server_id": server_id}, **options)

    @blocking_or_awaited
    async def delete_mcp_tool(
        self, server_id: str, tool_id: str, **options: Unpack[WriteOptions]
    ) -> AIGatewayMcpToolDeleteResult:
        """`DELETE /v1/ai-gateway/mcp-servers/{server_id}/tools/{tool_id}`: remove an MCP tool."""
        return await self.api.call(DELETE_MCP_TOOL, {"server_id": server_id, "tool_id": tool_id}, **options)

    @blocking_or_awaited
    async def get_mcp_server(self, server_id: str, **options: Unpack[CallOptions]) -> AIGatewayMcpServer:
        """`GET /v1/ai-gateway/mcp-servers/{server_id}`: one MCP server."""
        return await self.api.call(GET_MCP_SERVER, {"server_id": server_id}, **options)

    def iterate_mcp_grants(
        self, server_id: str, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[dict[str, Any], D]:
        """Walk all grants of an MCP server, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_MCP_GRANTS, {"server_id": server_id}, query, options))

    def iterate_mcp_servers(
        self, gateway_id: str, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[AIGatewayMcpServer, D]:
        """Walk all MCP servers of a gateway, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_MCP_SERVERS, {"gateway_id": gateway_id}, query, options))

    def iterate_mcp_tools(
        self, server_id: str, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[AIGatewayMcpTool, D]:
        """Walk all tools of an MCP server, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_MCP_TOOLS, {"server_id": server_id}, query, options))

    @blocking_or_awaited
    async def list_mcp_grants(
        self, server_id: str, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> dict[str, Any]:
        """`GET /v1/ai-gateway/mcp-servers/{server_id}/grants`: one page of the grants of an MCP server."""
        return await self.api.call(
            LIST_MCP_GRANTS, {"server_id": server_id}, query={"page": page, "per_page": per_page}, **options
        )

    @blocking_or_awaited
    async def list_mcp_servers(
        self, gateway_id: str, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayMcpServerPage:
        """`GET /v1/ai-gateway/gateways/{gateway_id}/mcp-servers`: one page of the MCP servers of a gateway."""
        return await self.api.call(
            LIST_MCP_SERVERS, {"gateway_id": gateway_id}, query={"page": page, "per_page": per_page}, **options
        )

    @blocking_or_awaited
    async def list_mcp_tools(
        self, server_id: str, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayMcpToolPage:
        """`GET /v1/ai-gateway/mcp-servers/{server_id}/tools`: one page of the tools of an MCP server."""
        return await self.api.call(
            LIST_MCP_TOOLS, {"server_id": server_id}, query={"page": page, "per_page": per_page}, **options
        )

    @blocking_or_awaited
    async def revoke_all_mcp_grants(self, server_id: str, **options: Unpack[WriteOptions]) -> dict[str, Any]:
        """`DELETE /v1/ai-gateway/mcp-servers/{server_id}/grants`: end all grants."""
        return await self.api.call(REVOKE_ALL_MCP_GRANTS, {"server_id": server_id}, **options)

    @blocking_or_awaited
    async def revoke_mcp_grant(self, server_id: str, grant_id: str, **options: Unpack[WriteOptions]) -> dict[str, Any]:
        """`DELETE /v1/ai-gateway/mcp-servers/{server_id}/grants/{grant_id}`: end one grant of an MCP server."""
        return await self.api.call(REVOKE_MCP_GRANT, {"server_id": server_id, "grant_id": grant_id}, **options)

    @blocking_or_awaited
    async def update_mcp_server(
        self,
        server_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        description: Clearable[str] = NOT_GIVEN,
        upstream_url: Clearable[str] = NOT_GIVEN,
        transport: Clearable[str] = NOT_GIVEN,
        allowed_tools: Clearable[list[str]] = NOT_GIVEN,
        pii_inspection: Clearable[bool] = NOT_GIVEN,
        auth: Clearable[dict[str, Any]] = NOT_GIVEN,
        status: Clearable[str] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayMcpServer:
        """`PATCH /v1/ai-gateway/mcp-servers/{server_id}`: change what is given, leave the rest."""
        body = {
            "allowed_tools": allowed_tools,
            "auth": auth,
            "description": description,
            "name": name,
            "pii_inspection": pii_inspection,
            "status": status,
            "transport": transport,
            "upstream_url": upstream_url,
        }
        return await self.api.call(UPDATE_MCP_SERVER, {"server_id": server_id}, body=given(body), **options)

    @blocking_or_awaited
    async def update_mcp_tool(
        self,
        server_id: str,
        tool_id: str,
        *,
        description: Clearable[str] = NOT_GIVEN,
        input_schema: Clearable[dict[str, Any]] = NOT_GIVEN,
        enabled: Clearable[bool] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayMcpTool:
        """`PATCH /v1/ai-gateway/mcp-servers/{server_id}/tools/{tool_id}`: change what is given, leave the rest."""
        body = {"description": description, "enabled": enabled, "input_schema": input_schema}
        return await self.api.call(
            UPDATE_MCP_TOOL, {"server_id": server_id, "tool_id": tool_id}, body=given(body), **options
        )

    @blocking_or_awaited
    async def upsert_mcp_tool(
        self,
        server_id: str,
        *,
        tool_name: str,
        description: str | None = None,
        input_schema: dict[str, Any] | None = None,
        enabled: bool | None = None,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayMcpTool:
        """`POST /v1/ai-gateway/mcp-servers/{server_id}/tools`: add or change the tool of that name."""
        body = {"description": description, "enabled": enabled, "input_schema": input_schema, "tool_name": tool_name}
        return await self.api.call(UPSERT_MCP_TOOL, {"server_id": server_id}, body=present(body), **options)
