"""The facts that checks ask for, as values: one module a subject, each with its questions at the end."""
