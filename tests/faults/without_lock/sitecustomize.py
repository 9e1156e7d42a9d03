"""Read at the start of every Python that has this folder on its path: a control's runners take no lock."""

from importer.run.lock import RunLock

RunLock.__enter__ = lambda lock: lock  # type: ignore[method-assign]
