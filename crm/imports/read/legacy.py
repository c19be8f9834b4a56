"""Old workbooks (.xls, .et): read by a process of its own, with limits of memory and time, because nothing says before
how large they become."""

import pickle
import subprocess
import sys
from pathlib import Path

from crm.imports.read.archive import tidy
from crm.imports.read.limits import BROKEN, LOCKED, MOST_CELLS, SAVE_AS, ImportRefused, Sheet

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECONDS = 120
_READER = Path(__file__).with_name("reader.py")


def old_workbook(data: bytes) -> list[Sheet]:
    """The sheets of an old workbook. Raises ImportRefused."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_READER), str(MOST_CELLS)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise ImportRefused(BROKEN) from error
    if done.returncode != 0:
        raise ImportRefused(BROKEN)
    # The bytes come from our own reader, never from the file.
    why, found = pickle.loads(done.stdout)  # noqa: S301
    if why == "password":
        raise ImportRefused(LOCKED)
    if why == "large":
        raise ImportRefused("表格范围太大。请删去表格外的内容和格式后再传")
    if why:
        raise ImportRefused(f"文件不完整或不是表格，打不开。{SAVE_AS}")
    return [Sheet(name, tidy(rows), hidden, merged) for name, hidden, rows, merged in found]
