"""Small files of every kind that is taken, and of some that are not; each is as small as it can be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(20)
OPEN_XML = "application/vnd.openxmlformats-officedocument"
MAIN = {
    "docx": ("word/document.xml", f"{OPEN_XML}.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OPEN_XML}.spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{OPEN_XML}.presentationml.presentation.main+xml"),
}
ODF = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """An archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(kind: str, more: Mapping[str, bytes | str] | None = None, types: str = "") -> bytes:
    """A Word, Excel or PowerPoint file, with further parts."""
    part, main = MAIN[kind]
    listed = f'<Types><Override PartName="/{part}" ContentType="{types or main}"/></Types>'
    return zipped({"[Content_Types].xml": listed, part: "<x/>", **(more or {})})


def open_document(kind: str, more: Mapping[str, bytes | str] | None = None) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{ODF[kind]}"
    return zipped({"mimetype": mimetype, "content.xml": "<x/>", **(more or {})})


FITTING: Mapping[str, tuple[str, bytes]] = {
    "pdf": ("paper.pdf", PDF),
    "docx": ("paper.docx", office("docx")),
    "xlsx": ("list.xlsx", office("xlsx")),
    "pptx": ("talk.PPTX", office("pptx")),
    "odt": ("paper.odt", open_document("odt")),
    "ods": ("list.ods", open_document("ods")),
    "odp": ("talk.odp", open_document("odp")),
    "csv": ("list.csv", "\ufeffName,Count\r\nÖsterreich,3\r\n".encode()),
    "txt": ("note.txt", b"Plain words.\n"),
    "md": ("note.md", b"# Direction of travel\n\nPlain words.\n"),
    "png": ("map.png", PNG),
    "jpeg": ("map.jpeg", JPEG),
}
