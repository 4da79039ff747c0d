# SPDX-License-Identifier: Apache-2.0
"""PeakRDL's register block with some of its generators replaced: less than half the logic on an FPGA.

  decoder    an address is compared in slices of a few bits, which registers share, instead of whole and,
             for a range, with carry chains
  readback   a register is taken in by the strobe that the decoder made for it, an external range by its
             acknowledge (one access at a time), instead of by a second decoder and a chain of multiplexers
  write      bytes are enabled, instead of merged with what was there
  dispatch   whose turn it is, read or write, is decided one cycle before: decoding starts at registers;
             two requests at a time, as without the register between selection and response
  decoded    what the decoder made of a request stands in registers before anything follows from it
Storage, the rest of the bus interface and everything else is PeakRDL's.
"""

import inspect
from pathlib import Path

from peakrdl_regblock import RegblockExporter, addr_decode
from peakrdl_regblock.cpuif.axi4lite import AXI4Lite_Cpuif, AXI4Lite_Cpuif_flattened
from peakrdl_regblock.field_logic import sw_onwrite
from peakrdl_regblock.readback import readback
from peakrdl_regblock.readback.readback_mux_generator import ReadbackMuxGenerator
from peakrdl_regblock.udps import ALL_UDPS
from systemrdl import RDLCompiler

SLICES = (2, 6, 12)                  # where slices of an address start


class UnsupportedRegister(Exception):
    """Something in the RDL that these generators were not made for."""


def aligned_blocks(first: int, size: int) -> list[tuple[int, int]]:
    """(start, log2 of the size) of the naturally aligned blocks that make up a range."""
    blocks, end = [], first + size
    while first < end:
        log = min((first & -first).bit_length() - 1 if first else end.bit_length(),
                  (end - first).bit_length() - 1)
        blocks.append((first, log))
        first += 1 << log
    return blocks


class Decoder(addr_decode.DecodeLogicGenerator):
    """`strobe = request & address`, the address as slices."""

    def hit(self, node, first: int, log: int) -> str:
        """Condition for an access in the block of 2**log bytes at `first` (of the array's first element)."""
        if any(stride % (1 << log) for stride in self._array_stride_stack):
            raise UnsupportedRegister(f"{node.get_path()}: the array's stride is not a multiple of {1 << log}")
        width = self.addr_decode.exp.ds.addr_width
        address = f"({self._get_address_str(node, first - node.raw_absolute_address)})"
        starts = [max(start, log) for start, end in zip(SLICES, [*SLICES[1:], width]) if end > log]
        return " & ".join(f"(cpuif_addr[{end - 1}:{start}] == {end - start}'({address} >> {start}))"
                          for start, end in zip(starts, [*starts[1:], width]))

    def _add_addressablenode_decoding_flags(self, node) -> None:
        strobe = self.addr_decode.get_external_block_access_strobe(node)
        hits = [f"({self.hit(node, *block)})" for block in aligned_blocks(node.raw_absolute_address, node.size)]
        self.add_content(f"{strobe} = cpuif_req_masked & ({' | '.join(hits)});")
        self.add_content(f"is_external |= {strobe};")
        self.add_content(f"is_valid_addr |= {' | '.join(hits)};")

    def _add_reg_decoding_flags(self, node, subword_index=None, subword_stride=None) -> None:
        if subword_index is not None or not node.has_sw_readable or node.external:
            raise UnsupportedRegister(f"{node.get_path()}: a register has 32 bits, can be read, and is external "
                                      "only as part of an external regfile")
        strobe = self.addr_decode.get_access_strobe(node)
        hit = self.hit(node, node.raw_absolute_address, 2)
        self.add_content(f"{strobe} = cpuif_req_masked & {hit};")
        self.add_content(f"is_valid_addr |= {hit};")        # asked for or not: it leads to no action


class Readback(ReadbackMuxGenerator):
    """`data |= strobe ? register : 0`: at most one strobe is set."""

    def process_external_block(self, node) -> None:
        hwif = self.exp.hwif
        self.add_content(f"readback_data_var |= {{32{{{hwif.get_external_rd_ack(node)}}}}}"
                         f" & {hwif.get_external_rd_data(node)};")

    def process_reg(self, node, fields) -> None:
        strobe = self.exp.address_decode.get_access_strobe(node)
        for field in fields:
            value = self.exp.dereferencer.get_value(field)
            self.add_content(f"readback_data_var[{field.high}:{field.low}] |= "
                             f"{{{field.width}{{{strobe}}}}} & {value};")


class Write(sw_onwrite.Write):
    """The bus enables whole bytes."""

    def get_assignments(self, field) -> list[str]:
        lines = []
        for low in sorted({field.low, *range((field.low // 8 + 1) * 8, field.high + 1, 8)}):
            high = min(low // 8 * 8 + 7, field.high)
            lines.append(f"if(decoded_wr_biten[{low}]) next_c[{high - field.low}:{low - field.low}]"
                         f" = decoded_wr_data[{high}:{low}];")
        return [*lines, "load_next_c = '1;"]


class Bus(AXI4Lite_Cpuif_flattened):
    """AXI4-Lite with `axil_turn_*`, `axil_addr`: registers that say which request is decoded."""

    BEGIN, END = "// Request dispatch", "// AXI4-Lite Response Logic"
    DISPATCH = """// Request dispatch: reads and writes take turns
logic axil_turn_rd, axil_turn_wr;
logic [{top}:0] axil_addr;
always_ff @(posedge clk) begin
    if(~rst_n) begin
        axil_turn_rd <= '0;
        axil_turn_wr <= '0;
    end else if(axil_turn_rd || axil_turn_wr) begin
        if(axil_ar_accept) axil_turn_rd <= '0;
        if(axil_aw_accept) axil_turn_wr <= '0;
    end else if(axil_n_in_flight < {most}) begin
        axil_turn_rd <= axil_arvalid && !(axil_awvalid && axil_wvalid && axil_prev_was_rd);
        axil_turn_wr <= axil_awvalid && axil_wvalid && !(axil_arvalid && !axil_prev_was_rd);
    end
    if(!axil_turn_rd && !axil_turn_wr) begin
        axil_addr <= (axil_arvalid && !(axil_awvalid && axil_wvalid && axil_prev_was_rd))
                     ? axil_araddr : axil_awaddr;
    end
end
always_comb begin
    cpuif_req = axil_turn_rd || axil_turn_wr;
    cpuif_req_is_wr = axil_turn_wr;
    cpuif_addr = {{axil_addr[{top}:2], 2'b0}};
    cpuif_wr_data = axil_wdata;
    for(int i=0; i<4; i++) cpuif_wr_biten[i*8 +: 8] = {{8{{axil_wstrb[i]}}}};
    axil_ar_accept = axil_turn_rd && !cpuif_req_stall_rd;
    axil_aw_accept = axil_turn_wr && !cpuif_req_stall_wr;
end

"""

    @property
    def max_outstanding(self) -> int:
        return 2

    def _get_template_path_class_dir(self) -> str:
        return str(Path(inspect.getfile(AXI4Lite_Cpuif)).parent)

    def get_implementation(self) -> str:
        before, begin, rest = super().get_implementation().partition(self.BEGIN)
        _, end, after = rest.partition(self.END)
        if not begin or not end:
            raise UnsupportedRegister("PeakRDL's AXI4-Lite interface has no request dispatch of the known shape")
        most = f"{self.max_outstanding.bit_length()}'d{self.max_outstanding}"
        return before + self.DISPATCH.format(most=most, top=self.addr_width - 1) + end + after


# Outputs of the decoder, its section of the text.
DECODER_BEGIN, DECODER_END = "    always_comb begin\n        automatic logic is_valid_addr;", "// Field logic"
RESET = ("reg_strb", "req", "req_is_external")
FREE = ("err", "addr", "req_is_wr", "wr_data", "wr_biten")
AFTER_DECODER = """    logic external_wr_ack;
    logic external_rd_ack;
"""


def register_decoder(text: str) -> str:
    """A register between the decoder and everything behind it. A request comes every other cycle at most, so the
    next one finds `external_pending` of the one before."""
    before, begin, rest = text.partition(DECODER_BEGIN)
    decoder, middle, rest = rest.partition(AFTER_DECODER)
    pending, end, after = rest.partition(DECODER_END)
    pending, assigns, names = pending.partition("    // Pass down signals to next stage\n")
    if not (begin and middle and end and assigns) or names.count("assign decoded_") != 5:
        raise UnsupportedRegister("PeakRDL's decoder has no section of the known shape")
    declarations = ["    decoded_reg_strb_t selected_reg_strb;"]
    for name in (*RESET, *FREE):
        if f"decoded_{name};" not in before:
            raise UnsupportedRegister(f"PeakRDL's decoder has no output decoded_{name}")
        width = {"addr": "[$bits(decoded_addr)-1:0] ", "wr_data": "[31:0] ", "wr_biten": "[31:0] "}.get(name, "")
        if name != "reg_strb":
            declarations.append(f"    logic {width}selected_{name};")
    register = ["    always_ff @(posedge clk) begin", "        if(~rst_n) begin",
                "            decoded_reg_strb <= '{default: '0};", "            decoded_req <= '0;",
                "            decoded_req_is_external <= '0;", "        end else begin",
                *(f"            decoded_{name} <= selected_{name};" for name in RESET), "        end",
                *(f"        decoded_{name} <= selected_{name};" for name in FREE), "    end", ""]
    rename = lambda part: part.replace("decoded_", "selected_")
    return (before + "\n".join(declarations) + "\n" + begin + rename(decoder) + "\n".join(register) + middle + pending
            + assigns + rename(names) + end + after)


def export(rdl: Path, parameters: dict[str, int], out: Path) -> None:
    """Writes girih_regs.sv and girih_regs_pkg.sv."""
    addr_decode.DecodeLogicGenerator = Decoder
    readback.ReadbackMuxGenerator = Readback
    sw_onwrite.Write = Write
    compiler = RDLCompiler()
    for udp in ALL_UDPS:
        compiler.register_udp(udp)
    compiler.compile_file(str(rdl))
    RegblockExporter().export(
        compiler.elaborate(parameters=parameters), str(out), cpuif_cls=Bus,
        module_name="girih_regs", package_name="girih_regs_pkg", default_reset_activelow=True,
        retime_read_response=True,
        err_if_bad_addr=True)
    block = out / "girih_regs.sv"
    block.write_text(register_decoder(block.read_text()))
