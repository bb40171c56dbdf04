"""Loops over hostile input. `make test` runs a few thousand rounds; call them with 100_000 for the real thing."""
