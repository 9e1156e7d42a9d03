"""Wrong usage that only shows once all options are known."""

from importer.errors import ConfigError


class UsageError(ConfigError):
    """The command line itself is wrong: exit code 2."""
