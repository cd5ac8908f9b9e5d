"""A place where a private pair of servers may live for one test, and processes that use it."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config import embedded, keeper

USER = """
import json, sys
from pathlib import Path
from config.embedded import Pair
name, clone, state = sys.argv[1:]
pair = Pair(name, Path(clone), [Path(state)])
pair.join()
addresses = pair.addresses("perenne")
print(json.dumps([addresses.database_url, addresses.redis_url]), flush=True)
sys.stdin.readline()
"""


@dataclass
class Place:
    """A clone that is not there: the two folders that `Pair` needs, and the account that owns them."""

    clone: Path
    state: Path
    account: str | None = None
    python: str = sys.executable
    packages: str | None = None
    pairs: list[embedded.Pair] = field(default_factory=list)
    users: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def pair(self, name: str = "test") -> embedded.Pair:
        """The pair of this place, for the account that runs the tests."""
        self.pairs.append(embedded.Pair(name, self.clone, [self.state]))
        return self.pairs[-1]

    def user(self, name: str = "test") -> "subprocess.Popen[str]":
        """Another process that uses the pair; it prints its addresses and leaves when its input ends."""
        user = subprocess.Popen(  # noqa: S603 - this interpreter
            [self.python, "-c", USER, name, str(self.clone), str(self.state)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=embedded.CLONE,
            user=self.account,
            env=None if self.packages is None else {"PYTHONPATH": self.packages},
        )
        self.users.append(user)
        return user

    def clear(self) -> None:
        """Let every process of the test leave, so that a failed test spoils no other."""
        for user in self.users:
            user.kill()
            user.communicate()
        for pair in self.pairs:
            pair.leave()
        self.users.clear()
        self.pairs.clear()

    def servers(self) -> dict[int, str]:
        """The keeper, PostgreSQL and Redis of this place that still run: their number and their program."""
        marks = [
            os.fsencode(self.clone / "var"),
            os.fsencode(self.state),
            embedded.Pair("test", self.clone, [self.state]).mark.encode(),
        ]
        programs = ("keeper.py", "postgres", "redis-server")
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            # Redis writes its address after its name, in one word.
            names = [
                Path(os.fsdecode(word.split(b" unixsocket:")[0])).name for word in words.split(b"\0")[:4]
            ]
            program = next((name for name in names if name in programs), None)
            if program and any(mark in words for mark in marks):
                found[int(folder.name)] = program
        return found

    def server(self, program: str) -> int:
        """The process number of one of them."""
        (number,) = [number for number, name in self.servers().items() if name == program]
        return number


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait for what another process is about to do."""
    return keeper.wait_until(condition, seconds)
