// SPDX-License-Identifier: Apache-2.0
//
// Wide multiplexers as the slices of an ECP5 have them: LUT4 pairs joined by PFUMX, those by L6MUX21.
// An 8:1 multiplexer is four LUT4 without routing between them. The mapper after this pass thinks in
// functions of k inputs and would build it from five to seven, in three levels.

module \$_MUX4_ (A, B, C, D, S, T, Y);
  input A, B, C, D, S, T;
  output Y;
  wire low, high;
  LUT4 #(.INIT(16'hCACA)) lut_low  (.A(A), .B(B), .C(S), .D(1'b0), .Z(low));
  LUT4 #(.INIT(16'hCACA)) lut_high (.A(C), .B(D), .C(S), .D(1'b0), .Z(high));
  PFUMX pfumx (.ALUT(high), .BLUT(low), .C0(T), .Z(Y));
endmodule

module \$_MUX8_ (A, B, C, D, E, F, G, H, S, T, U, Y);
  input A, B, C, D, E, F, G, H, S, T, U;
  output Y;
  wire low, high;
  \$_MUX4_ mux_low  (.A(A), .B(B), .C(C), .D(D), .S(S), .T(T), .Y(low));
  \$_MUX4_ mux_high (.A(E), .B(F), .C(G), .D(H), .S(S), .T(T), .Y(high));
  L6MUX21 l6mux (.D0(low), .D1(high), .SD(U), .Z(Y));
endmodule
