// SPDX-License-Identifier: Apache-2.0
//
// References to the flat AXI4 master ports of a Verilated model. Data and strobes are bytes in memory:
// Verilator keeps ports of every width little-endian, so one bus model serves every width.
#pragma once

#include <verilated.h>

#include <cstdint>

namespace girih::tb {

struct AxiPorts {
  unsigned bus_bytes;

  const CData &arvalid, &arid, &arlen, &arsize, &arburst, &arlock, &arcache, &arprot, &arqos, &aruser;
  const QData& araddr;
  CData& arready;

  CData &rvalid, &rid, &rresp, &rlast;
  std::uint8_t* rdata;
  const CData& rready;

  const CData &awvalid, &awid, &awlen, &awsize, &awburst, &awlock, &awcache, &awprot, &awqos, &awuser;
  const QData& awaddr;
  CData& awready;

  const CData &wvalid, &wlast;
  const std::uint8_t *wdata, *wstrb;
  CData& wready;

  CData &bvalid, &bid, &bresp;
  const CData& bready;
};

/// The ports `m_axi_<signal>_{o,i}` of a model.
template <class Model>
AxiPorts bind_m_axi(Model& m, unsigned bus_bytes) {
  auto bytes = [](auto& port) { return reinterpret_cast<std::uint8_t*>(&port); };
  return AxiPorts{
      bus_bytes,
      m.m_axi_arvalid_o, m.m_axi_arid_o, m.m_axi_arlen_o, m.m_axi_arsize_o, m.m_axi_arburst_o,
      m.m_axi_arlock_o, m.m_axi_arcache_o, m.m_axi_arprot_o, m.m_axi_arqos_o, m.m_axi_aruser_o,
      m.m_axi_araddr_o, m.m_axi_arready_i,
      m.m_axi_rvalid_i, m.m_axi_rid_i, m.m_axi_rresp_i, m.m_axi_rlast_i, bytes(m.m_axi_rdata_i),
      m.m_axi_rready_o,
      m.m_axi_awvalid_o, m.m_axi_awid_o, m.m_axi_awlen_o, m.m_axi_awsize_o, m.m_axi_awburst_o,
      m.m_axi_awlock_o, m.m_axi_awcache_o, m.m_axi_awprot_o, m.m_axi_awqos_o, m.m_axi_awuser_o,
      m.m_axi_awaddr_o, m.m_axi_awready_i,
      m.m_axi_wvalid_o, m.m_axi_wlast_o, bytes(m.m_axi_wdata_o), bytes(m.m_axi_wstrb_o),
      m.m_axi_wready_i,
      m.m_axi_bvalid_i, m.m_axi_bid_i, m.m_axi_bresp_i, m.m_axi_bready_o};
}

}  // namespace girih::tb
