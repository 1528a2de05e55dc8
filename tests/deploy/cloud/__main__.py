"""`python -m tests.deploy.cloud`: an empty AWS account on this machine, until Ctrl-C.

It prints what leads `make deploy`, the AWS CLI and `ivr` of another terminal to it.
"""

from __future__ import annotations

import shlex
import threading
from contextlib import suppress

from infra.build import python313
from tests.deploy.cloud.account import CloudAccount
from tests.deploy.conftest import ROOT, installed

NO_TWILIO = "http://127.0.0.1:9"  # nobody listens there: who wants calls over REST runs the tests


def main():
    """Start the account, say how it is reached, and wait."""
    runtime = installed(ROOT / "requirements" / "runtime.txt", "lambda-runtime")
    with CloudAccount(python313.find(), runtime, NO_TWILIO) as account:
        for name, value in account.environment.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)  # noqa: T201  # a command prints
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
