"""The proof that two published products, unmodified, work on our client as on the published one: `make downstream`."""
