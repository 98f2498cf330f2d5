"""The Phase 1 plan, one module a section. `tiers()` lists them in order: the one place to add a tier."""

from __future__ import annotations

from showcore_cfn.template.stack import Tier


def tiers() -> tuple[Tier, ...]:
    """The tiers in the order in which the root nests them; each may use wires of those before it."""
    from showcore_cfn.tiers import (
        account,
        alerts,
        backup,
        cache,
        cdn,
        database,
        monitoring,
        network,
        security,
        storage,
    )

    return (
        network.TIER,
        security.TIER,
        alerts.TIER,
        storage.TIER,
        database.TIER,
        cache.TIER,
        cdn.TIER,
        account.TIER,
        monitoring.TIER,
        backup.TIER,
    )
