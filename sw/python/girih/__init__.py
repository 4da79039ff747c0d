# SPDX-License-Identifier: Apache-2.0
"""Language models and encoders on Girih: trained models from Hugging Face directories, run by the golden model
or the RTL.

  import girih
  model = girih.load("Qwen3-0.6B", device="rtl", preset="base")
  print(model.generate("In the beginning", tokens=32))
  logits = model.logits([5, 17, 3])                 # NumPy, [3][vocabulary]
  vectors = girih.load_encoder("all-MiniLM-L6-v2").embed(["a text", "another"])

Errors a user can cause are girih.Error, a sentence each; girih.Mismatch, one of them, is a tile of the RTL
that differs from the golden model.
"""

import os as _os
import sys as _sys

# Libraries of Verilated chips, loaded by the core, share its classes of errors and interfaces.
_flags = _sys.getdlopenflags()
_sys.setdlopenflags(_flags | _os.RTLD_GLOBAL)
try:
    from girih_core import Error, Mismatch
finally:
    _sys.setdlopenflags(_flags)

from .encoder import Encoder, load_encoder
from .model import LanguageModel, load

__all__ = ["Encoder", "Error", "LanguageModel", "Mismatch", "load", "load_encoder"]
