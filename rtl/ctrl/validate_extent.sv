// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The arithmetic of validation: one 33 x 20 bit multiplier, exact 54-bit extents, the saturating cost,
// the MAC count. Steps come one a cycle; findings are valid 7 cycles after the last step.
//
//   step -> [ step ] -> [ a, b ] -> [ partial products ] -> [ a * b ] -> low/high of the stream -> [beyond?]
//              chained products join here ^                     |                ^ size - tail -> [limit] ^ -> findings
//                                                               +-> ragged tiles-+   (3 cycles more)
//
// Ragged tiles (MATRIX b): tiles t < T of `width` elements, the last one `rest` wide:
//   offsets t*stride + r*inner; highest = max(full tiles, last tile)
//     full: max(0, (T-2)*stride) + max(0, (width-1)*inner)   if T > 1
//     last: (T-1)*stride         + max(0, (rest-1)*inner)
//   and likewise the lowest with min. (T-1)*stride is the product of ToTiles.

`include "prim_assert.svh"

module validate_extent
  import validate_pkg::*;
  import girih_isa_pkg::*;
#(
  parameter girih_pkg::cfg_t Cfg = girih_presets_pkg::Default
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          clear_i,        // before an instruction

  input  logic          valid_i,
  input  step_t         step_i,

  input  logic [1023:0] instr_i,        // stable; for the ragged tiles
  input  logic [20:0]   spm_size_i,
  input  logic [18:0]   acc_size_i,
  input  logic [20:0]   window_pages_i,
  input  logic [31:0]   max_cycles_i,

  output logic [31:0]   z_o,
  output logic [15:0]   rows_o,
  output extents_t      extents_o
);

  typedef logic signed [53:0] wide_t;
  localparam int unsigned KLog = $clog2(Cfg.KDim);
  localparam int unsigned NLog = $clog2(Cfg.NDim);

  function automatic wide_t positive(input wide_t v);
    return v[53] ? '0 : v;
  endfunction
  function automatic wide_t negative(input wide_t v);
    return v[53] ? v : '0;
  endfunction

  // ---- multiplier -------------------------------------------------------------------------------
  // Registers on both sides of the products, nothing else in their cycle. Each partial product is one of
  // 18 x 18 bits, signed.
  localparam int unsigned Half = 17;
  logic               step_valid_q, one_valid_q, parts_valid_q, two_valid_q, two_add_q, two_high_q;
  step_t              step_q, one_q, parts_q, two_q;
  logic [31:0]        x_q, y_q, z_q;
  logic signed [32:0] a_q;
  logic signed [19:0] b_q;
  logic signed [Half:0]        a_low, b_low;
  logic signed [32-Half:0]     a_high;
  logic signed [19-Half:0]     b_high;
  logic signed [2*Half+1:0]    low_low_q;
  logic signed [33:0]          high_low_q;
  logic signed [20:0]          low_high_q;
  logic signed [18:0]          high_high_q;
  logic signed [52:0]          product_q;
  assign a_low  = $signed({1'b0, a_q[Half-1:0]});
  assign b_low  = $signed({1'b0, b_q[Half-1:0]});
  assign a_high = a_q[32:Half];
  assign b_high = b_q[19:Half];
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      step_valid_q  <= 1'b0;
      one_valid_q   <= 1'b0;
      parts_valid_q <= 1'b0;
      two_valid_q   <= 1'b0;
      two_add_q     <= 1'b0;
    end else begin
      step_valid_q  <= valid_i;
      one_valid_q   <= step_valid_q && step_q.target != ToNothing;
      parts_valid_q <= one_valid_q;
      two_valid_q   <= parts_valid_q;
      two_add_q     <= parts_valid_q && (parts_q.target == ToExtent || parts_q.target == ToExtentHigh);
    end
    if (valid_i) step_q <= step_i;
    if (step_valid_q) begin
      one_q <= step_q;
      unique case (step_q.factor)
        OfX:     a_q <= {1'b0, x_q};
        OfY:     a_q <= {1'b0, y_q};
        OfZ:     a_q <= {1'b0, z_q};
        default: a_q <= step_q.a;
      endcase
      b_q <= step_q.b - 20'(step_q.less);
    end
    if (one_valid_q) begin
      parts_q     <= one_q;
      parts_q.a   <= a_q;
      parts_q.b   <= b_q;
      low_low_q   <= a_low * b_low;
      high_low_q  <= a_high * b_low;
      low_high_q  <= a_low * b_high;
      high_high_q <= a_high * b_high;
    end
    if (parts_valid_q) begin
      two_q      <= parts_q;
      two_high_q <= parts_q.target == ToExtentHigh;
      product_q  <= {high_high_q, low_low_q[2*Half-1:0]} +
                    {36'(high_low_q) + 36'(low_high_q), {Half{1'b0}}};
    end
  end

  // ---- chained products -------------------------------------------------------------------------
  logic        y_over_q;
  logic [15:0] rows_q;
  logic        over;
  assign over   = product_q[52:32] != '0;
  assign z_o    = z_q;
  assign rows_o = rows_q;

  logic [47:0] macs_q;
  wide_t       inner_q;
  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      y_over_q                <= 1'b0;
      y_q                     <= '0;
      macs_q                  <= '0;
      extents_o.too_many_rows <= 1'b0;
    end else if (two_valid_q) begin
      unique case (two_q.target)
        ToX: x_q <= product_q[31:0];
        ToY: begin
          y_q      <= over ? '1 : product_q[31:0];
          y_over_q <= y_over_q || over;
        end
        ToZ: z_q <= over ? '1 : product_q[31:0];
        ToRows: begin
          rows_q                  <= product_q[15:0];
          extents_o.too_many_rows <= product_q[52:16] != '0;
        end
        ToInner:    inner_q <= {product_q[52], product_q};
        ToMacsLow:  macs_q  <= product_q[47:0];
        ToMacsHigh: macs_q  <= macs_q + {product_q[31:0], 16'b0};
        default: ;
      endcase
    end
  end
  assign extents_o.macs     = macs_q;
  assign extents_o.too_long = y_over_q || y_q > max_cycles_i;

  // ---- ragged tiles -----------------------------------------------------------------------------
  matrix_t mx;
  assign mx = matrix_t'(instr_i);

  logic  tiles_q, ends_q, best_q;               // valid, stage by stage
  logic  along_n_q, many_q;
  wide_t last_q, full_q;
  wide_t last_hi_q, last_lo_q, full_hi_q, full_lo_q;
  wide_t tiles_hi_q, tiles_lo_q;
  logic  ends_many_q;
  wide_t stride, b_row, inner_last, inner_full;
  logic  by_row;                                // the inner stride is b_row, else 1

  assign stride     = {{21{two_q.a[32]}}, two_q.a};
  assign b_row      = {{22{mx.b_row[31]}}, mx.b_row};
  assign by_row     = along_n_q != mx.columns;
  always_comb begin
    if (by_row) begin
      inner_last = inner_q;
      inner_full = along_n_q ? (b_row <<< NLog) - b_row : (b_row <<< KLog) - b_row;
    end else begin
      inner_last = along_n_q ? wide_t'({38'b0, mx.n - 16'd1} & 54'(Cfg.NDim - 1))
                             : wide_t'({38'b0, mx.k0 - 16'd1} & 54'(Cfg.KDim - 1));
      inner_full = along_n_q ? 54'(int'(Cfg.NDim) - 1) : 54'(int'(Cfg.KDim) - 1);
    end
  end

  logic take_tiles;
  assign take_tiles = two_valid_q && two_q.target == ToTiles;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      tiles_q <= 1'b0;
      ends_q  <= 1'b0;
      best_q  <= 1'b0;
    end else begin
      tiles_q <= take_tiles;
      ends_q  <= tiles_q;
      best_q  <= ends_q;
    end
    if (take_tiles) begin
      along_n_q <= two_q.columns;
      many_q    <= two_q.b != '0;
      last_q    <= {product_q[52], product_q};
      full_q    <= {product_q[52], product_q} - stride;
    end
    if (tiles_q) begin
      last_hi_q   <= last_q + positive(inner_last);
      last_lo_q   <= last_q + negative(inner_last);
      full_hi_q   <= positive(full_q) + positive(inner_full);
      full_lo_q   <= negative(full_q) + negative(inner_full);
      ends_many_q <= many_q;
    end
    if (ends_q) begin
      tiles_hi_q <= (ends_many_q && full_hi_q > last_hi_q) ? full_hi_q : last_hi_q;
      tiles_lo_q <= (ends_many_q && full_lo_q < last_lo_q) ? full_lo_q : last_lo_q;
    end
  end

  // ---- extents ----------------------------------------------------------------------------------
  // A term of 2^48 or more can never be made good again: its sign decides.
  logic        add, add_high, far;
  wide_t       amount, low_q, high_q;
  assign add_high = two_add_q && two_high_q;
  assign add      = two_add_q;
  assign far      = add_high && product_q[52:32] != '0 && product_q[52:32] != '1;
  assign amount   = two_high_q ? {{5{product_q[32]}}, product_q[32:0], 16'b0} :
                               {product_q[52], product_q};

  wide_t       size;
  always_comb begin
    unique case (two_q.room)
      InAcc:    size = wide_t'({35'b0, acc_size_i});
      InWindow: size = wide_t'({21'b0, window_pages_i, 12'b0});
      default:  size = wide_t'({33'b0, spm_size_i});
    endcase
  end

  logic        far_q;
  logic        judge_q;
  wide_t       limit_q;                         // the highest address that leaves room for the tail
  room_e       room_q;
  logic [4:0]  word_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) judge_q <= 1'b0;
    else judge_q <= add && two_q.last;
    if (add) begin
      low_q  <= (two_q.first ? wide_t'({22'b0, two_q.base}) : low_q) + negative(amount);
      high_q <= (two_q.first ? wide_t'({22'b0, two_q.base}) : high_q) + positive(amount);
      far_q  <= far || (far_q && !two_q.first);
      limit_q <= size - wide_t'({20'b0, two_q.tail});
      room_q <= two_q.room;
      word_q <= two_q.word;
    end else if (best_q) begin
      low_q  <= low_q + tiles_lo_q;
      high_q <= high_q + tiles_hi_q;
    end
  end

  // ---- judgement: one cycle for the comparison, one for what it means ---------------------------
  logic        end_q, outside_q;
  room_e       end_room_q;
  logic [4:0]  end_word_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) end_q <= 1'b0;
    else end_q <= judge_q;
    if (judge_q) begin
      outside_q  <= low_q < 54'sd0 || far_q || high_q > limit_q;
      end_room_q <= room_q;
      end_word_q <= word_q;
    end
    if (clear_i) begin
      extents_o.partition      <= 1'b0;
      extents_o.partition_word <= '0;
      extents_o.window         <= 1'b0;
    end else if (end_q && outside_q) begin
      if (end_room_q == InWindow) begin
        extents_o.window <= 1'b1;
      end else if (!extents_o.partition) begin    // streams come in the order of their base words
        extents_o.partition      <= 1'b1;
        extents_o.partition_word <= end_word_q;
      end
    end
  end

  `ASSERT(OneTermAtATime, !(add && best_q))
  `COVER(TilesFullWin, ends_q && ends_many_q && full_hi_q > last_hi_q)
  `COVER(FarAway, far)
  `COVER(CostSaturates, two_valid_q && two_q.target == ToY && over)

endmodule
