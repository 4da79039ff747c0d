// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Who gets which bank: fixed priority, the lower port number wins. One access per bank and cycle.
//
//   combinational  from valid_i and bank_i (registers of the clients) to gnt_o
//   depth          a port loses when any lower port *asks* for its bank (granted or not, that bank is
//                  gone), so grants do not wait for each other: an OR chain over the ports

module mem_arb #(
  parameter int unsigned Ports = 2,
  parameter int unsigned Banks = 8,
  localparam int unsigned BankWidth = $clog2(Banks)
) (
  input  logic [Ports-1:0]     valid_i,
  input  logic [BankWidth-1:0] bank_i [Ports],
  output logic [Ports-1:0]     gnt_o
);

  always_comb begin
    automatic logic [Banks-1:0] taken = '0;
    gnt_o = '0;
    for (int unsigned p = 0; p < Ports; p++) begin
      if (valid_i[p]) begin
        gnt_o[p] = !taken[bank_i[p]];
        taken[bank_i[p]] = 1'b1;
      end
    end
  end

endmodule
