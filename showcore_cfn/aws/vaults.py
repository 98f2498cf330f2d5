"""The recovery points of a vault, over boto3; Missing where there is no such vault.

AWS Backup may answer that access is denied where a vault is not there, so then all vaults are listed:
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeBackupVault.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol

from showcore_cfn.aws.call import pages
from showcore_cfn.aws.failures import AccessDenied, Missing, Refused


class Ask(Protocol):
    """One call: the service, the method of its client, the parameters."""

    def __call__(self, service: str, method: str, **given: Any) -> dict[str, Any]:
        """The answer."""
        ...


def recovery_points(ask: Ask, vault: str) -> list[dict[str, Any]]:
    """All recovery points of a vault."""
    listing = partial(ask, "backup", "list_recovery_points_by_backup_vault", BackupVaultName=vault)
    with missing_where_gone(ask, vault):
        return list(pages(listing, "RecoveryPoints"))


@contextmanager
def missing_where_gone(ask: Ask, vault: str) -> Iterator[None]:
    """Raises Missing for what is refused inside only because there is no such vault."""
    try:
        yield
    except (AccessDenied, Refused) as error:
        vaults = pages(partial(ask, "backup", "list_backup_vaults"), "BackupVaultList")
        if any(each["BackupVaultName"] == vault for each in vaults):
            raise
        raise Missing(f"there is no vault {vault}.", code=error.code) from error
