"""Run as a program of its own: reads an old workbook from its input and writes plain rows to its output.

It imports nothing of the application, takes no more memory than its limit, and may die without harm.
"""

import io
import pickle
import sys
from typing import Any

MEMORY = 1_500_000_000
SECONDS = 100


def limit() -> None:
    """Set limits of memory and time where the system knows them."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def sheets(data: bytes, most: int) -> tuple[str, list[Any]]:
    """Why not (empty when it went well), and name, hidden, rows and merged ranges of each sheet."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        found: list[Any] = []
        cells = 0
        for details in book.sheets_metadata:
            if details.typ != calamine.SheetTypeEnum.WorkSheet:
                found.append((details.name, True, [], []))
                continue
            sheet = book.get_sheet_by_name(details.name)
            cells += sheet.total_height * sheet.total_width
            if cells > most:
                return "large", []
            merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
            hidden = details.visible != calamine.SheetVisibleEnum.Visible
            found.append((details.name, hidden, sheet.to_python(skip_empty_area=False), merged))
        return "", found
    except calamine.PasswordError:
        return "password", []
    except MemoryError:
        return "large", []
    except Exception as error:
        said = str(error).lower()
        return ("password" if "password" in said or "encrypt" in said else "broken"), []


if __name__ == "__main__":
    limit()
    sys.stdout.buffer.write(pickle.dumps(sheets(sys.stdin.buffer.read(), int(sys.argv[1]))))
