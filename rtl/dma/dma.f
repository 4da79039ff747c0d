# SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
dma_pkg.sv
dma_jobs.sv
dma_walker.sv
dma_index_list.sv
dma_split.sv
dma_front.sv
dma_guard.sv
load_buffer.sv
load_writer.sv
load_engine.sv
store_reader.sv
store_engine.sv
axi_join.sv
