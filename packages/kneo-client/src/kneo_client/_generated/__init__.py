"""Written by scripts/bump_schemas.py from schemas/openapi.json; do not edit. Private: import from kneo_client.types."""
