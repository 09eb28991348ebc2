"""Settings: every fault is named at once, and there is no secret that nobody chose."""

from __future__ import annotations

import base64
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from gateway import bootstrap, settings
from gateway.errors import SettingsError

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
OLD_KEY = base64.urlsafe_b64encode(b"o" * 32).decode()
TOKEN, OLD_TOKEN, SECRET = (
    "new-token-of-the-callbacks",
    "old-token-of-the-callbacks",
    "secret-of-the-bots-webhook",
)
LEAST = {
    "GATEWAY_DATABASE_URL": "postgresql://gateway:db-password@database/gateway",
    "GATEWAY_REDIS_URL": "redis://:redis-password@queue:6379/0",
    "GATEWAY_SECRET_KEYS": f"{KEY},{OLD_KEY}",
    "GATEWAY_AT_USERNAME": "returnees",
    "GATEWAY_AT_API_KEY": "atsk_0123456789",
    "GATEWAY_AT_WEBHOOK_TOKENS": f"{TOKEN}, {OLD_TOKEN}",
    "GATEWAY_TELEGRAM_TOKEN": "123456:token-of-the-bot",
    "GATEWAY_TELEGRAM_SECRET": SECRET,
}
SECRETS = ("database_url", "redis_url", "secret_keys", "at_api_key", "at_webhook_tokens", "telegram_token")
SECRETS += ("telegram_secret",)


def test_the_least_that_starts() -> None:
    """With the required settings alone, lists are split and everything else has its default."""
    read = settings.read(LEAST)
    assert read.secret_keys == (b"k" * 32, b"o" * 32)
    assert read.at_webhook_tokens == (TOKEN, OLD_TOKEN)
    assert (read.mode, read.sqlite_synchronous, read.flows_dir) == ("live", "FULL", None)


def test_every_missing_one_is_named() -> None:
    """An empty environment names all that are required, each once."""
    with pytest.raises(SettingsError) as caught:
        settings.read({})
    assert [fault.split()[0] for fault in caught.value.faults] == list(LEAST)
    assert all("is not set" in fault for fault in caught.value.faults)


@pytest.mark.parametrize("name", LEAST)
def test_one_missing(name: str) -> None:
    """Without any one of the required settings the process does not start."""
    with pytest.raises(SettingsError, match=f"^{name} is not set: "):
        settings.read({key: value for key, value in LEAST.items() if key != name})


WRONG = {
    "database of another kind": ("GATEWAY_DATABASE_URL", "mysql://somebody:hunter2@host/gateway"),
    "redis of another kind": ("GATEWAY_REDIS_URL", "http://:hunter2@host"),
    "key too short": ("GATEWAY_SECRET_KEYS", "aHVudGVyMg=="),
    "one key too short": ("GATEWAY_SECRET_KEYS", f"{KEY},aHVudGVyMg=="),
    "key not base64": ("GATEWAY_SECRET_KEYS", "hunter2"),
    "no key": ("GATEWAY_SECRET_KEYS", ""),
    "token too short": ("GATEWAY_AT_WEBHOOK_TOKENS", "hunter2"),
    "one token too short": ("GATEWAY_AT_WEBHOOK_TOKENS", f"{TOKEN},hunter2"),
    "no token": ("GATEWAY_AT_WEBHOOK_TOKENS", " , "),
    "webhook secret too short": ("GATEWAY_TELEGRAM_SECRET", "hunter2"),
    "carrier without TLS": ("GATEWAY_AT_BASE_URL", "http://hunter2.example"),
    "telegram without TLS": ("GATEWAY_TELEGRAM_BASE_URL", "http://hunter2.example"),
    "almost this machine": ("GATEWAY_AT_BASE_URL", "http://127.0.0.1.hunter2.example"),
    "almost localhost": ("GATEWAY_TELEGRAM_BASE_URL", "http://localhost.hunter2.example"),
    "no web address": ("GATEWAY_AT_BASE_URL", "https://[hunter2"),
    "no host": ("GATEWAY_AT_BASE_URL", "https:///hunter2"),
    "mode unknown": ("GATEWAY_MODE", "hunter2"),
    "durability unknown": ("GATEWAY_SQLITE_SYNCHRONOUS", "OFF"),
    "threads not a number": ("GATEWAY_WEB_THREADS", "hunter2"),
    "no threads": ("GATEWAY_WEB_THREADS", "0"),
    "nowhere to listen": ("GATEWAY_LISTEN", "hunter2"),
    "no such port": ("GATEWAY_LISTEN", "127.0.0.1:65536"),
}


@pytest.mark.parametrize(("name", "value"), WRONG.values(), ids=WRONG.keys())
def test_one_wrong(name: str, value: str) -> None:
    """A wrong value is refused under its own name."""
    with pytest.raises(SettingsError) as caught:
        settings.read(LEAST | {name: value})
    assert [fault.split()[0] for fault in caught.value.faults] == [name]


def test_missing_and_wrong_together() -> None:
    """Missing and wrong ones are named in the same refusal: nobody has to start six times to learn six faults."""
    wrong = dict(WRONG.values())
    given = {name: value for name, value in wrong.items() if name != "GATEWAY_DATABASE_URL"}
    with pytest.raises(SettingsError) as caught:
        settings.read(given)
    assert {fault.split()[0] for fault in caught.value.faults} == LEAST.keys() | given.keys()


SHOWN = {case: wrong for case, wrong in WRONG.items() if "hunter2" in wrong[1]}


@pytest.mark.parametrize(("name", "value"), SHOWN.values(), ids=SHOWN.keys())
def test_a_refusal_shows_no_value(name: str, value: str) -> None:
    """A refusal reaches logs: it names the setting, never what was in it."""
    with pytest.raises(SettingsError) as caught:
        settings.read(LEAST | {name: value})
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_no_default_secret() -> None:
    """No setting that is a secret has a default, of whatever mode."""
    defaults = {field.name: field.default for field in fields(settings.Settings)}
    assert {name: defaults[name] for name in SECRETS} == dict.fromkeys(SECRETS, MISSING)


def test_secrets_stay_out_of_the_repr() -> None:
    """Settings may be printed by mistake: no password, key or token shows."""
    shown = repr(settings.read(LEAST))
    hidden = (
        KEY,
        "k" * 32,
        "o" * 32,
        TOKEN,
        OLD_TOKEN,
        SECRET,
        "atsk_0123456789",
        "password",
        "token-of-the-bot",
    )
    assert [secret for secret in hidden if secret in shown] == []


def test_carriers_speak_tls() -> None:
    """Both carriers are reached by https unless the address is on this machine."""
    read = settings.read(LEAST)
    assert read.at_base_url.startswith("https://")
    assert read.telegram_base_url.startswith("https://")
    loopback = settings.read(LEAST | {"GATEWAY_AT_BASE_URL": "http://127.0.0.1:8080/simulator/"})
    assert loopback.at_base_url == "http://127.0.0.1:8080/simulator"


def test_only_ours_is_read() -> None:
    """Other programs' variables are not ours, and paths become paths."""
    read = settings.read(LEAST | {"FLOWS_DIR": "elsewhere", "GATEWAY_FLOWS_DIR": "kept"})
    assert read.flows_dir == Path("kept")


@pytest.mark.parametrize("mode", ["demo", "training"])
@pytest.mark.parametrize("live", ["AT_BASE_URL", "TELEGRAM_BASE_URL"])
def test_no_way_out_of_a_demo(mode: str, live: str, tmp_path: Path) -> None:
    """Outside live mode nothing starts that could reach a real carrier: a made-up number may be somebody's."""
    loopback = dict.fromkeys(
        ("GATEWAY_AT_BASE_URL", "GATEWAY_TELEGRAM_BASE_URL"), "http://127.0.0.1:8080/carrier"
    )
    given = LEAST | loopback | {"GATEWAY_DATABASE_URL": f"sqlite:///{tmp_path}/g.db", "GATEWAY_MODE": mode}
    bootstrap.build(settings.read(given)).database.close()
    reaching_out = settings.read(given | {f"GATEWAY_{live}": "https://api.example.org"})
    for start in (bootstrap.build, bootstrap.senders):
        with pytest.raises(SettingsError, match=f"^GATEWAY_{live} must be on loopback in {mode} mode$"):
            start(reaching_out)
