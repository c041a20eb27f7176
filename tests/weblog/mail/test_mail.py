"""Mail: what a message looks like, what servers do to it, and what waits in the outbox."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from mail_servers import Post, free_port, smtp_server, until

from weblog.delivery_errors import MailError
from weblog.mail import Attachment, Mail, Outbox, Picture, Server, composed, server_of
from weblog.site import load_site

NOW = datetime(2025, 12, 1, 6, 30, tzinfo=UTC)
SUBJECT = "주간 보고서: 방문 13,012건, 전환율 1.62% 그리고 아주 긴 제목이 여러 줄에 걸쳐 이어집니다"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PDF = b"%PDF-1.7\n%%EOF\n"
HTML = '<p>안녕 <img src="cid:one@weblog"></p>' + "가" * 2000
MAIL = Mail(SUBJECT, "안녕\n", HTML, (Picture("one@weblog", PNG),),
            (Attachment("주간.pdf", "application/pdf", PDF),))  # fmt: skip
SENDER = "웹로그 <weblog@example.com>"


def site_of(folder: Path, post: Post | None = None, **smtp: object) -> Path:
    told: dict[str, object] = {"host": "localhost", "sender": SENDER, "tls": "none"}
    if post is not None:
        told["port"] = post.port
        if post.ca_file:
            told["ca_file"] = str(post.ca_file)
    told |= smtp
    lines = [f"{k} = {f'{v!r}' if isinstance(v, str) else v}" for k, v in told.items()]
    file = folder / "site.toml"
    file.write_text("[smtp]\n" + "\n".join(lines), "utf-8")
    return file


def server(folder: Path, post: Post | None = None, password: str = "", **smtp: object) -> Server:
    site = load_site(site_of(folder, post, **smtp))
    return server_of(site, {"WEBLOG_SMTP_PASSWORD": password})


def message(to: tuple[str, ...] = ("가나 <a@example.com>",), number: str = "n1") -> bytes:
    return composed(MAIL, SENDER, to, number, NOW).as_bytes()


# what a message is


def test_structure_and_headers_of_a_message() -> None:
    read = message_from_bytes(message(), policy=policy.default)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    assert read["Subject"] == SUBJECT
    assert read["From"] == SENDER
    assert read["To"] == "가나 <a@example.com>"
    assert read["Message-ID"] == "<n1@example.com>"
    assert read["Date"].datetime == NOW
    assert read["Auto-Submitted"] == "auto-generated"
    _, _, plain, _, html, picture, pdf = read.walk()
    assert plain.get_content() == "안녕\r\n"
    assert html.get_content().rstrip("\r\n") == HTML
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<one@weblog>", "inline")
    assert picture.get_content() == PNG
    assert (pdf.get_filename(), pdf.get_content()) == ("주간.pdf", PDF)


def test_a_message_is_ascii_in_short_lines() -> None:
    lines = message().split(b"\r\n")
    assert max(map(len, lines)) <= 998  # RFC 5322, 2.1.1
    assert all(line.isascii() and b"\n" not in line for line in lines)


def test_a_subject_stays_one_header() -> None:
    mail = Mail("a\r\nBcc: evil@example.com", "x")
    read = composed(mail, SENDER, ["a@example.com"], "n", NOW)
    assert (read["Subject"], read["Bcc"]) == ("a Bcc: evil@example.com", None)


def test_the_same_message_is_the_same() -> None:
    strip = lambda raw: [line for line in raw.split(b"\r\n") if b"=====" not in line]  # noqa: E731
    assert strip(message()) == strip(message())


# servers


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_a_message_arrives_as_it_was_sent(tmp_path: Path, tls: str) -> None:
    with smtp_server(tmp_path / "mail", tls=tls) as post:
        refused = server(tmp_path, post, tls=tls).send(message(), ["a@example.com"])
        assert refused == {}
        assert post.raw == [message_with_boundary_of(post.raw[0])]
        (envelope,) = post.envelopes
        assert (envelope["from"], envelope["to"]) == ("weblog@example.com", ["a@example.com"])
        assert envelope["tls"] is (tls != "none")


def message_with_boundary_of(raw: bytes) -> bytes:
    """Boundaries are random: all else must be equal, byte for byte."""
    import re

    made, found = message(), raw
    for ours, theirs in zip(
        dict.fromkeys(re.findall(rb"={15}\d+==", made)),
        dict.fromkeys(re.findall(rb"={15}\d+==", found)),
        strict=True,
    ):
        made = made.replace(ours, theirs)
    return made


def test_login_over_starttls(tmp_path: Path) -> None:
    with smtp_server(tmp_path / "mail", tls="starttls", login=True) as post:
        server(tmp_path, post, "s3cret", tls="starttls", user="weblog").send(message(), ["a@b.kr"])
        assert [each["login"] for each in post.envelopes] == [True]
        with pytest.raises(MailError) as caught:
            server(tmp_path, post, "wr0ng", tls="starttls", user="weblog").greet()
        assert "does not accept user 'weblog'" in str(caught.value)
        assert "wr0ng" not in str(caught.value)
        with pytest.raises(MailError, match=r"refuses the sender.*530"):
            server(tmp_path, post, tls="starttls").send(message(), ["a@b.kr"])


def test_what_can_be_wrong_with_a_server(tmp_path: Path) -> None:
    port = free_port()
    with pytest.raises(MailError, match=rf"localhost:{port}: nobody listens there"):
        server(tmp_path, port=port).greet()
    with pytest.raises(MailError, match="no such host is known"):
        server(tmp_path, host="nowhere.invalid").greet()
    with smtp_server(tmp_path / "plain") as post:
        with pytest.raises(MailError, match="does not offer what is asked: STARTTLS"):
            server(tmp_path, post, tls="starttls").greet()
        with pytest.raises(MailError, match="TLS failed"):
            server(tmp_path, post, tls="tls").greet()
        with pytest.raises(MailError, match="does not offer what is asked: SMTP AUTH"):
            server(tmp_path, post, "x", user="weblog").greet()
    with (
        smtp_server(tmp_path / "other", tls="starttls") as post,
        pytest.raises(MailError, match="certificate is not trusted"),
    ):
        server(tmp_path, Post(post.port, post.folder, None), tls="starttls").greet()
    with (
        smtp_server(tmp_path / "silent", silent=True) as post,
        pytest.raises(MailError, match=r"no answer within 0\.5 s"),
    ):
        server(tmp_path, post, timeout_seconds=0.5).send(message(), ["a@example.com"])
    with (
        smtp_server(tmp_path / "full", refuse_data="552 mailbox full") as post,
        pytest.raises(MailError, match="refuses the message: 552 mailbox full"),
    ):
        server(tmp_path, post).send(message(), ["a@example.com"])


# the password


def test_where_the_password_comes_from(tmp_path: Path) -> None:
    file = site_of(tmp_path, tls="starttls", user="weblog", password_file="secret")
    secret = tmp_path / "secret"
    secret.write_text("from file\n")
    secret.chmod(0o644)
    with pytest.raises(MailError, match="can be read by others"):
        server_of(load_site(file), {})
    secret.chmod(0o600)
    assert server_of(load_site(file), {}).password == "from file"
    found = server_of(load_site(file), {"WEBLOG_SMTP_PASSWORD": "from env"})
    assert found.password == "from env"
    assert "from env" not in repr(found)
    secret.write_text("")
    with pytest.raises(MailError, match="is empty"):
        server_of(load_site(file), {})
    secret.unlink()
    with pytest.raises(MailError, match="cannot be read"):
        server_of(load_site(file), {})
    with pytest.raises(MailError, match="no password is known"):
        server_of(load_site(site_of(tmp_path, tls="starttls", user="weblog")), {})
    with pytest.raises(MailError, match="names no mail server"):
        server_of(load_site(None), {})


# the outbox


def put(outbox: Outbox, *to: str, number: str = "n1") -> bool:
    return outbox.put(number, composed(MAIL, SENDER, to or ("a@example.com",), number, NOW), NOW)


def test_what_cannot_be_sent_waits_and_goes_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    assert put(outbox)
    assert not put(outbox)
    down = server(tmp_path, port=free_port())
    sent = outbox.send(down.send, NOW)
    assert (sent.gone, [each.id for each in sent.waiting]) == ((), ["n1"])
    assert "nobody listens" in sent.waiting[0].error
    assert [(each.tries, each.to) for each in outbox.waiting()] == [(1, ("a@example.com",))]
    assert {file.stat().st_mode & 0o777 for file in outbox.folder.glob("n1.*")} == {0o600}
    with smtp_server(tmp_path / "mail") as post:
        up = server(tmp_path, post)
        assert outbox.send(up.send, NOW).gone == ("n1",)
        assert outbox.send(up.send, NOW).gone == ()
        assert not put(outbox), "it has gone: nobody gets it twice"
        assert outbox.send(up.send, NOW).gone == ()
        assert len(post.messages) == 1
        outbox.forget("n1")
        assert put(outbox)
        outbox.send(up.send, NOW)
        assert len(post.messages) == 2
    assert list(outbox.folder.glob("n1.*")) == []


def test_each_recipient_gets_it_once_whatever_becomes_of_others(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    put(outbox, "good@example.com", "gone@example.com", "later@example.com")
    refuse = {"gone@example.com": "550 no such user", "later@example.com": "451 try again"}
    with smtp_server(tmp_path / "first", refuse=refuse) as post:
        sent = outbox.send(server(tmp_path, post).send, NOW)
        assert post.envelopes[0]["to"] == ["good@example.com"]
    (envelope,) = sent.waiting
    assert envelope.to == ("later@example.com",)
    assert envelope.error == "later@example.com: 451 try again"
    assert envelope.refused == {"gone@example.com": "550 no such user"}
    with smtp_server(tmp_path / "second") as post:
        sent = outbox.send(server(tmp_path, post).send, NOW)
        assert post.envelopes[0]["to"] == ["later@example.com"]
    assert sent.gone == ("n1",)
    assert sent.refused == {"gone@example.com": "550 no such user"}


def test_all_refused_is_told_and_not_tried_for_ever(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    put(outbox, "gone@example.com")
    with smtp_server(tmp_path / "mail", refuse={"gone@example.com": "550 no"}) as post:
        sent = outbox.send(server(tmp_path, post).send, NOW)
        assert (sent.gone, sent.refused) == (("n1",), {"gone@example.com": "550 no"})
        assert post.messages == []
    assert outbox.waiting() == []


SEND = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from weblog.mail import Outbox, server_of
from weblog.site import load_site
outbox = Outbox(Path(sys.argv[1]))
outbox.send(server_of(load_site(sys.argv[2]), {}).send, datetime(2025, 12, 1, tzinfo=UTC))
"""


def test_killed_after_the_server_took_it_sends_the_same_message_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    put(outbox)
    with smtp_server(tmp_path / "first", die_after=True) as post:
        file = site_of(tmp_path, post)
        with subprocess.Popen([sys.executable, "-c", SEND, tmp_path, file]) as process:
            until(lambda: post.envelopes)
            process.kill()
        first = post.raw
    with smtp_server(tmp_path / "second") as post:
        assert outbox.send(server(tmp_path, post).send, NOW).gone == ("n1",)
        assert post.raw == first, "byte for byte, with its Message-ID"


def test_two_runs_at_once_send_it_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for number in range(8):
        put(outbox, number=f"n{number}")
    with smtp_server(tmp_path / "mail") as post:
        file = site_of(tmp_path, post)
        both = [subprocess.Popen([sys.executable, "-c", SEND, tmp_path, file]) for _ in range(2)]
        assert [process.wait(60) for process in both] == [0, 0]
        assert sorted(each["X-Weblog-Id"] for each in post.messages) == [f"n{n}" for n in range(8)]


def test_what_a_killed_run_left_is_tidied(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    put(outbox)
    (outbox.folder / "half.eml").write_text("x")
    (outbox.folder / ".new-n2.eml-1-ab").write_text("x")
    outbox.send(lambda message, to: {}, NOW)
    assert [file.name for file in outbox.folder.iterdir() if file.is_file()] == ["sent.json"]
