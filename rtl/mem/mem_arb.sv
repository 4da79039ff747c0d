// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Who gets which bank: fixed priority, the lower port number wins. One access per bank and cycle.
//
//   combinational  from valid_i and bank_i (registers of the clients) to the grants
//   depth          a port loses when any lower port *asks* for its bank (granted or not, that bank is
//                  gone), so grants do not wait for each other: per bank an OR over the lower ports.
//                  bank_o has the granted bank one hot (zero without a grant), as the banks' multiplexers
//                  take it: nothing is encoded and decoded again on the way to a RAM's address

module mem_arb #(
  parameter int unsigned Ports = 2,
  parameter int unsigned Banks = 8,
  localparam int unsigned BankWidth = $clog2(Banks)
) (
  input  logic [Ports-1:0]     valid_i,
  input  logic [BankWidth-1:0] bank_i [Ports],
  output logic [Ports-1:0]     gnt_o,
  output logic [Banks-1:0]     bank_o [Ports]
);

  always_comb begin
    automatic logic [Banks-1:0] taken = '0;
    for (int unsigned p = 0; p < Ports; p++) begin
      automatic logic [Banks-1:0] wanted = Banks'(valid_i[p]) << bank_i[p];
      bank_o[p] = wanted & ~taken;
      gnt_o[p]  = bank_o[p] != '0;
      taken     = taken | wanted;
    end
  end

endmodule
