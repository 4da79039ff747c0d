# SPDX-License-Identifier: Apache-2.0
"""Imports ONNX Runtime without leaving anything in the user's home directory.

ONNX Runtime writes a device id and a telemetry data base under the user's cache directory as soon
as it is imported, so the cache is redirected into the tree before the import and telemetry is off.
Every script of this project takes ONNX Runtime from here: `from ort_env import ort`.
"""

import os
import pathlib
import tempfile

_TOOLS = pathlib.Path(__file__).resolve().parents[2] / ".tools"
_PARENT = _TOOLS if _TOOLS.is_dir() else pathlib.Path(tempfile.gettempdir())
_CACHE = _PARENT / "girih-cache"
_CACHE.mkdir(parents=True, exist_ok=True)
os.environ["XDG_CACHE_HOME"] = str(_CACHE)
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as ort  # noqa: E402  (the environment has to be set first)

ort.disable_telemetry_events()
ort.set_default_logger_severity(3)

__all__ = ["ort"]
