// SPDX-License-Identifier: Apache-2.0
//
// The FPGA's top through its serial pin alone: registers, memory, and a program from start to interrupt.
#include <gtest/gtest.h>

#include <random>
#include <span>

#include "Vfpga_top.h"
#include "girih/registers.h"
#include "isa/forms.h"
#include "serial_line.h"

namespace girih::tb {
namespace {

constexpr unsigned kDivisor = 6;
constexpr std::uint32_t kMemory = 0x80000000U, kMemoryBytes = 16384;

/// What a host program does on the other end of the cable.
class Host {
 public:
  Host() : line_(dut_->uart_rx_i, dut_->uart_tx_o, kDivisor, 1) {
    dut_.attach(line_);
    dut_->rst_ni = 1;  // the reset falls, and is seen at once whatever the synchroniser woke up with
    dut_->eval();
    dut_->rst_ni = 0;
    dut_->eval();
    dut_.reset(6);
    for (int i = 0; i < 20; ++i) dut_.tick();
  }

  /// The status byte that the bridge answered last.
  unsigned status() const { return status_; }
  Dut<Vfpga_top>& dut() { return dut_; }
  unsigned bad_stop_bits() const { return line_.bad_stop_bits(); }

  void write(std::uint32_t address, std::span<const std::uint32_t> words) {
    command('W', address, words.size());
    for (const std::uint32_t word : words) send_word(word);
    status_ = receive();
  }
  void write(std::uint32_t address, std::uint32_t word) { write(address, std::span(&word, 1)); }

  std::vector<std::uint32_t> read(std::uint32_t address, std::size_t count) {
    command('R', address, count);
    std::vector<std::uint32_t> words(count);
    for (std::uint32_t& word : words) {
      for (int i = 0; i < 4; ++i) word |= std::uint32_t{receive()} << (8 * i);
    }
    status_ = receive();
    return words;
  }
  std::uint32_t read(std::uint32_t address) { return read(address, 1).front(); }

  void send(std::uint8_t byte) { line_.send(byte); }
  /// Lets everything queued go out and forgets what came back.
  void wait_until_sent() {
    ASSERT_TRUE(dut_.run_until([&] { return line_.sent(); }, 200000));
    for (unsigned i = 0; i < 30 * kDivisor; ++i) dut_.tick();
    line_.received().clear();
  }
  bool answers_within(unsigned cycles) {
    return dut_.run_until([&] { return !line_.received().empty(); }, cycles);
  }

 private:
  void command(char letter, std::uint32_t address, std::size_t count) {
    line_.send(static_cast<std::uint8_t>(letter));
    send_word(address);
    line_.send(static_cast<std::uint8_t>(count - 1));
  }
  void send_word(std::uint32_t word) {
    for (int i = 0; i < 4; ++i) line_.send(static_cast<std::uint8_t>(word >> (8 * i)));
  }
  std::uint8_t receive() {
    if (!dut_.run_until([&] { return !line_.received().empty(); }, 200000)) {
      throw std::runtime_error("the serial line stays silent");
    }
    const std::uint8_t byte = line_.received().front();
    line_.received().pop_front();
    return byte;
  }

  Dut<Vfpga_top> dut_{1};
  SerialLine line_;
  unsigned status_ = 0;
};

TEST(FpgaTop, RegistersAnswer) {
  Host host;
  EXPECT_EQ(host.read(regs::admin::ID), 0x48524947U);
  EXPECT_EQ(host.status(), 0U);
  EXPECT_EQ(host.read(regs::admin::K_DIM, 2), (std::vector<std::uint32_t>{8, 8}));
  host.write(regs::admin::MAX_INSTR_CYCLES, 12345);
  EXPECT_EQ(host.read(regs::admin::MAX_INSTR_CYCLES), 12345U);
  EXPECT_EQ(host.bad_stop_bits(), 0U);
}

TEST(FpgaTop, ErrorsAreTold) {
  Host host;
  host.read(0xffc);
  EXPECT_EQ(host.status(), 2U) << "SLVERR of an address without a register";
  host.read(kMemory + kMemoryBytes);
  EXPECT_EQ(host.status(), 3U) << "DECERR behind the memory";
  host.write(kMemory + kMemoryBytes, 1);
  EXPECT_EQ(host.status(), 3U);
  host.read(regs::admin::ID);
  EXPECT_EQ(host.status(), 0U);
}

TEST(FpgaTop, MemoryKeepsWords) {
  Host host;
  std::mt19937 rng(5);
  std::vector<std::uint32_t> words(256);
  for (std::uint32_t& word : words) word = static_cast<std::uint32_t>(rng());
  host.write(kMemory + 0x1004, words);
  EXPECT_EQ(host.status(), 0U);
  EXPECT_EQ(host.read(kMemory + 0x1004, 256), words);
  host.write(kMemory + 0x1008, 7);
  words[1] = 7;
  EXPECT_EQ(host.read(kMemory + 0x1004, 4), std::vector(words.begin(), words.begin() + 4));
}

TEST(FpgaTop, AHostThatLostItsPlaceFindsItAgain) {
  Host host;
  host.send('x');  // no command: ignored
  EXPECT_FALSE(host.answers_within(3000));
  host.send('W');
  for (int i = 0; i < 1030; ++i) host.send(0);  // ends the write, whatever it had
  host.wait_until_sent();
  EXPECT_EQ(host.read(regs::admin::ID), 0x48524947U);
}

/// Accumulators of an INT8 product, loaded, multiplied and stored by the chip.
TEST(FpgaTop, RunsAProgram) {
  constexpr std::uint32_t kA = 0x0000, kB = 0x0400, kOut = 0x1000, kRing = 0x2000;
  constexpr unsigned kRows = 8, kColumns = 8, kDepth = 24;
  Host host;
  std::mt19937 rng(11);
  std::vector<std::uint8_t> a(kRows * kDepth), b(kColumns * kDepth);
  for (auto& value : a) value = static_cast<std::uint8_t>(rng());
  for (auto& value : b) value = static_cast<std::uint8_t>(rng());
  const auto put = [&](std::uint32_t address, std::span<const std::uint8_t> bytes) {
    std::vector<std::uint32_t> words(bytes.size() / 4);
    for (std::size_t i = 0; i < bytes.size(); ++i) words[i / 4] |= std::uint32_t{bytes[i]} << (8 * (i % 4));
    host.write(kMemory + address, words);
    ASSERT_EQ(host.status(), 0U);
  };
  put(kA, a);
  put(kB, b);

  isa::Load load_a, load_b;
  load_a.n0 = kRows * kDepth;
  load_b.offset = kB;
  load_b.local = 0x400;
  load_b.n0 = kColumns * kDepth;
  load_b.header.give = 1 << 2;
  isa::Matrix matrix;
  matrix.header.wait = 1 << 2;
  matrix.header.give = 1 << 9;
  matrix.b_base = 0x400;
  matrix.m0 = kRows;
  matrix.n = kColumns;
  matrix.k0 = kDepth;
  matrix.a_m0 = kDepth;
  matrix.b_row = kDepth;
  matrix.b_k0 = 8;
  isa::Store store;
  store.header.wait = 1 << 9;
  store.space = isa::Space::kAcc;
  store.offset = kOut;
  store.n0 = 4 * kRows * kColumns;
  isa::Fence fence;
  fence.irq = true;
  std::uint32_t slot = kRing;
  for (const isa::Instruction& instruction :
       {load_a.encode(), load_b.encode(), matrix.encode(), store.encode(), fence.encode()}) {
    put(slot, instruction.bytes());
    slot += isa::kBytes;
  }

  host.write(regs::admin::tenant::windows::WIN_BASE(0, 0), 0);
  host.write(regs::admin::tenant::windows::WIN_PAGES(0, 0), kMemoryBytes / 4096);
  host.write(regs::admin::tenant::windows::WIN_PERM(0, 0), 3);
  host.write(regs::admin::tenant::SPM_SIZE(0), 4096);
  host.write(regs::admin::tenant::ACC_SIZE(0), 4096);
  host.write(regs::ctx::RING_OFFSET(0), kRing);
  host.write(regs::ctx::RING_SIZE(0), 8);
  host.write(regs::ctx::IRQ_ENABLE(0), 3);
  host.write(regs::ctx::CTRL(0), 1);
  host.write(regs::ctx::DOORBELL(0), 5);
  ASSERT_TRUE(host.dut().run_until([&] { return (host.dut()->led_o & 2) != 0; }, 5000));
  EXPECT_EQ(host.read(regs::ctx::IRQ_STATUS(0)), 1U) << "error " << host.read(regs::ctx::ERR_CODE(0));

  std::vector<std::uint32_t> expected;
  for (unsigned m = 0; m < kRows; ++m) {
    for (unsigned n = 0; n < kColumns; ++n) {
      std::int32_t sum = 0;
      for (unsigned k = 0; k < kDepth; ++k) {
        sum += static_cast<std::int8_t>(a[m * kDepth + k]) * static_cast<std::int8_t>(b[n * kDepth + k]);
      }
      expected.push_back(static_cast<std::uint32_t>(sum));
    }
  }
  EXPECT_EQ(host.read(kMemory + kOut, expected.size()), expected);
}

}  // namespace
}  // namespace girih::tb
