"""A DynamoDB that always gives the same answer, in a process of its own, so that the handlers are what is measured.

Reads the answer from stdin, writes its port to stdout, and lives until it is terminated.
"""

import socket
import sys
import threading
import zlib


def serve(connection, answer):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    received = b""
    while True:
        while b"\r\n\r\n" not in received:
            more = connection.recv(65536)
            if not more:
                return connection.close()
            received += more
        head, _, body = received.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = int(headers[b"content-length"])
        while len(body) < length:
            body += connection.recv(65536)
        received = body[length:]
        connection.sendall(answer)


def main():
    body = sys.stdin.buffer.read()
    # The real one sends the checksum, and botocore checks it.
    head = (
        "HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Tue, 24 Nov 2026 08:00:00 GMT\r\n"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\nConnection: keep-alive\r\n"
        "x-amzn-RequestId: 0000000000000000000000000000000000000000000000000000\r\n"
        f"x-amz-crc32: {zlib.crc32(body)}\r\n\r\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)  # noqa: T201  # the caller reads it
        while True:
            connection, _ = server.accept()
            threading.Thread(target=serve, args=(connection, head.encode() + body), daemon=True).start()


if __name__ == "__main__":
    main()
