"""Who may certify the other side of a connection: one context for all, made once.

It takes some 20 ms of CPU, since it reads every certificate authority. It holds no secret: a snapshot may contain it.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


@lru_cache(maxsize=2)
def context(authorities: str) -> ssl.SSLContext:
    """The context of a file or a folder of authorities."""
    import ssl

    if Path(authorities).is_dir():
        return ssl.create_default_context(capath=authorities)
    return ssl.create_default_context(cafile=authorities)


@lru_cache(maxsize=1)
def bundled() -> str:
    """The file of the authorities that browsers trust: certifi's, else botocore's, which the Lambda runtime brings.

    botocore chooses it in the same way.
    """
    package = find_spec("certifi") or find_spec("botocore")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("neither certifi nor botocore is installed: no server can be verified")
    return f"{package.submodule_search_locations[0]}/cacert.pem"
