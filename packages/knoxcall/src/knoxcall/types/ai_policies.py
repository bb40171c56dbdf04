"""What the methods of `ai_gateway` return that concern policies."""

from __future__ import annotations

from typing_extensions import NotRequired, TypedDict

from knoxcall.types.pages import PageMeta


class AIGatewayFirewallDeleteResult(TypedDict):
    """What `ai_gateway.delete_firewall_policy` returns."""

    id: str
    deleted: bool


class AIGatewayFirewallPolicy(TypedDict):
    """What `ai_gateway.create_firewall_policy`, `ai_gateway.get_firewall_policy`,
    `ai_gateway.iterate_firewall_policies` and `ai_gateway.update_firewall_policy` return.
    """

    id: str
    tenant_id: str
    name: str
    version: int
    heuristics: list[AIGatewayFirewallRule]
    canary_enabled: bool
    vector_classifier_enabled: bool
    lakera_enabled: bool
    model_classifier_id: str | None
    action: str
    created_at: str


class AIGatewayFirewallPolicyPage(TypedDict):
    """One page of a list."""

    data: list[AIGatewayFirewallPolicy]
    meta: PageMeta


class AIGatewayFirewallRule(TypedDict):
    """Part of another answer."""

    name: NotRequired[str]
    kind: NotRequired[str]
    pattern: NotRequired[str]
    flags: NotRequired[str]


class AIGatewayFirewallTestMatch(TypedDict):
    """Part of another answer."""

    rule: str
    span: list[int]
    matched: str


class AIGatewayFirewallTestResult(TypedDict):
    """What `ai_gateway.test_firewall_rules` returns."""

    matched: bool
    matches: list[AIGatewayFirewallTestMatch]
    skipped: list[dict[str, str]]


class AIGatewayPiiDeleteResult(TypedDict):
    """What `ai_gateway.delete_pii_policy` and `ai_gateway.delete_pii_recognizer` return."""

    id: str
    deleted: bool


class AIGatewayPiiPolicy(TypedDict):
    """What `ai_gateway.create_pii_policy`, `ai_gateway.get_pii_policy`, `ai_gateway.iterate_pii_policies` and
    `ai_gateway.update_pii_policy` return.
    """

    id: str
    tenant_id: str
    name: str
    version: int
    recognizer_ids: list[str]
    default_action: str  # redact|tokenize|warn|whitelist
    description: str | None
    created_at: str


class AIGatewayPiiPolicyPage(TypedDict):
    """One page of a list."""

    data: list[AIGatewayPiiPolicy]
    meta: PageMeta


class AIGatewayPiiRecognizer(TypedDict):
    """What `ai_gateway.create_pii_recognizer`, `ai_gateway.get_pii_recognizer`,
    `ai_gateway.iterate_pii_recognizers` and `ai_gateway.update_pii_recognizer` return.
    """

    id: str
    tenant_id: str
    name: str
    kind: str  # regex|aho_corasick|presidio_pattern|presidio_ner|presidio_custom
    pattern: str
    context_words: list[str]
    confidence: float
    action: str
    format: str | None
    enabled: bool
    created_at: str


class AIGatewayPiiRecognizerPage(TypedDict):
    """One page of a list."""

    data: list[AIGatewayPiiRecognizer]
    meta: PageMeta


class AIGatewayPiiTestMatch(TypedDict):
    """Part of another answer."""

    span: list[int]
    matched: str
    replacement: str
    entity_type: str


class AIGatewayPiiTestResult(TypedDict):
    """What `ai_gateway.test_pii_recognizer` returns."""

    matched: bool
    matches: list[AIGatewayPiiTestMatch]
