"""Fakes that stand where a service would: real protocol, invented state."""
