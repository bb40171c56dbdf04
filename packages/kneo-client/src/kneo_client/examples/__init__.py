"""Scripts to read, run and copy: `python -m kneo_client.examples.01_basic_run`.

They use the platform that `$KNEO_URL` and `$KNEO_API_KEY` name, or else start one on this machine.
"""
