#!/bin/sh
# Print the path of a Python this project runs on, or nothing: TIDU_PYTHON if set, else 3.13, 3.12 or 3.11, whichever
# of them comes first with everything a virtual environment needs (Debian keeps a part of it in a package of its own).
probe='
import sys
if (3, 11) <= sys.version_info[:2] <= (3, 13):
    try:
        import ensurepip, venv
        print("complete", getattr(sys, "_base_executable", None) or sys.executable)
    except ImportError:
        print("lacking", sys.executable)
'
lacking=
for name in ${TIDU_PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
    # A shim of pyenv may be there and refuse to run, so each one is asked to do something.
    found=$("$name" -c "$probe" 2>/dev/null) || continue
    case $found in
    complete*) echo "${found#complete }" && exit 0 ;;
    lacking*) lacking=${lacking:-${found#lacking }} ;;
    esac
done
[ -z "$lacking" ] || echo "$lacking"
