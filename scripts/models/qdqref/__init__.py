# SPDX-License-Identifier: Apache-2.0
"""Independent NumPy reference for quantised ONNX graphs in QDQ form.

Written from the ONNX operator texts and docs/numerics-onnx.md alone; it shares nothing with the
compiler, so agreement between the two means something.
"""
