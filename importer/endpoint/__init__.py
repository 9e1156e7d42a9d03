"""`POST /contacts/batch`: the function that serves it, how it is deployed, and how the app writes through it."""
