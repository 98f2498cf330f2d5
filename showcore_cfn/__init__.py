"""ShowCore: the Phase 1 plan as plain CloudFormation, and the way into an AWS account."""

__version__ = "0.1.0"
