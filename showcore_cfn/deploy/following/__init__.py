"""Following an operation: what happens, when to ask again, how long it usually takes, and where it stands."""
