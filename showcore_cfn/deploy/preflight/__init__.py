"""A look before the leap: everything about an account that would stop a deployment, or surprise whoever starts it.

`wanted` (what the templates need of the account), `account` (the questions as an interface), the checks by subject
(`access`, `names`, `singletons`, `offers`), `run` (all of them at once), `report` (text and JSON). Nothing is changed.
"""
