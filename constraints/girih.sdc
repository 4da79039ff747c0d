# SPDX-License-Identifier: Apache-2.0
#
# Constraints of girih_top for an ASIC flow. One clock; every bus output is a register, so that the
# outside has most of the period. Set `clock_period` (ns) before reading to aim elsewhere:
#
#   set clock_period 4.0; source constraints/girih.sdc
#
# Only commands that every timing tool knows; tests/silicon/sdc_test.py holds the names against the RTL.

if {![info exists clock_period]} { set clock_period 20.0 }

# ---- clock ------------------------------------------------------------------------------------------
create_clock -name clk -period $clock_period [get_ports clk_i]
# Jitter and, until the clock tree stands, its skew.
set_clock_uncertainty -setup [expr 0.05 * $clock_period] [get_clocks clk]
set_clock_uncertainty -hold 0.1 [get_clocks clk]
set_clock_transition 0.1 [get_clocks clk]
# Gates (prim_clk_gate) are followed through; their enables must be there before the clock rises.
set_clock_gating_check -setup [expr 0.05 * $clock_period] -hold 0.1

# ---- buses: the other side takes 60 % of the period, 10 % is for the way through the pads ------------
set bus_delay [expr 0.6 * $clock_period]
set bus_hold  [expr 0.05 * $clock_period]

set bus_inputs [get_ports {
  s_axil_awvalid_i s_axil_awaddr_i* s_axil_awprot_i*
  s_axil_wvalid_i s_axil_wdata_i* s_axil_wstrb_i* s_axil_bready_i
  s_axil_arvalid_i s_axil_araddr_i* s_axil_arprot_i* s_axil_rready_i
  m_axi_arready_i m_axi_rvalid_i m_axi_rid_i* m_axi_rdata_i* m_axi_rresp_i* m_axi_rlast_i
  m_axi_awready_i m_axi_wready_i m_axi_bvalid_i m_axi_bid_i* m_axi_bresp_i*
}]
set bus_outputs [get_ports {
  s_axil_awready_o s_axil_wready_o s_axil_bvalid_o s_axil_bresp_o*
  s_axil_arready_o s_axil_rvalid_o s_axil_rdata_o* s_axil_rresp_o*
  m_axi_arvalid_o m_axi_araddr_o* m_axi_arid_o* m_axi_arlen_o* m_axi_arsize_o* m_axi_arburst_o*
  m_axi_arlock_o m_axi_arcache_o* m_axi_arprot_o* m_axi_arqos_o* m_axi_aruser_o* m_axi_rready_o
  m_axi_awvalid_o m_axi_awaddr_o* m_axi_awid_o* m_axi_awlen_o* m_axi_awsize_o* m_axi_awburst_o*
  m_axi_awlock_o m_axi_awcache_o* m_axi_awprot_o* m_axi_awqos_o* m_axi_awuser_o*
  m_axi_wvalid_o m_axi_wdata_o* m_axi_wstrb_o* m_axi_wlast_o m_axi_bready_o
}]
set_input_delay -max $bus_delay -clock clk $bus_inputs
set_input_delay -min $bus_hold -clock clk $bus_inputs
set_output_delay -max $bus_delay -clock clk $bus_outputs
set_output_delay -min [expr -$bus_hold] -clock clk $bus_outputs

# ---- what has no clock ------------------------------------------------------------------------------
# The reset pin is asynchronous: prim_rst_sync makes it synchronous before anything sees it.
set_false_path -from [get_ports rst_ni]
# Interrupt lines are levels; whoever takes them synchronises them.
set_false_path -to [get_ports irq_o*]
# Test pins stand still while the clock runs; the memories' error is looked at on a tester.
set_false_path -from [get_ports {test_scan_i test_ram_cfg_i*}]
set_false_path -to [get_ports test_ram_err_o]
# The mission mode is what is timed.
set_case_analysis 0 [get_ports test_scan_i]

# ---- drive and load ---------------------------------------------------------------------------------
set_input_transition 0.2 [all_inputs]
set_load 0.05 [all_outputs]
