"""Putting the endpoint into an account, and taking it away: describe, compare, act, one step at a time."""
