// SPDX-License-Identifier: Apache-2.0
//
// NetlistChip for one Verilated netlist. Compiled once per model: GIRIH_MODEL is its class,
// GIRIH_PRESET_NAME its preset.
#include <verilated.h>

#include "model_ports.h"
#include "netlist_chip.h"

#define GIRIH_TEXT_(x) #x
#define GIRIH_TEXT(x) GIRIH_TEXT_(x)
#include GIRIH_TEXT(GIRIH_MODEL.h)

namespace girih::rtl {
namespace {

class VerilatedNetlist final : public ModelPorts<VerilatedNetlist, GIRIH_MODEL, NetlistChip> {
 public:
  explicit VerilatedNetlist(const ChipOptions& options)
      : ModelPorts(options, *isa::find_preset(GIRIH_PRESET_NAME)) {
    model_->break_i = 0;
    reset();
  }
  void break_table(unsigned number) override {
    model_->break_i = static_cast<std::uint16_t>(number);
  }

 private:
  friend class ModelPorts<VerilatedNetlist, GIRIH_MODEL, NetlistChip>;
};

}  // namespace

std::unique_ptr<NetlistChip> make_netlist_chip(const ChipOptions& options) {
  return std::make_unique<VerilatedNetlist>(options);
}

}  // namespace girih::rtl
