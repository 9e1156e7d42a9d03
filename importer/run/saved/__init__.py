"""Saved lists: what was done to a list, kept for next month's, and how a new one is matched and compared with it."""
