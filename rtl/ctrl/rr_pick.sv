// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Round robin: the first request after `last_i`, cyclic. Combinational; the caller keeps `last_i`.

module rr_pick #(
  parameter int unsigned N = 4,               // a power of two
  localparam int unsigned Width = $clog2(N)
) (
  input  logic [N-1:0]     request_i,
  input  logic [Width-1:0] last_i,            // served most recently: comes last now
  output logic             any_o,
  output logic [Width-1:0] pick_o
);

  if (N < 2 || (N & (N - 1)) != 0) begin : gen_bad_n
    $fatal(1, "rr_pick: N must be a power of two, at least 2");
  end

  assign any_o = |request_i;

  always_comb begin
    pick_o = last_i;
    if (any_o) begin
      for (int unsigned i = N - 1; i > 0; i--) begin
        if (request_i[last_i + Width'(i)]) pick_o = last_i + Width'(i);
      end
    end
  end

endmodule
