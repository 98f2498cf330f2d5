"""Errors as the services answer them."""

from __future__ import annotations


class ServiceError(Exception):
    """An error answer: its code on the wire, its message, its HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


def invalid(message: str) -> ServiceError:
    """The ValidationError that CloudFormation answers to most mistakes."""
    return ServiceError("ValidationError", message)


def format_error(message: str) -> ServiceError:
    """A template that cannot be read as one."""
    return invalid(f"Template format error: {message}")
