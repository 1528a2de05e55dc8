"""What a move over Twilio's REST API costs a handler: one_move.py MODULE MOVES PATH...

In a process that has been prepared as for a snapshot. Prints a JSON list: nanoseconds of processor time of each move.
"""

import json
import os
import sys
import time

sys.path[:0] = sys.argv[3:]
results = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the log

handler = __import__(sys.argv[1], fromlist=["move"])
if sys.argv[1] == "handlers.voice":
    handler._before_snapshot()
    move = handler.voice().provider.account().move
else:
    move = handler.move
took = []
for leg in range(int(sys.argv[2])):
    began = time.process_time_ns()
    move(f"CA{leg:032x}", "/voice/talk/enter?languages=ar-en&leg=talk&guarded=yes")
    took.append(time.process_time_ns() - began)
results.write(json.dumps(took))
results.flush()
