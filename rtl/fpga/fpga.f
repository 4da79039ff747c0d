# SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
uart_rx.sv
uart_tx.sv
uart_bridge.sv
axi_memory.sv
girih_fpga_top.sv
