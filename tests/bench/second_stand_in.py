"""Ministack: a stand-in for DynamoDB that shares no code with moto, in a process of its own on 127.0.0.1."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local.database import REGION, client, client_of

_LONGEST_STOP_SECONDS = 20


class SecondStandIn:
    """An empty DynamoDB from ``with`` to the end of it; ``address`` is its endpoint and ``log`` what it said.

    What else it could start (SFTP, MQTT, containers, listeners on other interfaces) it is told not to.
    """

    def __init__(self, services="dynamodb,dynamodbstreams"):
        self._services = services

    def __enter__(self):
        self._folder = TemporaryDirectory()
        folder = self._folder.name
        # It inherits the socket: no other process can take the port, and requests wait until it is ready.
        with socket.create_server(("127.0.0.1", 0)) as bound:
            self.address = f"http://127.0.0.1:{bound.getsockname()[1]}"
            with Path(folder, "log").open("wb") as log:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "hypercorn", "ministack.app:app", "--bind", f"fd://{bound.fileno()}"],
                    env={
                        "PATH": os.environ["PATH"],
                        "HOME": folder,
                        "TMPDIR": folder,
                        "STATE_DIR": folder,
                        "SERVICES": self._services,
                        "MINISTACK_REGION": REGION,
                        "SFTP_ENABLED": "0",
                        "IOT_MTLS_ENABLED": "0",
                        "DOCKER_HOST": f"unix://{folder}/no-docker",  # else it would stop containers of others
                        "LOG_LEVEL": "ERROR",
                    },
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=[bound.fileno()],
                )
        return self

    def client(self):
        """A client that can reach nothing else."""
        return client(self.address)

    def stream(self, dynamodb, table):
        """What a table's stream says since the last time, as a function."""
        streams = client_of("dynamodbstreams", self.address)
        arn = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        where = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = streams.get_shard_iterator(**where)["ShardIterator"]

        def read():
            nonlocal iterator
            answer = streams.get_records(ShardIterator=iterator)
            iterator = answer["NextShardIterator"]
            return answer["Records"]

        return read

    def log(self):
        """All that it said."""
        return Path(self._folder.name, "log").read_text(encoding="utf-8")

    def resident_bytes(self):
        """The memory that it holds, where Linux tells; else 0."""
        try:
            pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        except OSError:
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(_LONGEST_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._folder.cleanup()
