"""The resource types of the templates that ministack's CloudFormation does not know.

Each is made through the service's own API, so that what the service then describes is what the template says.
Attribute and physical id are those of the CloudFormation resource reference.
"""

from __future__ import annotations

from . import added_account, added_delivery, added_network
from .resource_type import ResourceType

TYPES: dict[str, ResourceType] = {**added_account.TYPES, **added_delivery.TYPES, **added_network.TYPES}
