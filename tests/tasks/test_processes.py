"""Programs held together in one terminal: they start together and nothing of them stays."""

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from config import keeper
from tasks import processes
from tasks.processes import ProcessGroup, Program

WAITS = "import time; print('here', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS
PARENT = (
    "import subprocess, sys;"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', sys.argv[1]]); " + WAITS
)


def program(name: str, code: str, mark: Path) -> Program:
    """A small program whose command line holds the test's own folder, so that it can be found again."""
    return Program(name, [sys.executable, "-c", code, str(mark)])


def alive(mark: Path) -> list[str]:
    """Processes whose command line holds the mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(mark) in words and int(folder.name) != os.getpid():
            found.append(words.decode())
    return found


def hold(programs: list[Program], when_ready: Callable[[], None]) -> tuple[int, str]:
    """Run a group that is ready once each program has spoken; answer its status and what it showed."""
    out = io.StringIO()
    group = ProcessGroup(programs, os.environ, out)

    def is_ready() -> bool:
        return out.getvalue().count("here") == len(programs)

    return group.run(is_ready=is_ready, when_ready=when_ready), out.getvalue()


def test_a_program_starts_when_its_turn_comes(tmp_path):
    out = io.StringIO()
    one = program("one", WAITS, tmp_path)
    other = program("other", WAITS, tmp_path)
    other = Program(other.name, other.command, starts_when=lambda: "one" in out.getvalue())
    group = ProcessGroup([other, one], os.environ, out)
    group.run(
        is_ready=lambda: out.getvalue().count("here") == 2,
        when_ready=lambda: os.kill(os.getpid(), signal.SIGTERM),
    )
    assert [line.split()[0] for line in out.getvalue().splitlines() if "here" in line] == ["one", "other"]


def test_somebody_who_asks_for_the_end_ends_all(tmp_path):
    for word in processes.STOP_SIGNALS:
        before = signal.getsignal(word)
        status, shown = hold(
            [program("one", WAITS, tmp_path), program("other", PARENT, tmp_path)],
            lambda word=word: os.kill(os.getpid(), word),
        )
        assert status == 0
        assert sorted(shown.splitlines()) == ["one   | here", "other | here"]
        assert signal.getsignal(word) == before
    assert keeper.wait_until(lambda: not alive(tmp_path), 5), alive(tmp_path)


def test_the_death_of_one_ends_all_and_is_told(tmp_path):
    status, shown = hold(
        [
            program("dies", "print('here'); print('last words'); raise SystemExit(3)", tmp_path),
            program("lives", WAITS, tmp_path),
        ],
        lambda: None,
    )
    assert status == 1
    assert "dies  | last words" in shown
    assert "dies  | ended by itself (status 3)" in shown
    assert keeper.wait_until(lambda: not alive(tmp_path), 5), alive(tmp_path)


def test_a_program_that_will_not_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.3)
    status, _shown = hold([program("deaf", STUBBORN, tmp_path)], lambda: os.kill(os.getpid(), signal.SIGINT))
    assert status == 0
    assert keeper.wait_until(lambda: not alive(tmp_path), 5), alive(tmp_path)


def test_a_closed_terminal_prevents_no_end(tmp_path):
    class Closed(io.StringIO):
        def write(self, text: str, /) -> int:
            super().write(text)
            raise OSError(5, "Input/output error")

    out = Closed()
    group = ProcessGroup([program("one", WAITS, tmp_path)], os.environ, out)
    status = group.run(
        is_ready=lambda: "here" in out.getvalue(), when_ready=lambda: os.kill(os.getpid(), signal.SIGHUP)
    )
    assert status == 0
    assert keeper.wait_until(lambda: not alive(tmp_path), 5), alive(tmp_path)


def test_a_terminal_that_hangs_up_asks_for_the_end(tmp_path):
    theirs, ours = os.openpty()
    out = io.StringIO()
    group = ProcessGroup([program("one", WAITS, tmp_path)], os.environ, out, terminal=ours)
    status = group.run(is_ready=lambda: "here" in out.getvalue(), when_ready=lambda: os.close(theirs))
    os.close(ours)
    assert status == 0
    assert keeper.wait_until(lambda: not alive(tmp_path), 5), alive(tmp_path)


def test_a_second_request_does_not_wait(tmp_path):
    def ask_twice() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()

    status, _shown = hold([program("deaf", STUBBORN, tmp_path)], ask_twice)
    assert status == 0
    assert keeper.wait_until(lambda: not alive(tmp_path), 5), alive(tmp_path)


def test_a_killed_parent_takes_its_programs_with_it(tmp_path):
    code = (
        "import io, os, sys; from tasks.processes import ProcessGroup, Program;"
        "one = Program('one', [sys.executable, '-c', sys.argv[1], sys.argv[2]]);"
        "ProcessGroup([one], os.environ, sys.stdout).run(is_ready=lambda: False, when_ready=lambda: None)"
    )
    command = [sys.executable, "-c", code, WAITS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:  # noqa: S603 - this interpreter
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"one | here\n"
        parent.kill()
    assert keeper.wait_until(lambda: not alive(tmp_path), 5), alive(tmp_path)


def test_output_without_an_end_of_line_is_not_lost_before_the_next(tmp_path):
    code = "import sys, time; print('he', end='', flush=True); time.sleep(0.3); print('re'); time.sleep(60)"
    _status, shown = hold([program("slow", code, tmp_path)], lambda: os.kill(os.getpid(), signal.SIGINT))
    assert shown == "slow | here\n"
