"""TypedDicts for the bodies of requests, made from a pinned document: a misspelt field is then a type error."""

from __future__ import annotations

from typing import Any

PREFIX = "#/components/schemas/"
HEAD = '''"""Bodies of requests as plain dicts, typed: a misspelt field is a type error. One class per kind of body."""

from __future__ import annotations

from typing import Any, Literal, Required, TypedDict

'''
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def body_types(document: dict[str, Any]) -> str:
    """A module with a TypedDict for every request body of the document, and for what those are made of."""
    schemas = document["components"]["schemas"]
    waiting = sorted(_bodies(document), reverse=True)
    classes: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name not in classes:
            classes[name], needed = _class(name, schemas[name])
            waiting += needed
    exported = f"__all__ = [{', '.join(repr(_name(name)) for name in sorted(classes, key=_name))}]\n\n\n"
    return HEAD + exported + "\n\n".join(classes[name] for name in sorted(classes, key=_name))


def _bodies(document: dict[str, Any]) -> set[str]:
    names = set()
    for operations in document["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                names.add(content["application/json"]["schema"]["$ref"].removeprefix(PREFIX))
    return names


def _name(schema: str) -> str:
    return schema.removesuffix("Request") + "Body"


def _class(name: str, schema: dict[str, Any]) -> tuple[str, list[str]]:
    needed: list[str] = []
    required = set(schema.get("required", ()))
    lines = [f"class {_name(name)}(TypedDict, total=False):", f'    """The body that is a `{name}`."""', ""]
    fields = schema["properties"]
    for field in sorted(fields, key=lambda field: (field not in required, field)):
        hint = _hint(fields[field], needed)
        lines.append(f"    {field}: {f'Required[{hint}]' if field in required else hint}")
    return "\n".join(lines) + "\n", needed


def _hint(schema: dict[str, Any], needed: list[str]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(PREFIX)
        needed.append(name)
        return _name(name)
    if "anyOf" in schema:
        return " | ".join(_hint(each, needed) for each in schema["anyOf"])
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    kind = schema.get("type")
    if kind == "array":
        return f"list[{_hint(schema.get('items', {}), needed)}]"
    return "dict[str, Any]" if kind == "object" else PLAIN.get(kind, "Any")
