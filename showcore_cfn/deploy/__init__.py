"""From templates to a running nest: package, plan, guard, execute, follow. `session.py` tells the story."""
