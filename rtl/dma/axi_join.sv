// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One AXI4 master for the four who use the bus: LOAD and ring fetch read, STORE and FENCE write.
// docs/host.md has the IDs and what every burst looks like.
//
//   load AR, ring AR  --round robin--> [2] --> m_axi AR        m_axi R --> [2] --ID--> load R, ring R
//   store AW, fence AW --round robin--> [2] --> m_axi AW       m_axi B --> [2] --ID--> store B, fence B
//   store W, fence W  --in AW order--> [2] --> m_axi W
//
//   latency       1 cycle each way; every output comes from a register
//   throughput    a transfer a cycle on every channel
//   back-pressure ready depends on the state of the little queues alone
//
// The bill: each burst is reported when its address is taken, with its payload bytes: what the engine
// wants of it, not what the bus moves around it.

`include "prim_assert.svh"

module axi_join #(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned BusBytes = Cfg.BusBytes,
  localparam int unsigned BusBits  = 8 * BusBytes
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // LOAD: IDs 4..
  input  logic                 load_arvalid_i,
  output logic                 load_arready_o,
  input  logic [39:0]          load_araddr_i,
  input  logic [5:0]           load_arid_i,
  input  logic [7:0]           load_arlen_i,
  input  girih_pkg::ctx_t      load_aruser_i,
  input  logic [11:0]          load_arbytes_i,
  output logic                 load_rvalid_o,
  input  logic                 load_rready_i,
  output logic [5:0]           load_rid_o,
  output logic [BusBits-1:0]   load_rdata_o,
  output logic [1:0]           load_rresp_o,
  output logic                 load_rlast_o,

  // Ring fetch: ID 0, whole beats
  input  logic                 ring_arvalid_i,
  output logic                 ring_arready_o,
  input  logic [39:0]          ring_araddr_i,
  input  logic [7:0]           ring_arlen_i,
  input  girih_pkg::ctx_t      ring_aruser_i,
  output logic                 ring_rvalid_o,
  input  logic                 ring_rready_i,
  output logic [BusBits-1:0]   ring_rdata_o,
  output logic [1:0]           ring_rresp_o,
  output logic                 ring_rlast_o,

  // STORE: ID 2
  input  logic                 store_awvalid_i,
  output logic                 store_awready_o,
  input  logic [39:0]          store_awaddr_i,
  input  logic [7:0]           store_awlen_i,
  input  girih_pkg::ctx_t      store_awuser_i,
  input  logic [11:0]          store_awbytes_i,
  input  logic                 store_wvalid_i,
  output logic                 store_wready_o,
  input  logic [BusBits-1:0]   store_wdata_i,
  input  logic [BusBytes-1:0]  store_wstrb_i,
  input  logic                 store_wlast_i,
  output logic                 store_bvalid_o,
  input  logic                 store_bready_i,
  output logic [1:0]           store_bresp_o,

  // FENCE: ID 1, one beat of 8 bytes
  input  logic                 fence_awvalid_i,
  output logic                 fence_awready_o,
  input  logic [39:0]          fence_awaddr_i,     // aligned to a beat
  input  girih_pkg::ctx_t      fence_awuser_i,
  input  logic                 fence_wvalid_i,
  output logic                 fence_wready_o,
  input  logic [BusBits-1:0]   fence_wdata_i,
  input  logic [BusBytes-1:0]  fence_wstrb_i,
  output logic                 fence_bvalid_o,
  input  logic                 fence_bready_i,
  output logic [1:0]           fence_bresp_o,

  // The bill, registered
  output logic                 read_valid_o,
  output girih_pkg::ctx_t      read_ctx_o,
  output logic [11:0]          read_bytes_o,
  output logic                 write_valid_o,
  output girih_pkg::ctx_t      write_ctx_o,
  output logic [11:0]          write_bytes_o,

  output logic                 m_axi_arvalid_o,
  input  logic                 m_axi_arready_i,
  output logic [39:0]          m_axi_araddr_o,
  output logic [5:0]           m_axi_arid_o,
  output logic [7:0]           m_axi_arlen_o,
  output logic [2:0]           m_axi_arsize_o,
  output logic [1:0]           m_axi_arburst_o,
  output logic                 m_axi_arlock_o,
  output logic [3:0]           m_axi_arcache_o,
  output logic [2:0]           m_axi_arprot_o,
  output logic [3:0]           m_axi_arqos_o,
  output girih_pkg::ctx_t      m_axi_aruser_o,
  input  logic                 m_axi_rvalid_i,
  output logic                 m_axi_rready_o,
  input  logic [5:0]           m_axi_rid_i,
  input  logic [BusBits-1:0]   m_axi_rdata_i,
  input  logic [1:0]           m_axi_rresp_i,
  input  logic                 m_axi_rlast_i,

  output logic                 m_axi_awvalid_o,
  input  logic                 m_axi_awready_i,
  output logic [39:0]          m_axi_awaddr_o,
  output logic [5:0]           m_axi_awid_o,
  output logic [7:0]           m_axi_awlen_o,
  output logic [2:0]           m_axi_awsize_o,
  output logic [1:0]           m_axi_awburst_o,
  output logic                 m_axi_awlock_o,
  output logic [3:0]           m_axi_awcache_o,
  output logic [2:0]           m_axi_awprot_o,
  output logic [3:0]           m_axi_awqos_o,
  output girih_pkg::ctx_t      m_axi_awuser_o,
  output logic                 m_axi_wvalid_o,
  input  logic                 m_axi_wready_i,
  output logic [BusBits-1:0]   m_axi_wdata_o,
  output logic [BusBytes-1:0]  m_axi_wstrb_o,
  output logic                 m_axi_wlast_o,
  input  logic                 m_axi_bvalid_i,
  output logic                 m_axi_bready_o,
  input  logic [5:0]           m_axi_bid_i,
  input  logic [1:0]           m_axi_bresp_i
);

  localparam logic [5:0]  RingId = 6'd0, FenceId = 6'd1, StoreId = 6'd2;
  localparam logic [2:0]  Size   = 3'($clog2(BusBytes));
  localparam int unsigned Bursts = Cfg.WritesInFlight + 2;     // whose data are still to come

  typedef struct packed {
    logic [39:0]     addr;
    logic [5:0]      id;
    logic [7:0]      len;
    girih_pkg::ctx_t user;
  } address_t;

  typedef struct packed {
    logic [5:0]         id;
    logic [BusBits-1:0] data;
    logic [1:0]         resp;
    logic               last;
  } read_t;

  typedef struct packed {
    logic [BusBits-1:0]  data;
    logic [BusBytes-1:0] strb;
    logic                last;
  } write_t;

  typedef struct packed {
    logic [5:0] id;
    logic [1:0] resp;
  } response_t;

  // ---------------------------------------------------------------- AR
  logic     ar_ready, ring_turn_q, ar_ring, ar_push;
  address_t ar_in, ar_out;

  assign ar_ring        = ring_arvalid_i && (ring_turn_q || !load_arvalid_i);
  assign ar_push        = ar_ready && (ring_arvalid_i || load_arvalid_i);
  assign ring_arready_o = ar_ready && ar_ring;
  assign load_arready_o = ar_ready && !ar_ring;
  assign ar_in = ar_ring
      ? '{addr: ring_araddr_i, id: RingId, len: ring_arlen_i, user: ring_aruser_i}
      : '{addr: load_araddr_i, id: load_arid_i, len: load_arlen_i, user: load_aruser_i};

  prim_stream_reg #(.T(address_t)) u_ar (
    .clk_i, .rst_ni,
    .in_valid_i(ar_push), .in_ready_o(ar_ready), .in_data_i(ar_in),
    .out_valid_o(m_axi_arvalid_o), .out_ready_i(m_axi_arready_i), .out_data_o(ar_out)
  );
  assign m_axi_araddr_o  = ar_out.addr;
  assign m_axi_arid_o    = ar_out.id;
  assign m_axi_arlen_o   = ar_out.len;
  assign m_axi_aruser_o  = ar_out.user;
  assign m_axi_arsize_o  = Size;
  assign m_axi_arburst_o = 2'b01;
  assign m_axi_arlock_o  = 1'b0;
  assign m_axi_arcache_o = 4'b0011;
  assign m_axi_arprot_o  = 3'b010;
  assign m_axi_arqos_o   = 4'd0;

  // ---------------------------------------------------------------- R
  logic  r_valid, r_ring;
  read_t r_in, r_out;

  assign r_in = '{id: m_axi_rid_i, data: m_axi_rdata_i, resp: m_axi_rresp_i, last: m_axi_rlast_i};
  prim_stream_reg #(.T(read_t)) u_r (
    .clk_i, .rst_ni,
    .in_valid_i(m_axi_rvalid_i), .in_ready_o(m_axi_rready_o), .in_data_i(r_in),
    .out_valid_o(r_valid), .out_ready_i(r_ring ? ring_rready_i : load_rready_i), .out_data_o(r_out)
  );
  assign r_ring        = r_out.id == RingId;
  assign ring_rvalid_o = r_valid && r_ring;
  assign load_rvalid_o = r_valid && !r_ring;
  assign load_rid_o    = r_out.id;
  assign {load_rdata_o, load_rresp_o, load_rlast_o} = {r_out.data, r_out.resp, r_out.last};
  assign {ring_rdata_o, ring_rresp_o, ring_rlast_o} = {r_out.data, r_out.resp, r_out.last};

  // ---------------------------------------------------------------- AW
  logic     aw_ready, order_ready, fence_turn_q, aw_fence, aw_push;
  address_t aw_in, aw_out;

  assign aw_fence        = fence_awvalid_i && (fence_turn_q || !store_awvalid_i);
  assign aw_push         = aw_ready && order_ready && (fence_awvalid_i || store_awvalid_i);
  assign fence_awready_o = aw_ready && order_ready && aw_fence;
  assign store_awready_o = aw_ready && order_ready && !aw_fence;
  assign aw_in = aw_fence
      ? '{addr: fence_awaddr_i, id: FenceId, len: 8'd0, user: fence_awuser_i}
      : '{addr: store_awaddr_i, id: StoreId, len: store_awlen_i, user: store_awuser_i};

  prim_stream_reg #(.T(address_t)) u_aw (
    .clk_i, .rst_ni,
    .in_valid_i(aw_push), .in_ready_o(aw_ready), .in_data_i(aw_in),
    .out_valid_o(m_axi_awvalid_o), .out_ready_i(m_axi_awready_i), .out_data_o(aw_out)
  );
  assign m_axi_awaddr_o  = aw_out.addr;
  assign m_axi_awid_o    = aw_out.id;
  assign m_axi_awlen_o   = aw_out.len;
  assign m_axi_awuser_o  = aw_out.user;
  assign m_axi_awsize_o  = Size;
  assign m_axi_awburst_o = 2'b01;
  assign m_axi_awlock_o  = 1'b0;
  assign m_axi_awcache_o = 4'b0011;
  assign m_axi_awprot_o  = 3'b010;
  assign m_axi_awqos_o   = 4'd0;

  // ---------------------------------------------------------------- W, in the order of AW
  logic   order_valid, w_fence, w_ready, w_valid, next_valid, next_ready, next_fence, w_end;
  write_t w_in, w_out;
  logic [$clog2(Bursts + 1)-1:0] unused_order;

  assign w_valid        = order_valid && (w_fence ? fence_wvalid_i : store_wvalid_i);
  assign fence_wready_o = w_ready && order_valid && w_fence;
  assign store_wready_o = w_ready && order_valid && !w_fence;
  assign w_in = w_fence ? '{data: fence_wdata_i, strb: fence_wstrb_i, last: 1'b1}
                        : '{data: store_wdata_i, strb: store_wstrb_i, last: store_wlast_i};

  prim_fifo #(.T(logic), .Depth(Bursts)) u_order (
    .clk_i, .rst_ni,
    .push_valid_i(aw_push), .push_ready_o(order_ready), .push_data_i(aw_fence),
    .pop_valid_o(next_valid), .pop_ready_i(next_ready), .pop_data_o(next_fence),
    .count_o(unused_order)
  );
  // Whose turn it is stands in a register: all of the data look at it.
  assign w_end = w_valid && w_ready && w_in.last;
  prim_stream_reg #(.T(logic)) u_turn (
    .clk_i, .rst_ni,
    .in_valid_i(next_valid), .in_ready_o(next_ready), .in_data_i(next_fence),
    .out_valid_o(order_valid), .out_ready_i(w_end), .out_data_o(w_fence)
  );
  prim_stream_reg #(.T(write_t)) u_w (
    .clk_i, .rst_ni,
    .in_valid_i(w_valid), .in_ready_o(w_ready), .in_data_i(w_in),
    .out_valid_o(m_axi_wvalid_o), .out_ready_i(m_axi_wready_i), .out_data_o(w_out)
  );
  assign m_axi_wdata_o = w_out.data;
  assign m_axi_wstrb_o = w_out.strb;
  assign m_axi_wlast_o = w_out.last;

  // ---------------------------------------------------------------- B
  logic      b_valid, b_fence;
  response_t b_in, b_out;

  assign b_in = '{id: m_axi_bid_i, resp: m_axi_bresp_i};
  prim_stream_reg #(.T(response_t)) u_b (
    .clk_i, .rst_ni,
    .in_valid_i(m_axi_bvalid_i), .in_ready_o(m_axi_bready_o), .in_data_i(b_in),
    .out_valid_o(b_valid), .out_ready_i(b_fence ? fence_bready_i : store_bready_i), .out_data_o(b_out)
  );
  assign b_fence        = b_out.id == FenceId;
  assign fence_bvalid_o = b_valid && b_fence;
  assign store_bvalid_o = b_valid && !b_fence;
  assign fence_bresp_o  = b_out.resp;
  assign store_bresp_o  = b_out.resp;

  // ---------------------------------------------------------------- turns and the bill
  logic            read_valid_q, write_valid_q;
  girih_pkg::ctx_t read_ctx_q, write_ctx_q;
  logic [11:0]     read_bytes_q, write_bytes_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ring_turn_q   <= 1'b0;
      fence_turn_q  <= 1'b0;
      read_valid_q  <= 1'b0;
      write_valid_q <= 1'b0;
    end else begin
      if (ar_push) ring_turn_q <= !ar_ring;
      if (aw_push) fence_turn_q <= !aw_fence;
      read_valid_q  <= ar_push;
      write_valid_q <= aw_push;
    end
  end
  always_ff @(posedge clk_i) begin
    if (ar_push) begin
      read_ctx_q   <= ar_in.user;
      read_bytes_q <= ar_ring ? (12'(ring_arlen_i) + 12'd1) << Size : load_arbytes_i;
    end
    if (aw_push) begin
      write_ctx_q   <= aw_in.user;
      write_bytes_q <= aw_fence ? 12'd8 : store_awbytes_i;
    end
  end
  assign read_valid_o  = read_valid_q;
  assign read_ctx_o    = read_ctx_q;
  assign read_bytes_o  = read_bytes_q;
  assign write_valid_o = write_valid_q;
  assign write_ctx_o   = write_ctx_q;
  assign write_bytes_o = write_bytes_q;

  // ---------------------------------------------------------------- what must hold
`ifndef SYNTHESIS
  logic [7:0] reads_q, writes_q, w_left_q;     // bursts without their end; beats of the burst on W
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      reads_q  <= '0;
      writes_q <= '0;
    end else begin
      reads_q  <= reads_q + 8'(m_axi_arvalid_o && m_axi_arready_i)
                          - 8'(m_axi_rvalid_i && m_axi_rready_o && m_axi_rlast_i);
      writes_q <= writes_q + 8'(m_axi_awvalid_o && m_axi_awready_i)
                           - 8'(m_axi_bvalid_i && m_axi_bready_o);
    end
  end
  // Beats of STORE's burst: as many as its address said. The queue of lengths goes with the order.
  logic [7:0] length_head;
  logic       unused_length_ready, length_valid;
  logic [$clog2(Bursts + 3)-1:0] unused_lengths;
  prim_fifo #(.T(logic [7:0]), .Depth(Bursts + 2)) u_lengths (
    .clk_i, .rst_ni,
    .push_valid_i(aw_push), .push_ready_o(unused_length_ready), .push_data_i(aw_in.len),
    .pop_valid_o(length_valid), .pop_ready_i(w_end), .pop_data_o(length_head),
    .count_o(unused_lengths)
  );
  always_ff @(posedge clk_i) begin
    if (!rst_ni) w_left_q <= '0;
    else if (w_valid && w_ready) w_left_q <= w_in.last ? '0 : w_left_q + 8'd1;
  end
  `ASSERT(WLastOnLastBeat, !(w_valid && w_ready) || (length_valid && w_in.last == (w_left_q == length_head)))
  `ASSERT(ReadAskedFor, !m_axi_rvalid_i || reads_q != '0)
  `ASSERT(ResponseAskedFor, !m_axi_bvalid_i || writes_q != '0)
`endif
  `ASSERT_STABLE(ArStable, m_axi_arvalid_o, m_axi_arready_i, ar_out)
  `ASSERT_STABLE(AwStable, m_axi_awvalid_o, m_axi_awready_i, aw_out)
  `ASSERT_STABLE(WStable, m_axi_wvalid_o, m_axi_wready_i, w_out)
  `ASSERT(ArInPage, !m_axi_arvalid_o ||
          13'(m_axi_araddr_o[11:0]) + 13'((32'(m_axi_arlen_o) + 1) * BusBytes) <= 13'd4096)
  `ASSERT(AwInPage, !m_axi_awvalid_o ||
          13'(m_axi_awaddr_o[11:0]) + 13'((32'(m_axi_awlen_o) + 1) * BusBytes) <= 13'd4096)
  `COVER(RingBeatsLoad, ring_arvalid_i && load_arvalid_i && ar_ring && ar_ready)
  `COVER(FenceBehindStore, order_valid && !w_fence && fence_wvalid_i)

endmodule
