#!/bin/sh
# Renew the locks within the ranges of pyproject.toml and package.json. They name no host: whoever installs may use
# any index or mirror, and the hashes say whether it brought the same files.
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null 2>&1 || PATH="$PWD/.venv/bin:$PATH"
command -v uv >/dev/null 2>&1 || { echo "make lock needs uv (pip install uv, in an environment of your own)" >&2; exit 1; }

compile() {
    uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header "$@"
}
compile pyproject.toml -o requirements.txt
compile --group dev -c requirements.txt -o requirements-dev.txt
compile --group node -o requirements-node.txt
npm install --package-lock-only --ignore-scripts
