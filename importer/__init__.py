"""Takes a messy list of contacts and gets it into Amazon DynamoDB, with a ledger that adds up."""

__version__ = "0.1.0"
