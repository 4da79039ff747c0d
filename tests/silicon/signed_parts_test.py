# SPDX-License-Identifier: Apache-2.0
"""Parts of variables of a signed type: found where synthesis would give them a sign, and nowhere else."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from signed_parts import findings, types_of  # noqa: E402

MODULE = """
module m (input logic [7:0] p, output logic [31:0] y);
  typedef logic signed [7:0] pos_t;
  pos_t pos, table_q [4];
  assign pos = pos_t'(p);
  %s
endmodule
"""


class SignedParts(unittest.TestCase):
    def found(self, line: str) -> int:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "m.sv"
            path.write_text(MODULE % line)
            return len(findings(path, types_of([path])))

    def test_found(self):
        for line in ("assign y = from[8*pos[1:0] +: 8];", "assign y = pos[0] + 1;", "assign y = 32'(pos[3:0]);",
                     "if (pos[1:0] > limit) y = 1;", "assign y = 32'(table_q[p[1:0]][1:0]);",
                     "assign y = p <= pos[1:0];"):
            self.assertEqual(self.found(line), 1, line)

    def test_harmless(self):
        for line in ("assign y = from[8*unsigned'(pos[1:0]) +: 8];", "assign y = {24'b0, pos};",
                     "assign y = {pos[7], 31'b0};", "assign y[0] = pos[7];", "if (!pos[7]) y = 1;",
                     "assign y = 32'(table_q[1]);", "assign y = pos[7] ? 1 : 0;", "// pos[1:0] + 1"):
            self.assertEqual(self.found(line), 0, line)


if __name__ == "__main__":
    unittest.main()
