"""The checks, one module a subject; `verify.registry` lists them all."""
