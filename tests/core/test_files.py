"""Files that people bring: known by content, kept once and whole, given out as attachments; hostile ones stay out."""

from __future__ import annotations

import hashlib
import io
import struct
import unicodedata
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from engage.core import files
from engage.core.files import kinds
from tests.factories.files import FITTING, JPEG, MAIN, OPEN_XML, PDF, PNG, office, open_document, zipped

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


def looked_at(name: str, content: bytes) -> str:
    return kinds.kind_of(io.BytesIO(content), name)


def refused(name: str, content: bytes) -> str:
    with pytest.raises(files.Unfit) as no:
        looked_at(name, content)
    assert no.value.field == "file"
    return no.value.message


@pytest.mark.parametrize("kind", FITTING)
def test_every_kind_is_known_by_its_content(kind: str) -> None:
    assert looked_at(*FITTING[kind]) == kind


def test_the_table_and_the_examples_are_the_same_kinds() -> None:
    assert set(FITTING) == set(files.KINDS)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("paper.pdf", PNG, "let it end in .png"),
        ("paper.pdf", b"MZ\x90\0", "none of the kinds"),
        ("paper.docx", PDF, "let it end in .pdf"),
        ("paper.docx", office("xlsx"), "let it end in .xlsx"),
        ("paper.exe", b"plain words", "let it end in .txt"),
        ("paper", PDF, "let it end in .pdf"),
        ("paper.pdf.html", PDF, "let it end in .pdf"),
        ("map.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        ("map.txt", b'\xef\xbb\xbf\n <svg onload="alert(1)"/>', "SVG"),
        ("page.md", b"<!doctype html><script>alert(1)</script>", "HTML"),
        ("list.csv", b"<?xml version='1.0'?>", "XML"),
        ("list.csv", "Größe".encode("cp1252"), "UTF-8"),
        ("list.csv", "Size".encode("utf-16"), "UTF-8"),
        ("note.txt", b"words\0more", "none of the kinds"),
        ("note.txt", b"x" * 100_000 + b"\x1b[31m", "none of the kinds"),
        ("note.txt", "x€".encode()[:-1], "UTF-8"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "older Office format"),
        ("all.zip", zipped({"a.txt": "x"}), "Archives"),
        ("app.docx", zipped({"META-INF/MANIFEST.MF": "x", "a.class": "x"}), "Archives"),
        ("macro.docx", office("docx", {"word/vbaProject.bin": b"x"}), "macros"),
        ("macro.docx", office("docx", {"WORD/VBAPROJECT.BIN": b"x"}), "macros"),
        ("macro.xlsx", office("xlsx", {"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
        ("macro.docx", office("docx", {"word/activeX/activeX1.xml": b"x"}), "macros"),
        ("macro.docx", office("docx", types="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
        ("macro.odt", open_document("odt", {"Basic/Standard/Module1.xml": "x"}), "macros"),
        ("macro.ods", open_document("ods", {"Scripts/python/x.py": "x"}), "macros"),
        ("draw.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.graphics"}), "none of the kinds"),
        ("template.docx", office("docx", types=f"{OPEN_XML}.wordprocessingml.template.main+xml"), "none of the kinds"),
        ("two.docx", office("docx", types=f"{MAIN['docx'][1]} {MAIN['xlsx'][1]}"), "none of the kinds"),
        ("out.docx", office("docx", {"../../etc/passwd": "x"}), "damaged"),
        ("out.docx", office("docx", {"/etc/passwd": "x"}), "damaged"),
        ("short.docx", office("docx")[:-30], "damaged"),
        ("none.docx", b"PK\x03\x04" + bytes(200), "damaged"),
    ],
)
def test_what_is_not_taken_is_refused_in_words(name: str, content: bytes, said: str) -> None:
    assert said in refused(name, content)


def test_a_bomb_is_seen_by_its_directory_and_never_unpacked() -> None:
    bomb = office("docx", {f"word/media/{n}.bmp": bytes(30_000_000) for n in range(9)})
    assert len(bomb) < 400_000
    assert "far larger" in refused("bomb.docx", bomb)


def test_a_directory_that_lies_about_its_own_size_is_not_read() -> None:
    """A hundred thousand names would cost a hundred megabytes to list: the size of the list is looked at first."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for n in range(15_000):
            archive.writestr(f"word/{n:080}", b"")
    assert "damaged" in refused("many.docx", out.getvalue())
    lying = bytearray(office("docx"))
    lying[-10:-6] = struct.pack("<L", 900_000)
    assert "damaged" in refused("lying.docx", bytes(lying))


def test_a_part_that_unpacks_to_more_than_it_claims_is_not_followed() -> None:
    whole = zipped({"[Content_Types].xml": bytes(5_000_000)})
    assert "damaged" in refused("claims.docx", whole)


@given(st.binary(max_size=300), st.sampled_from(sorted(FITTING)))
def test_no_content_makes_it_stumble(noise: bytes, kind: str) -> None:
    name, content = FITTING[kind]
    for hostile in (content[: len(noise)] + noise, content + noise, noise + content):
        with suppress(files.Unfit):
            assert looked_at(name, hostile) in files.KINDS


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Direction of travel.PDF", "Direction of travel.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\papers\\final.pdf", "final.pdf"),
        ('x"; filename="evil.exe.pdf', "x- filename=-evil.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie- x=1.pdf"),
        ("annual\u202efdp.exe.pdf", "annualfdp.exe.pdf"),
        ("\u200bCON.pdf", "paper-CON.pdf"),
        ("nul.tar.pdf", "paper-nul.tar.pdf"),
        (".pdf", "paper.pdf"),
        ("....pdf", "paper.pdf"),
        ("   .pdf", "paper.pdf"),
        ("Übersicht\u00a0für  alle.pdf", "Übersicht für alle.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("no ending", "no ending.pdf"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert files.safe_name(name, "pdf") == safe


@given(st.text(max_size=320))
def test_every_name_is_safe(name: str) -> None:
    safe = files.safe_name(name, "jpeg")
    assert safe.endswith(".jpg")
    assert len(safe) <= 100
    assert len(safe.encode()) < 255
    assert not set(safe) & set("/\\\"<>:|?*'%;#")
    assert not [c for c in safe if unicodedata.category(c)[0] == "C"]
    assert safe == safe.strip()
    assert files.safe_name(safe, "jpeg") == safe


# --- keeping ------------------------------------------------------------------------------------------------------


def kept(app: Flask, content: bytes = PDF, name: str = "paper.pdf") -> files.Kept:
    with app.app_context():
        return files.keep(io.BytesIO(content), name)


def names_of(app: Flask) -> list[str]:
    return sorted(p.name for p in (Path(app.config["DATA_DIR"]) / "files").rglob("*") if p.is_file())


def test_a_file_is_kept_once_by_its_checksum(app: Flask) -> None:
    checksum = hashlib.sha256(PDF).hexdigest()
    first = kept(app)
    again = kept(app, name="Another name.pdf")
    assert first == files.Kept(checksum=checksum, size=len(PDF), kind="pdf", name="paper.pdf")
    assert (again.checksum, again.name) == (checksum, "Another name.pdf")
    path = files.path_of(checksum)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (PDF, 0o400)
    assert names_of(app).count(checksum) == 1


def test_it_stands_in_no_folder_that_pages_are_served_from(app: Flask) -> None:
    path = files.path_of(kept(app).checksum)
    assert app.static_folder is not None
    assert not path.is_relative_to(app.static_folder)
    assert not path.is_relative_to(str(app.template_folder))
    assert path.is_relative_to(app.config["DATA_DIR"])


def test_what_is_refused_leaves_nothing_behind(app: Flask) -> None:
    before = names_of(app)
    for content, name in ((b"", "x.pdf"), (b"<svg/>", "x.txt"), (bytes(files.MOST + 1), "x.txt")):
        with pytest.raises(files.Unfit):
            kept(app, content, name)
    assert names_of(app) == before


def test_a_full_disk_is_said_as_a_store_that_cannot_write_and_leaves_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = names_of(app)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engage.core.files.keeping.os.fsync", full)
    with pytest.raises(OperationalError):
        kept(app, JPEG + b"another", "x.jpg")
    assert names_of(app) == before


def test_a_file_that_is_gone_is_a_fault_with_a_cure(app: Flask) -> None:
    with pytest.raises(files.Lost, match="restore"):
        files.path_of("0" * 64)
    with pytest.raises(ValueError, match="etc"):
        files.path_of("../../etc/passwd")


# --- sending ------------------------------------------------------------------------------------------------------


def sent(app: Flask, *, public: bool = True, **headers: str):
    one = kept(app, name="Übersicht.pdf")
    with app.test_request_context(headers={name.replace("_", "-"): value for name, value in headers.items()}):
        answer = files.send(one.checksum, kind=one.kind, name=one.name, at=AT, public=public)
        answer.direct_passthrough = False
        return answer


def test_a_file_goes_out_as_an_attachment_that_runs_nothing(app: Flask) -> None:
    answer = sent(app)
    told = {name: answer.headers[name] for name in ("Content-Type", "Content-Disposition", "ETag", "Cache-Control")}
    assert answer.get_data() == PDF
    assert told == {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename=Ubersicht.pdf; filename*=UTF-8''%C3%9Cbersicht.pdf",
        "ETag": f'"{hashlib.sha256(PDF).hexdigest()}"',
        "Cache-Control": "public, max-age=0, must-revalidate",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sent(app, public=False).headers["Cache-Control"] == "no-store"


def test_parts_and_unchanged_files_are_answered(app: Flask) -> None:
    etag = sent(app).headers["ETag"]
    same, part = sent(app, If_None_Match=etag), sent(app, Range="bytes=0-4")
    assert same.status_code == 304
    assert (part.status_code, part.get_data(), part.headers["Content-Range"]) == (
        206,
        b"%PDF-",
        f"bytes 0-4/{len(PDF)}",
    )


def test_a_pack_is_one_archive_made_while_it_is_sent(app: Flask) -> None:
    large = b"words and more words\n" * 50_000
    first, second = kept(app), kept(app, large, "note.txt")
    with app.test_request_context():
        answer = files.send_pack(
            [
                files.Packed("00.1 Übersicht.pdf", first.checksum, AT),
                files.Packed("01.1 note.txt", second.checksum, AT),
            ],
            name="papers.zip",
            public=False,
        )
        assert answer.is_streamed
        content = answer.get_data()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert [i.compress_type for i in archive.infolist()] == [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]
        assert {i.filename: (archive.read(i), i.date_time) for i in archive.infolist()} == {
            "00.1 Übersicht.pdf": (PDF, (2027, 3, 1, 9, 0, 0)),
            "01.1 note.txt": (large, (2027, 3, 1, 9, 0, 0)),
        }
    assert answer.headers["Content-Disposition"] == "attachment; filename=papers.zip"
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/zip", "no-store")


def test_a_pack_with_a_lost_file_is_not_begun(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(files.Lost):
        files.send_pack([files.Packed("x.pdf", "0" * 64, AT)], name="papers.zip", public=False)
