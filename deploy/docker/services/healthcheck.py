"""Ends with 0 when this container's process is ready; a socket and nothing else, for it runs every few seconds."""

import socket
import sys

with socket.create_connection(("127.0.0.1", 9000), timeout=4) as connection:
    connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = b""
    while chunk := connection.recv(4096):
        answer += chunk
status, _, body = answer.partition(b"\r\n\r\n")
sys.stdout.buffer.write(body)
sys.exit(b" 200 " not in status.partition(b"\r\n")[0])
