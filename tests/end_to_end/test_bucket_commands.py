"""What commands do of a bucket beside the store's tables: marts, files written, odd settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from in_process import run_here
from new_store import new_store

from weblog.remote.place import RemotePath


def test_a_mart_beside_the_store_is_built_listed_and_removed(place: Path) -> None:
    store = ("--store", str(new_store(place / "S").folder))
    folder = ("--folder", str(place / "bi"))
    view = ("--view", "channel_daily")
    assert run_here("mart", "build", *folder, *view, *store).returncode == 0
    assert {each.parts[-2] for each in (place / "bi").rglob("*.json")} >= {"bi", "_delta_log"}
    assert run_here("mart", "build", *view, *store).returncode == 0
    assert "channel_daily" in run_here("mart", "list", *folder, *store).stdout
    for where in (folder, ()):
        done = run_here("mart", "remove", *where, *store)
        assert done.returncode == 0, done.stderr
    assert not (place / "bi").exists()
    assert not (place / "S" / "mart").exists()
    assert (place / "S" / "sessions").exists()
    assert run_here("mart", "remove", *folder, *store).returncode == 2


def test_a_mart_of_links_is_for_a_folder(bucket: str) -> None:
    store = new_store(RemotePath(f"{bucket}/S")).folder
    done = run_here("mart", "build", "--format", "parquet", "--store", str(store))
    assert done.returncode == 2
    assert "--format delta" in done.stderr
    assert not (store / "mart").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("target", "maturity", "--out", "s3://logs/list.csv"),
        ("recommend", "--all", "--out", "gs://logs/all.csv"),
        ("report", "summary", "--html", "s3://logs/summary.html"),
        ("send", "weekly", "--pdf", "https://logs.example/weekly.pdf"),
        ("erase", "--customer", "C1", "--yes", "--receipt", "s3://logs/receipts"),
        ("contacts", "load", "told.csv", "--bad-rows", "s3://logs/bad.csv"),
        ("export", "--customer", "C1", "--to", "s3://logs/one.zip"),
    ],
    ids=lambda words: words[0],
)
def test_files_are_written_on_this_machine(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder called ``s3:`` is made, and nothing is done before that is known."""
    monkeypatch.chdir(tmp_path)
    done = run_here(*words, "--store", str(new_store(tmp_path / "S").folder))
    assert done.returncode == 2
    assert words[-2] in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["S"]


ODD = [
    ("AWS_ENDPOINT_URL", "http://me:se/cret+@127.0.0.1:9"),
    ("AWS_ENDPOINT_URL", "127.0.0.1:9000"),
    ("AWS_ENDPOINT_URL", "no address"),
    ("AWS_ENDPOINT_URL", "http://"),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:99999"),
    ("AWS_ENDPOINT_URL", "https://[::1"),
    ("AWS_ENDPOINT_URL", ""),
    ("AWS_ENDPOINT_URL", "ftp://127.0.0.1"),
    ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1/x y"),
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE\n"),
    ("AWS_SECRET_ACCESS_KEY", "cret+\n"),
    ("AWS_SESSION_TOKEN", "cret+\r\n"),
    ("AWS_REGION", "us-east-1\n"),
]


@pytest.mark.parametrize(("name", "value"), ODD, ids=[f"{n}={v!r}" for n, v in ODD])
def test_settings_of_which_no_request_can_be_made_are_told(
    bucket: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    """The library that speaks to object stores ends in a panic there."""
    for words, code in (
        (("status", "--store", f"{bucket}/S"), 2),
        (("ingest", f"{bucket}/a.log", "--store", str(tmp_path / "S")), 4),
    ):
        done = run_here(*words, env={name: value})
        assert done.returncode == code, done
        assert f"{name} " in done.stderr
        assert "cret+" not in done.stderr + done.stdout
    assert "panicked" not in capfd.readouterr().err


@pytest.mark.parametrize("secret", ["a/b+c/==", "%2F%", "a b"])
def test_a_secret_may_have_any_signs(bucket: str, secret: str) -> None:
    new_store(RemotePath(f"{bucket}/S"))
    environment = {**os.environ, "AWS_SECRET_ACCESS_KEY": secret}
    done = run_here("status", "--store", f"{bucket}/S", env=dict(environment))
    assert done.returncode == 0, done.stderr


def test_an_address_that_lost_a_slash_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.log").write_text("")
    done = run_here("ingest", "a.log", "--store", "s3:/bucket/S")
    assert done.returncode == 2
    assert "s3://bucket/store" in done.stderr
    assert not (tmp_path / "s3:").exists()


def test_a_bucket_that_is_not_there_is_told(bucket: str) -> None:
    for words in (("status",), ("report", "summary"), ("doctor",), ("compact",)):
        done = run_here(*words, "--store", "s3://nowhere-to-be-found/S")
        assert done.returncode == 6, done
        assert "no such bucket (s3://nowhere-to-be-found)" in done.stderr
    assert run_here("status", "--store", f"{bucket}/none").returncode == 6
