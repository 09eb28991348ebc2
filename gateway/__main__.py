"""`gateway …` and `python -m gateway …`: errors are one line on stderr and a non-zero exit."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from gateway import cli, log
from gateway.errors import GatewayError


def main() -> None:
    """Runs one command. An unforeseen error shows its type and place: its message may hold somebody's data."""
    log.configure()
    try:
        cli.gateway()
    except GatewayError as error:
        sys.exit(f"gateway: {error}")
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        sys.exit(f"gateway: {type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}")


if __name__ == "__main__":
    main()
