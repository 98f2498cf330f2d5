"""One module a goal; each has `rows(bench)`, and a docstring that says what is measured."""
