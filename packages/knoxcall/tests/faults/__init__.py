"""Long loops over hostile input and deaths. `make test` runs short ones; call the files for the real thing."""
