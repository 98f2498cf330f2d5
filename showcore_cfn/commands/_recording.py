"""Recording among the releases what is done to the stack without a deployment: protection, deletion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from showcore_cfn.commands._provenance import provenance
from showcore_cfn.deploy import releases
from showcore_cfn.deploy.desired import nest
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.settings import Settings


@contextmanager
def recorded(operator: Operator, settings: Settings, what: str) -> Iterator[Callable[[Result], Result]]:
    """Writes down what is begun inside, and how it ended: hand the result to what this yields."""
    said = ", ".join(filter(None, (what, provenance())))
    log = releases.begin_other(operator, nest(settings, {}), said)
    with releases.noted(log, operator.watcher) as noted:
        yield noted
