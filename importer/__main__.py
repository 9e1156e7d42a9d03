"""`python -m importer`."""

import sys

from importer.cli import main

if __name__ == "__main__":
    sys.exit(main())
