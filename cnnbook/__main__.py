"""`python -m cnnbook`: see `cnnbook.cli`."""

import sys

from cnnbook.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
