"""cfn_flip later: troposphere imports it for `to_yaml` alone, which nothing here calls, and it takes as long as
most of troposphere. Import this before troposphere, and cfn_flip is loaded when something of it is used.

importlib's own LazyLoader loads a module as soon as another one imports it, up to Python 3.11.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType


class _Later(ModuleType):
    """Stands for a module until an attribute of it is asked for."""

    def __getattr__(self, attribute: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), attribute)


sys.modules.setdefault("cfn_flip", _Later("cfn_flip"))
