"""A fresh process with one handler in it, as Lambda would run it: one_handler.py MODULE PATH...

Each line of stdin is a JSON object with an ``event``. Each line that comes back tells the answer, and how many
nanoseconds it took, of processor time (``work``) and by the ``clock``; of a process's first, since the process was
started. With RESTORED in the environment the first counts from its event on, after what the handler has registered to
be done before a snapshot: as a container that SnapStart has restored. Events whose ``profiled`` is true are profiled,
and the profile is written to the file PROFILE at the end.
"""

import cProfile
import json
import logging
import os
import sys
import time

sys.path[:0] = sys.argv[2:]
from awslambdaric.lambda_runtime_log_utils import JsonFormatter  # noqa: E402
from snapshot_restore_py import get_before_snapshot  # noqa: E402

results = os.fdopen(os.dup(1), "w")
# The handler's log goes where it costs all the same, or to a file where its bytes are to be counted.
os.dup2(os.open(os.environ.get("LOG", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 1)

# As Lambda's runtime client sets the log up before any handler is imported.
log = logging.StreamHandler(sys.stdout)
log.setFormatter(JsonFormatter())
logging.getLogger().addHandler(log)

handler = __import__(sys.argv[1], fromlist=["handler"]).handler

worked, at = 0, int(os.environ["STARTED"])
if "RESTORED" in os.environ:
    at = 0
    before = get_before_snapshot()
    while before:  # the last that was registered runs first
        function, arguments, named = before.pop()
        function(*arguments, **named)
profile = cProfile.Profile(time.process_time_ns, 1e-9)
for line in sys.stdin:
    told = json.loads(line)
    answers = profile.runcall if told.get("profiled") else lambda handle, *words: handle(*words)
    if at == 0:
        worked, at = time.process_time_ns(), time.monotonic_ns()
    answer = answers(handler, told["event"], None)
    clock, work = time.monotonic_ns() - at, time.process_time_ns() - worked
    results.write(json.dumps({"work": work, "clock": clock, "answer": answer}) + "\n")
    results.flush()
    worked = at = 0
if "PROFILE" in os.environ:
    profile.dump_stats(os.environ["PROFILE"])
