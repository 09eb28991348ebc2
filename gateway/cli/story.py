"""A story played through the simulated phones: `gateway demo --story`.

Every line passes the real doors, the database, RQ and a worker. A step that does not happen ends the story with
its name and a non-zero exit.
"""

from __future__ import annotations

import sys
import time

from redis import Redis

from gateway import settings
from gateway.cli.phones import StoryFailed
from gateway.cli.story_dispute import Dispute
from gateway.cli.story_returnees import ThreeReturnees
from gateway.cli.teller import say

STORIES = {"returnees": ThreeReturnees, "dispute": Dispute}


def main() -> None:
    """`python -m gateway.cli.story URL [NAME]`: exits 0 only if all of it happened."""
    url, *named = sys.argv[1:]
    began = time.monotonic()
    with Redis.from_url(settings.read().redis_url) as redis:
        try:
            STORIES[named[0] if named else "returnees"](url, redis).tell()
        except StoryFailed as error:
            sys.exit(f"\nThe story failed: {error}")
    say(f"\nAll of it happened, in {time.monotonic() - began:.0f} seconds.")


if __name__ == "__main__":
    main()
