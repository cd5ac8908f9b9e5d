"""How a message is handed over: one connection a batch, and the server's answer to each message."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone
from django.utils.text import slugify

from accounts.rules.outbox import Verdict, judge

ANSWER_LENGTH = 500


@dataclass(frozen=True)
class Answer:
    """What came of one message: the verdict and the server's words, cut at 500 characters.

    `line_broken`: no reply came, the connection is of no more use.
    """

    verdict: Verdict
    text: str = ""
    line_broken: bool = False


class _Listening:
    """Keeps the server's reply to the message itself, which smtplib throws away."""

    last_answer = ""
    body_handed = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Sends the message; `body_handed` stays true when no reply comes back."""
        self.last_answer, self.body_handed = "", True
        try:
            code, reply = super().data(msg)  # type: ignore[misc]
        except smtplib.SMTPResponseException:
            # The server answered: it refused the command before the message was written.
            self.body_handed = False
            raise
        self.body_handed = False
        self.last_answer = _words(code, reply)
        return code, reply


class ListeningSMTP(_Listening, smtplib.SMTP):
    """Plain or STARTTLS connection."""


class ListeningSMTPS(_Listening, smtplib.SMTP_SSL):
    """Connection encrypted from its start."""


class SmtpBackend(EmailBackend):
    """Django's SMTP backend, with the server's answer kept in `last_answer`."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return ListeningSMTPS if self.use_ssl else ListeningSMTP

    @property
    def last_answer(self) -> str:
        """The server's reply to the last message it took."""
        return getattr(self.connection, "last_answer", "")

    @property
    def body_handed(self) -> bool:
        """Whether a message was on its way, and without a reply, when the connection broke."""
        return getattr(self.connection, "body_handed", False)


class FolderBackend(BaseEmailBackend):
    """Writes each message as one .eml file in EMAIL_FILE_PATH: the development mailbox of `make run`."""

    last_answer = ""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Writes the files, oldest name first, and says how many. A half-written file is never seen."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            content = message.message()
            stamp = timezone.now().strftime("%Y%m%dT%H%M%S%f")
            name = f"{stamp}-{slugify(str(content['Message-ID']))[:60]}.eml"
            partial = folder / f".{name}"
            partial.write_bytes(content.as_bytes())
            partial.rename(folder / name)
            self.last_answer = name
        return len(email_messages)


def hand_over(connection: BaseEmailBackend, message: EmailMessage) -> Answer:
    """Sends one message through an open connection and judges the answer; no exception of SMTP escapes."""
    try:
        taken = connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        return Answer(judge(code, body_handed=False), _words(code, reply))
    except smtplib.SMTPResponseException as error:
        return Answer(judge(error.smtp_code, body_handed=False), _words(error.smtp_code, error.smtp_error))
    except smtplib.SMTPNotSupportedError as error:
        return Answer(Verdict.GIVE_UP, str(error)[:ANSWER_LENGTH])
    except (smtplib.SMTPException, OSError) as error:
        handed = bool(getattr(connection, "body_handed", False))
        return Answer(judge(None, body_handed=handed), fault_words(error), line_broken=True)
    if not taken:
        return Answer(Verdict.GIVE_UP, "no recipient")
    return Answer(Verdict.SENT, str(getattr(connection, "last_answer", ""))[:ANSWER_LENGTH])


def fault_words(error: Exception) -> str:
    """A broken connection as one line of text: "TimeoutError: timed out"."""
    return f"{type(error).__name__}: {error}"[:ANSWER_LENGTH]


def _words(code: int, reply: bytes | str) -> str:
    """The reply as one line of text: "250 2.0.0 Ok: queued as 4F2"."""
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())}"[:ANSWER_LENGTH]
