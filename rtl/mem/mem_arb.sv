// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Who gets which bank: fixed priority, the lower port number wins. One access per bank and cycle.
//
//   combinational  from want_i (the bank a port asks for, one hot; zero when it asks for none) to the grants
//   depth          a port loses when any lower port *asks* for its bank (granted or not, that bank is
//                  gone), so grants do not wait for each other: per bank an OR over the lower ports.
//                  keep_i are the banks that a port keeps from the ones above it: want_i, or more where
//                  want_i is chosen late (several clients of a port keep the banks of all of them)
//                  bank_o has the granted bank one hot (zero without a grant), as the banks' multiplexers
//                  take it: nothing is encoded and decoded again on the way to a RAM's address

module mem_arb #(
  parameter int unsigned Ports = 2,
  parameter int unsigned Banks = 8
) (
  input  logic [Banks-1:0] want_i [Ports],
  input  logic [Banks-1:0] keep_i [Ports],
  output logic [Ports-1:0] gnt_o,
  output logic [Banks-1:0] bank_o [Ports]
);

  always_comb begin
    automatic logic [Banks-1:0] taken = '0;
    for (int unsigned p = 0; p < Ports; p++) begin
      bank_o[p] = want_i[p] & ~taken;
      gnt_o[p]  = bank_o[p] != '0;
      taken     = taken | keep_i[p];
    end
  end

endmodule
