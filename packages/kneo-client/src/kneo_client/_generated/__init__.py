"""Written by tools/bump_schemas.py from the newest pin in schemas/; do not edit. Private: import from kneo_client.types."""
