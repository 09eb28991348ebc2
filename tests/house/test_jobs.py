"""Jobs are named by strings: each name leads to a function, and what travels with it is plain."""

from __future__ import annotations

import inspect
from importlib import import_module

from rq.serializers import JSONSerializer

from gateway import queues


def names() -> dict[str, str]:
    """Every job name that `gateway.queues` holds."""
    return {
        constant: value
        for constant, value in vars(queues).items()
        if constant.isupper() and isinstance(value, str) and value.startswith("gateway.")
    }


def test_every_job_name_resolves() -> None:
    """A worker finds the function behind each name: a renamed one would leave every bell unheard."""
    assert names()
    for constant, name in names().items():
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(module), function, None)), constant


def test_the_delivery_job_takes_what_the_bell_gives() -> None:
    """The job takes one list of row ids, as it comes out of JSON."""
    module, _, function = queues.DELIVER.rpartition(".")
    (ids,) = JSONSerializer.loads(JSONSerializer.dumps([[1, 2, 3]]))
    inspect.signature(getattr(import_module(module), function)).bind(ids)
