"""The snapshot that Lambda restores holds all that an incoming call needs: no caller waits for an import."""

import os
import subprocess
import sys

from tests.bench import webhooks

# In a process of its own, since this one has imported everything. Its log goes to stdout, so it answers on stderr.
PROGRAM = f"""
import json, sys
from handlers import voice

class Client:
    def batch_get_item(self, **_):
        return json.loads({webhooks.table_answer().decode()!r})

voice.store.client = Client
voice._before_snapshot()
held = set(sys.modules)
answer = voice.handler({webhooks.incoming(1)!r}, None)
imported = sorted(name for name in set(sys.modules) - held if name.startswith("ivr"))
print(answer["statusCode"], "<Gather" in answer["body"], imported, file=sys.stderr)
"""


def test_an_incoming_call_imports_no_module_of_ours_after_the_snapshot():
    environment = {**os.environ, **webhooks.ENVIRONMENT}
    run = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert run.stderr == "200 True []\n"
