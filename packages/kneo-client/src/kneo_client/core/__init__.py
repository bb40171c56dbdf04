"""What all adapters stand on: transport, profiles, auth, retries, idempotency, pagination, logging, errors.

Import from the modules, for example `from kneo_client.core.profiles import load_profile`.
"""
