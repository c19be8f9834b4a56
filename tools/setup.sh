#!/bin/sh
# Make .venv and install the locked packages: `setup.sh runtime` for the application, `setup.sh dev` for tests too.
# Does nothing when the locks are the ones installed last time. Uses uv when it is there, else pip.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-runtime}
python=.venv/bin/python

say() { printf '%s\n' "$*" >&2; }

# A .venv that is a link was made by somebody else for several checkouts: use it, do not change it.
if [ -L .venv ] && [ -x "$python" ]; then exit 0; fi

locks=requirements.txt
[ "$kind" = runtime ] || locks="requirements.txt requirements-dev.txt"
# A lock of what lies in wheelhouse/ (see `make wheelhouse`) stands in for the runtime lock on a closed network.
if [ "$kind" = runtime ] && [ -f wheelhouse/requirements.txt ]; then locks=wheelhouse/requirements.txt; fi
wanted=$(cat $locks | cksum)
stamp=.venv/installed-$kind
if [ -x "$python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then exit 0; fi

fit='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
if ! "$python" -c "$fit" 2>/dev/null; then
    found=$(sh tools/find-python.sh)
    if [ -z "$found" ]; then
        say "没有找到 Python 3.11、3.12 或 3.13。请先安装（Debian/Ubuntu：apt-get install python3 python3-venv），或用 TIDU_PYTHON=/路径/python3 指明。"
        say "No Python 3.11, 3.12 or 3.13 found. Install one (Debian/Ubuntu: apt-get install python3 python3-venv) or name it: TIDU_PYTHON=/path/to/python3 make run"
        exit 1
    fi
    rm -rf .venv
    say "Making .venv with $("$found" --version) ..."
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --no-project --python "$found" .venv
    else
        if ! "$found" -c 'import ensurepip, venv' 2>/dev/null; then
            package=$("$found" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
            if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
                say "Installing $package (this Python cannot make a virtual environment without it) ..."
                apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >&2
            else
                say "这个 Python 不能建立虚拟环境，请让管理员安装 $package，再来一次。"
                say "This Python cannot make a virtual environment. Have $package installed and try again."
                exit 1
            fi
        fi
        "$found" -m venv .venv
    fi
fi

say "Installing the packages of $locks (the first time takes a minute) ..."
set -- --require-hashes
for lock in $locks; do set -- "$@" -r "$lock"; done
if [ "$locks" = wheelhouse/requirements.txt ]; then set -- --no-index --find-links wheelhouse "$@"; fi
if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --no-config --python "$python" "$@"
else
    PIP_USER=0 "$python" -m pip install -qq --no-input --disable-pip-version-check "$@"
fi
echo "$wanted" >"$stamp"
# What the application needs is part of what tests need.
[ "$kind" = runtime ] || cat requirements.txt | cksum >.venv/installed-runtime
