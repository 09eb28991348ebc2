"""What a web server loads: `granian --interface wsgi --factory --no-access-log gateway.wsgi:app`.

The access log stays off: a webhook's address holds its token.
"""

from __future__ import annotations

import ctypes
import gc
from typing import TYPE_CHECKING

from gateway import bootstrap, log, settings
from gateway.web.app import create_app

_MOST_HEAPS = -8  # M_ARENA_MAX of mallopt(3)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def app() -> WSGIApplication:
    """The application of one process, from its environment. Raises `SettingsError`."""
    _share_memory()
    log.configure()
    application = create_app(bootstrap.build(settings.read()))
    gc.collect()
    gc.freeze()  # flows and policy are here to stay: to look through them for garbage stops every hop for 0.1 s
    return application


def _share_memory() -> None:
    """Lets all threads take from two heaps. By itself glibc gives each its own, some MB that nobody gets back."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)  # only glibc has it
    if set_option is not None:
        set_option(_MOST_HEAPS, 2)
