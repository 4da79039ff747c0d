// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Makes the chip's synchronous reset from a pin: falls at once, also without a clock; rises with the
// clock, Stages edges after the pin has risen. In scan mode the pin is the reset.
//
//        1 ---> [q] ---> [q] ---> rst_no          all cleared asynchronously by rst_ni

module prim_rst_sync #(
  parameter int unsigned Stages = 2
) (
  input  logic clk_i,
  input  logic rst_ni,                          // asynchronous
  input  logic scan_i,
  output logic rst_no
);

  if (Stages < 2) begin : gen_few_stages
    $fatal(1, "prim_rst_sync: Stages must be at least 2");
  end

  logic [Stages-1:0] released_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) released_q <= '0;
    else         released_q <= {released_q[Stages-2:0], 1'b1};
  end

  assign rst_no = scan_i ? rst_ni : released_q[Stages-1];

endmodule
