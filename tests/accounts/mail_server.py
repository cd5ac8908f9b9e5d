"""A small mail server on the loopback that answers what a test asks for, and remembers what it took."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """What was seen: connections opened and messages taken.

    `answers` gives, by recipient, what to do: a reply to RCPT ("450 later", "550 no"), "drop" to hang up
    there, "drop after data" to take the message and hang up without a word, "refuse data" to answer 452.
    """

    port: int = 0
    connections: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)


class _Handler(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        seen: MailServer = self.server.seen  # type: ignore[attr-defined]
        seen.connections += 1
        self._say("220 test ready")
        answer = ""
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "RCPT":
                answer = seen.answers.get(line.split("<")[1].split(">")[0], "")
                if answer == "drop":
                    return
                self._say(answer if answer[:1].isdigit() else "250 recipient ok")
            elif verb == "DATA":
                if answer == "refuse data":
                    self._say("452 full")
                    continue
                self._say("354 go on")
                self._take(seen)
                if answer == "drop after data":
                    return
                self._say(f"250 2.0.0 queued as {len(seen.messages)}")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self, seen: MailServer) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        seen.messages.append(message_from_bytes(b"".join(lines), policy=policy.default))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Runs the server on a free port while the block lasts."""
    seen = MailServer()
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.seen = seen  # type: ignore[attr-defined]
        seen.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield seen
        finally:
            server.shutdown()
            thread.join()
