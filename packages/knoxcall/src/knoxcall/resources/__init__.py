"""One module per resource: what each method sends. How it is sent: `knoxcall.management`."""
