"""The commands of `showcore`, one module each, imported when the command is called and not before.

A module imports click and this package at its top, everything else inside the function that needs it. A
command parses, calls the library, prints, and returns an `Exit`; it never holds logic of its own.
"""
