"""What AWS's Lambda service does around a handler, on this machine: its Runtime API, and beside it Parameter Store."""

import json
import os
import queue
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
TOKEN_OF_TESTS = "0123456789abcdef0123456789abcdef"
START = "import sys; sys.path[:0] = sys.argv[2:]; from awslambdaric.__main__ import main; main(sys.argv[:2])"


class LambdaService:
    """Runs a built artifact in a Python of its own, under AWS's real runtime client, and gives it events."""

    def __init__(self, python, artifact, runtime, environment, *, handler="voice", snapshot=True, log_level="INFO"):
        """``log_level`` is the template's ApplicationLogLevel, by which Lambda itself drops lines."""
        self.log_level = log_level
        self.events = queue.Queue()
        self.answers = queue.Queue()
        self.restored = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        address = f"127.0.0.1:{self.server.server_address[1]}"
        # -I -S: nothing of this machine's Python is seen, only the artifact and what the runtime has.
        self.process = subprocess.Popen(
            [python, "-I", "-S", "-c", START, f"handlers.{handler}.handler", artifact, runtime],
            cwd=artifact,
            env=environment
            | {
                "AWS_LAMBDA_RUNTIME_API": address,
                "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if snapshot else "on-demand",
                "AWS_LAMBDA_LOG_FORMAT": "JSON",  # as the template's LoggingConfig has it
                "AWS_LAMBDA_LOG_LEVEL": log_level,
                "AWS_LAMBDA_FUNCTION_NAME": handler,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
                "AWS_LAMBDA_FUNCTION_VERSION": "1",
                "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
                "LAMBDA_TASK_ROOT": str(artifact),
                "AWS_REGION": "me-central-1",
                "AWS_DEFAULT_REGION": "me-central-1",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_ENDPOINT_URL_SSM": f"http://{address}",
                "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9",  # nobody listens there
                "PATH": os.environ["PATH"],
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.log = []
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def invoke(self, event):
        """The handler's answer to one event."""
        self.events.put(event)
        try:
            kind, answer = self.answers.get(timeout=30)
        except queue.Empty:
            self.stop()
            raise AssertionError("no answer from the function:\n" + "".join(self.log)) from None
        assert kind == "response", f"{kind}: {answer}\n" + "".join(self.log)
        return answer

    @property
    def delivered(self):
        """The lines of JSON that reach CloudWatch Logs.

        As AWS's page "Log-level filtering" has it: what has no valid level, or no timestamp by RFC 3339, counts as
        INFO; and what is below the function's own level is dropped.
        """
        lines = [json.loads(line) for line in list(self.log) if line.startswith("{")]
        return [line for line in lines if LEVELS.index(_level(line)) >= LEVELS.index(self.log_level)]

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()


def _level(line):
    timestamp = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", str(line.get("timestamp")))
    said = {"WARNING": "WARN", "CRITICAL": "FATAL"}.get(line.get("level"), line.get("level"))
    return said if timestamp and said in LEVELS else "INFO"


def _handler(service):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path.endswith("/restore/next"):  # a snapshot was taken and is now restored
                service.restored = True
                return self.reply({})
            event = service.events.get()
            if event is None:
                return None
            return self.reply(
                event,
                **{
                    "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                    "Lambda-Runtime-Deadline-Ms": "4102444800000",
                    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:me-central-1:123456789012:function:voice",
                },
            )

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["X-Amz-Target"] == "AmazonSSM.GetParameters":
                secret = {"Type": "SecureString", "Value": TOKEN_OF_TESTS}
                return self.reply({"Parameters": [{"Name": name, **secret} for name in json.loads(body)["Names"]]})
            service.answers.put((self.path.rpartition("/")[2], json.loads(body)))
            return self.reply({"status": "OK"})

        def reply(self, answer, **headers):
            body = json.dumps(answer).encode()
            self.send_response(200)
            for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler
