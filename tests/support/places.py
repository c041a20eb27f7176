"""Where a test's store lies: in a folder, or in a bucket of a real S3 server of this machine.

One server serves all tests of a process. Each test that asks for `place` runs twice, under the
same name and with the same assertions: what is promised of a store is promised of both.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from weblog.remote.place import RemotePath

SERVER = Path(__file__).with_name("s3_server.py")
SECRET = "hush-hush-secret-key"
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of the one S3 server of this process."""
    command = [sys.executable, str(SERVER)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def s3_environment(s3_endpoint: str) -> dict[str, str]:
    """What leads to the server, as variables of the environment."""
    return {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": s3_endpoint,
        "AWS_ALLOW_HTTP": "true",
    }


def new_bucket(endpoint: str) -> str:
    """Make an empty bucket and return its address; the environment leads to the server."""
    import boto3

    name = f"bucket-{next(_NUMBERS)}"
    boto3.client("s3", region_name="us-east-1", endpoint_url=endpoint).create_bucket(Bucket=name)
    return f"s3://{name}"


@pytest.fixture
def bucket(
    s3_endpoint: str, s3_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> str:
    """The address of an empty bucket, to which the environment leads."""
    for name, value in s3_environment.items():
        monkeypatch.setenv(name, value)
    return new_bucket(s3_endpoint)


@pytest.fixture(scope="module")
def module_bucket(s3_endpoint: str, s3_environment: dict[str, str]) -> Iterator[str]:
    """The address of a bucket that the tests of a module share."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3_environment.items():
            patch.setenv(name, value)
        yield new_bucket(s3_endpoint)


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where stores may lie: an empty folder, or an empty prefix of a bucket, used like one."""
    if request.param == "folder":
        return tmp_path
    return RemotePath(f"{request.getfixturevalue('bucket')}/deep")


in_a_folder = pytest.mark.parametrize("place", ["folder"], indirect=True)
"""For what does not depend on where the store lies: run it once, on the disk."""
