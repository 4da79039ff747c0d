// SPDX-License-Identifier: Apache-2.0
#include "isa/forms.h"

#include <type_traits>

#include "common/error.h"

namespace girih::isa {
namespace {

struct PatchPlace {
  Field param, word, add, en;
};
constexpr PatchPlace kPatchPlaces[4] = {
    {place::header::p0_param, place::header::p0_word, place::header::p0_add, place::header::p0_en},
    {place::header::p1_param, place::header::p1_word, place::header::p1_add, place::header::p1_en},
    {place::header::p2_param, place::header::p2_word, place::header::p2_add, place::header::p2_en},
    {place::header::p3_param, place::header::p3_word, place::header::p3_add, place::header::p3_en},
};

Instruction with_header(Opcode opcode, const Header& header) {
  Instruction out;
  out.set(place::header::opcode, static_cast<std::int64_t>(opcode));
  out.set(place::header::order, header.order);
  out.set(place::header::wait, header.wait);
  out.set(place::header::give, header.give);
  out.set(place::header::tag, header.tag);
  for (unsigned i = 0; i < 4; ++i) {
    out.set(kPatchPlaces[i].param, header.patch[i].param);
    out.set(kPatchPlaces[i].word, header.patch[i].word);
    out.set(kPatchPlaces[i].add, header.patch[i].add);
    out.set(kPatchPlaces[i].en, header.patch[i].en);
  }
  return out;
}

void expect(const Instruction& instruction, Opcode opcode) {
  if (instruction.opcode() != static_cast<std::uint32_t>(opcode)) {
    throw girih::Error("instruction with opcode {} read as {} ({} expected)", instruction.opcode(),
                       to_string(opcode), static_cast<unsigned>(opcode));
  }
}

/// Writes one member into its field.
auto writer(Instruction& out) {
  return
      [&out](const Field& field, auto value) { out.set(field, static_cast<std::int64_t>(value)); };
}

/// Reads one field into its member.
auto reader(const Instruction& in) {
  return [&in](const Field& field, auto& value) {
    value = static_cast<std::remove_reference_t<decltype(value)>>(in.get(field));
  };
}

}  // namespace

Header decode_header(const Instruction& in) {
  Header out;
  out.order = in.get(place::header::order) != 0;
  out.wait = static_cast<std::uint16_t>(in.get(place::header::wait));
  out.give = static_cast<std::uint16_t>(in.get(place::header::give));
  out.tag = static_cast<std::uint32_t>(in.get(place::header::tag));
  for (unsigned i = 0; i < 4; ++i) {
    out.patch[i].param = static_cast<std::uint8_t>(in.get(kPatchPlaces[i].param));
    out.patch[i].word = static_cast<std::uint8_t>(in.get(kPatchPlaces[i].word));
    out.patch[i].add = in.get(kPatchPlaces[i].add) != 0;
    out.patch[i].en = in.get(kPatchPlaces[i].en) != 0;
  }
  return out;
}

// encode() and decode() of a form differ only in the generated list of fields.
#define GIRIH_FORM(STRUCT, VISIT, OPCODE)          \
  Instruction STRUCT::encode() const {             \
    Instruction out = with_header(OPCODE, header); \
    VISIT(*this, writer(out));                     \
    return out;                                    \
  }                                                \
  STRUCT STRUCT::decode(const Instruction& in) {   \
    expect(in, OPCODE);                            \
    STRUCT out;                                    \
    out.header = decode_header(in);                \
    VISIT(out, reader(in));                        \
    return out;                                    \
  }

GIRIH_FORM(Load, visit_load, Opcode::kLoad)
GIRIH_FORM(Store, visit_store, Opcode::kStore)
GIRIH_FORM(Matrix, visit_matrix, Opcode::kMatrix)
GIRIH_FORM(Vector, visit_vector, Opcode::kVector)
GIRIH_FORM(SetParam, visit_setparam, Opcode::kSetparam)
GIRIH_FORM(Fence, visit_fence, Opcode::kFence)

#undef GIRIH_FORM

}  // namespace girih::isa
