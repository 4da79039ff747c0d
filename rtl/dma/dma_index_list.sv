// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Row offsets of a gather or scatter: reads `n1` 32-bit elements at spm address `index` and sends
// base + element * s1 for each, in order; an element that is not below the limit is marked, with its
// position instead of the offset.
//
// There is no multiplier: the element is shifted and added once for every one bit in s1.
//   latency       about 8 cycles from start to the first offset when the port is free
//   throughput    one element in as many cycles as s1 has one bits (a power of two: one a cycle)
//   back-pressure off_ready_i; the next start when the last element has been sent to the multiplier
//
//   rd port --> [word fifo] --> element --> shift --> add --> [offset fifo] --> off_o

`include "prim_assert.svh"

module dma_index_list
  import dma_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default,
  localparam int unsigned WordBits = 8 * Cfg.SpmWordBytes
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 start_valid_i,
  output logic                 start_ready_o,
  input  girih_pkg::spm_addr_t start_index_i,     // physical byte address
  input  logic [15:0]          start_n1_i,
  input  logic [31:0]          limit_i,           // these three stay until the last offset is taken
  input  offset_t              stride_i,
  input  offset_t              base_i,

  output logic                 rd_valid_o,
  output girih_pkg::spm_addr_t rd_word_o,
  input  logic                 rd_ready_i,
  input  logic                 rd_came_i,
  input  logic [WordBits-1:0]  rd_data_i,

  output logic                 off_valid_o,
  input  logic                 off_ready_i,
  output logic                 off_bad_o,
  output offset_t              off_o
);

  localparam int unsigned Elements  = Cfg.SpmWordBytes / 4;
  localparam int unsigned LaneWidth = $clog2(Elements);
  localparam int unsigned WordShift = $clog2(Cfg.SpmWordBytes);
  localparam int unsigned Words     = 4;
  localparam int unsigned UsedWidth = $clog2(Words + 1);

  typedef girih_pkg::spm_addr_t addr_t;
  typedef logic [LaneWidth-1:0] lane_t;
  typedef logic [5:0] bit_t;
  typedef logic [WordBits-1:0] word_t;

  typedef struct packed {
    logic    bad;
    offset_t offset;
  } result_t;

  // Position of the only one; 0 when there is none.
  function automatic bit_t position(input offset_t one);
    position = '0;
    for (int unsigned i = 0; i < $bits(offset_t); i++) position |= one[i] ? bit_t'(i) : '0;
  endfunction

  // ---------------------------------------------------------------- words
  logic                 fetch_q;                 // a word is asked for
  addr_t                word_q, last_word_q;
  logic [UsedWidth-1:0] used_q;                  // words asked for and not used up
  logic                 start, rd_fire, word_pop, word_valid, unused_push_ready;
  word_t                word;

  assign start      = start_valid_i && start_ready_o;
  assign rd_valid_o = fetch_q && used_q != UsedWidth'(Words);
  assign rd_word_o  = word_q;
  assign rd_fire    = rd_valid_o && rd_ready_i;

  logic [UsedWidth-1:0] unused_count;
  prim_fifo #(.T(word_t), .Depth(Words)) u_words (
    .clk_i, .rst_ni,
    .push_valid_i(rd_came_i), .push_ready_o(unused_push_ready), .push_data_i(rd_data_i),
    .pop_valid_o(word_valid), .pop_ready_i(word_pop), .pop_data_o(word), .count_o(unused_count)
  );

  addr_t end_byte;
  assign end_byte = start_index_i + addr_t'({start_n1_i, 2'b00}) - addr_t'(1);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fetch_q <= 1'b0;
      used_q  <= '0;
    end else begin
      if (start) fetch_q <= 1'b1;
      else if (rd_fire && word_q == last_word_q) fetch_q <= 1'b0;
      if (rd_fire != word_pop) used_q <= rd_fire ? used_q + 1'b1 : used_q - 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start) begin
      word_q      <= start_index_i >> WordShift;
      last_word_q <= end_byte >> WordShift;
    end else if (rd_fire) begin
      word_q <= word_q + addr_t'(1);
    end
  end

  // ---------------------------------------------------------------- elements
  logic [15:0] left_q, position_q;               // elements to take, position of the next
  lane_t       lane_q;
  logic        take;
  logic        m_valid_q;
  logic [31:0] m_element_q;
  logic [15:0] m_position_q;
  offset_t     ones_q, ones_next;                // ones of the stride from the next one on
  bit_t        m_bit_q;                          // the one to be added
  logic        m_first_q, m_last_q, m_zero_q, m_step, prime_q;

  // The ones come round: behind an element's last one stands the next element's first.
  assign ones_next     = ones_q & (ones_q - offset_t'(1));
  assign take          = left_q != '0 && word_valid && (!m_valid_q || (m_step && m_last_q));
  assign word_pop      = take && (lane_q == lane_t'(Elements - 1) || left_q == 16'd1);
  assign start_ready_o = left_q == '0 && !fetch_q && !m_valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      left_q    <= '0;
      m_valid_q <= 1'b0;
      prime_q   <= 1'b0;
    end else begin
      prime_q <= start;
      if (start) left_q <= start_n1_i;
      else if (take) left_q <= left_q - 16'd1;
      if (take) m_valid_q <= 1'b1;
      else if (m_step && m_last_q) m_valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start) begin
      lane_q     <= start_index_i[2 +: LaneWidth];
      position_q <= '0;
    end else if (take) begin
      lane_q     <= lane_q + lane_t'(1);
      position_q <= position_q + 16'd1;
    end
    if (take) begin
      m_element_q  <= word[32*lane_q +: 32];
      m_position_q <= position_q;
    end
    if (start) begin
      ones_q   <= stride_i;
      m_zero_q <= stride_i == '0;
    end else if (prime_q || m_step) begin
      ones_q    <= (ones_next == '0) ? stride_i : ones_next;
      m_bit_q   <= position(ones_q & ~ones_next);
      m_last_q  <= ones_next == '0;
      m_first_q <= prime_q || m_last_q;
    end
  end

  // ---------------------------------------------------------------- shift, then add
  logic        s_valid_q, s_first_q, s_last_q, s_bad_q, s_step, result_ready;
  logic [15:0] s_position_q;
  offset_t     s_part_q, sum_q, sum;
  result_t     result, head;
  logic [1:0]  unused_results;

  assign m_step = m_valid_q && (!s_valid_q || s_step);
  assign s_step = s_valid_q && (!s_last_q || result_ready);
  assign sum    = (s_first_q ? base_i : sum_q) + s_part_q;
  assign result = '{bad: s_bad_q, offset: s_bad_q ? offset_t'(s_position_q) : sum};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) s_valid_q <= 1'b0;
    else if (m_step) s_valid_q <= 1'b1;
    else if (s_step) s_valid_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (m_step) begin
      s_part_q     <= m_zero_q ? '0 : offset_t'(m_element_q) << m_bit_q;
      s_first_q    <= m_first_q;
      s_last_q     <= m_last_q;
      s_bad_q      <= m_element_q >= limit_i;
      s_position_q <= m_position_q;
    end
    if (s_step) sum_q <= sum;
  end

  prim_fifo #(.T(result_t), .Depth(2)) u_results (
    .clk_i, .rst_ni,
    .push_valid_i(s_valid_q && s_last_q), .push_ready_o(result_ready), .push_data_i(result),
    .pop_valid_o(off_valid_o), .pop_ready_i(off_ready_i), .pop_data_o(head), .count_o(unused_results)
  );
  assign off_bad_o = head.bad;
  assign off_o     = head.offset;

  `ASSERT(WordHasRoom, !rd_came_i || unused_push_ready)
  `ASSERT(WordsInRange, used_q <= UsedWidth'(Words))
  `ASSERT_STABLE(ReadStable, rd_valid_o, rd_ready_i, rd_word_o)
  `COVER(BadElement, off_valid_o && off_bad_o)
  `COVER(ElementEveryCycle, take && m_step)

endmodule
