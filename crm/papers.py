"""Papers people put to a record: recognised by their bytes, offered for saving only, never shown by a browser."""

import zipfile
from io import BytesIO

from models.errors import Refused

PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
#: The folder that tells which program wrote an Office file, and its media type.
INSIDE = {
    "word/": OFFICE + "wordprocessingml.document",
    "xl/": OFFICE + "spreadsheetml.sheet",
    "ppt/": OFFICE + "presentationml.presentation",
}
#: Word, Excel and WPS before 2007.
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(data: bytes) -> str:
    """The media type these bytes are of. Raises Refused for anything but PDF and Office files."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(OLD_OFFICE):
        return "application/x-ole-storage"
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                names = archive.namelist()
        except zipfile.BadZipFile as error:
            raise Refused("文件损坏，打不开") from error
        found = [kind for folder, kind in INSIDE.items() if any(name.startswith(folder) for name in names)]
        if "[Content_Types].xml" in names and found:
            return found[0]
    raise Refused("只收 PDF、Word、Excel、PPT 和 WPS 文件")
