"""Several programs held together in one terminal: logs with a prefix, one Ctrl-C, one death stops all."""

import contextlib
import ctypes
import os
import select
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import IO, Protocol, cast

STOP_SECONDS = 10.0
TICK_SECONDS = 0.1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1  # linux/prctl.h

# Loaded here, not in the child between fork and exec, where little is allowed.
_prctl = getattr(ctypes.CDLL(None), "prctl", None)


def _die_with_parent() -> None:
    """In the child, before its program: ask Linux to end it when this process is killed outright."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(frozen=True)
class Program:
    """One program of the group; `name` is written before each line that it prints.

    `starts_when`: it starts at once, or as soon as this says yes.
    """

    name: str
    command: Sequence[str]
    starts_when: Callable[[], bool] = lambda: True


class Output(Protocol):
    """Where lines are shown: a file, or the output of a command."""

    def write(self, text: str, /) -> object:
        """Show a text."""

    def flush(self) -> None:
        """Show it now."""


class ProcessGroup:
    """Starts programs, shows what they print, and ends them all as soon as one ends or somebody asks.

    Each program leads a session of its own: a Ctrl-C in the terminal reaches this process alone, which then
    ends the others in good order.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        environment: Mapping[str, str],
        out: Output,
        terminal: int | None = None,
    ) -> None:
        """`terminal`: a descriptor whose hang-up asks for the end, when `out` is one."""
        self.programs = programs
        self.environment = dict(environment)
        self.out = out
        self._width = max(len(program.name) for program in programs)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._rests: dict[str, bytes] = {}
        self._selector = selectors.DefaultSelector()
        self._asked = 0
        self._hang_up = select.poll()
        if terminal is not None:
            self._hang_up.register(terminal, 0)  # no event but the two that always come: error and hang-up

    def run(self, *, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> int:
        """Hold the programs until the end.

        Args:
            is_ready: asked ten times a second until it says yes; then `when_ready` is called, once.
            when_ready: tells the person at the terminal.

        Returns:
            Exit status: 0 when somebody asked for the end, 1 when a program ended by itself.
        """
        before = {word: signal.signal(word, self._ask) for word in STOP_SIGNALS}
        try:
            has_told = False
            while not self._asked and not self._dead():
                for program in self.programs:
                    if program.name not in self._running and program.starts_when():
                        self._start(program)
                self._show(TICK_SECONDS)
                # A terminal may go without a signal: make, when it leads the session, keeps it to itself.
                self._asked += bool(self._hang_up.poll(0))
                if not has_told and is_ready():
                    when_ready()
                    has_told = True
            dead = self._dead()
            for name in [] if self._asked else dead:
                self._line(name, f"ended by itself (status {self._running[name].returncode})".encode())
            return 0 if self._asked else 1
        finally:
            self._stop()
            self._selector.close()
            for word, handler in before.items():
                signal.signal(word, handler)

    def _start(self, program: Program) -> None:
        child = subprocess.Popen(  # noqa: S603 - commands of ours
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # safe: no thread runs in this process
        )
        output = cast("IO[bytes]", child.stdout)
        os.set_blocking(output.fileno(), False)
        self._running[program.name] = child
        self._rests[program.name] = b""
        self._selector.register(output, selectors.EVENT_READ, program.name)

    def _dead(self) -> list[str]:
        return [name for name, child in self._running.items() if child.poll() is not None]

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked += 1

    def _show(self, seconds: float) -> None:
        """Pass on what the programs print, line by line, for at most this long."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _events in self._selector.select(seconds):
            name = key.data
            with contextlib.suppress(BlockingIOError):
                read = os.read(key.fd, 65536)
                if not read:
                    self._selector.unregister(key.fileobj)
                *lines, self._rests[name] = (self._rests[name] + read).split(b"\n")
                for line in lines:
                    self._line(name, line)

    def _line(self, name: str, line: bytes) -> None:
        # A terminal that was closed takes nothing more; the programs must end in good order all the same.
        with contextlib.suppress(OSError):
            self.out.write(f"{name:<{self._width}} | {line.decode(errors='replace')}\n")
            self.out.flush()

    def _stop(self) -> None:
        """Ask every program to end, then end by force what remains of its session."""
        patience = self._asked + 1  # a second Ctrl-C while stopping, and nobody waits any more
        self._signal(signal.SIGTERM, only_leaders=True)
        limit = time.monotonic() + STOP_SECONDS
        while len(self._dead()) < len(self._running):
            if time.monotonic() > limit or self._asked > patience:
                break
            self._show(TICK_SECONDS)
        self._signal(signal.SIGKILL, only_leaders=False)
        while self._selector.get_map() and self._selector.select(0):
            self._show(0)  # the last words, which often say why
        for child in self._running.values():
            child.wait()
            if child.stdout is not None:
                child.stdout.close()

    def _signal(self, word: signal.Signals, *, only_leaders: bool) -> None:
        for child in self._running.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if not only_leaders:
                    os.killpg(child.pid, word)
                elif child.poll() is None:
                    child.send_signal(word)


def python(*words: str) -> list[str]:
    """The command that runs a module with this interpreter."""
    return [sys.executable, "-m", *words]
