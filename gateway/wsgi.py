"""What a web server loads: `granian --interface wsgi --factory --no-access-log gateway.wsgi:app`.

The access log stays off: a webhook's address holds its token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway import bootstrap, log, settings
from gateway.web.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def app() -> WSGIApplication:
    """The application of one process, from its environment. Raises `SettingsError`."""
    log.configure()
    return create_app(bootstrap.build(settings.read()))
