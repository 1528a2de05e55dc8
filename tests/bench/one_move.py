"""What a move over Twilio's REST API costs the product: one_move.py MOVES PATH...

In a process that has been prepared as for a snapshot. Prints a JSON list: nanoseconds of processor time of each move.
"""

import json
import os
import sys
import time

sys.path[:0] = sys.argv[2:]
results = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the log

from handlers import voice  # noqa: E402

voice._before_snapshot()
account = voice.voice().provider.account()
took = []
for move in range(int(sys.argv[1])):
    began = time.process_time_ns()
    account.move(f"CA{move:032x}", "/voice/talk/enter?languages=ar-en&leg=talk&guarded=yes")
    took.append(time.process_time_ns() - began)
results.write(json.dumps(took))
results.flush()
