"""Scripts to read, run and copy.

`python -m knoxcall.examples.webhooks` needs nothing, `python -m knoxcall.examples.routes` a tenant and a credential.
"""
