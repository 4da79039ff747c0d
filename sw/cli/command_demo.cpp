// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>

#include "cli/commands.h"
#include "cli/inference.h"
#include "cli/report.h"
#include "common/error.h"
#include "common/progress.h"
#include "compiler/lower/lower.h"
#include "compiler/onnx/importer.h"

namespace girih::cli {
namespace {

struct DemoOptions {
  std::size_t images = 6;
  std::size_t first = 0;
  ChipOptions chip;
};

/// Rows of an 8x8 image in shades; two characters a pixel, so that it looks square.
std::vector<std::string> draw(const std::vector<float>& image) {
  const std::vector<std::string> shades{"  ", "░░", "▒▒", "▓▓", "██"};
  const float peak = std::max(1e-6F, *std::max_element(image.begin(), image.end()));
  std::vector<std::string> rows(8);
  for (std::size_t i = 0; i < 64; ++i) {
    const auto shade = static_cast<std::size_t>(std::clamp(image[i] / peak * 4.99F, 0.0F, 4.0F));
    rows[i / 8] += shades[shade];
  }
  return rows;
}

const char* compared(const ChipOptions& chip) {
  if (chip.check == "none") return "nothing is compared.";
  if (chip.rtl() && chip.check == "tiles")
    return "every tile is compared with the golden model as it retires.";
  if (chip.netlist() && chip.check == "tiles")
    return "every tile is fetched by a debug STORE and compared with the golden model.";
  return "results are compared with the graph's interpreter.";
}

void demo(const DemoOptions& options, Invocation& invocation) {
  const std::filesystem::path models = source_tree() / "tests" / "models";
  const graph::Graph graph = onnx::import_model(models / "digits.onnx");
  const compiler::Program program =
      compiler::compile(graph, target_of(preset_named(options.chip.preset)));
  const std::string images_file = (models / "digits_images.npy").string();
  const std::vector<Samples> inputs{
      samples_of(read_npy(images_file), program.inputs.at(0), images_file)};
  const Array labels = read_npy(models / "digits_labels.npy");
  if (labels.values.size() != inputs[0].count)
    throw Error("{} images, but {} labels", inputs[0].count, labels.values.size());
  if (options.first + options.images > inputs[0].count) {
    throw Error("--first {} --images {}: there are {} held-out images", options.first,
                options.images, inputs[0].count);
  }
  std::cout << fmt::format(
      "A CNN for handwritten digits, quantised to INT8, from its ONNX file: {} instructions for "
      "preset {}.\n"
      "Each image goes through the {}; {}\n\n",
      program.instructions.size(), options.chip.preset,
      options.chip.rtl()       ? "Verilated RTL"
      : options.chip.netlist() ? "Verilated netlist"
                               : "golden model",
      compared(options.chip));
  Inference inference(graph, program, options.chip, invocation.command_line);
  runtime::Device& device = inference.device();
  std::size_t right = 0;
  std::uint64_t differing = 0;
  std::vector<std::vector<std::string>> pictures;
  std::vector<std::string> captions;
  const auto flush = [&] {  // three pictures side by side
    for (std::size_t row = 0; row < 8 && !pictures.empty(); ++row) {
      for (const auto& picture : pictures) std::cout << "  " << picture[row] << "   ";
      std::cout << "\n";
    }
    for (const std::string& caption : captions) std::cout << fmt::format("  {:<19}", caption);
    std::cout << "\n\n" << std::flush;
    pictures.clear();
    captions.clear();
  };
  {
    Progress progress("images", options.images);
    for (std::size_t i = 0; i < options.images && device.checked().mismatches == 0; ++i) {
      const Result result = inference.run(inputs, options.first + i);
      if (result.outputs.empty()) break;
      differing += result.differing;
      const std::vector<float>& scores = result.outputs[0];
      const auto predicted = std::max_element(scores.begin(), scores.end()) - scores.begin();
      const auto truth = static_cast<std::ptrdiff_t>(labels.values[options.first + i]);
      right += predicted == truth ? 1 : 0;
      pictures.push_back(draw(inputs[0].values[options.first + i]));
      captions.push_back(
          fmt::format("says {}, is {} {}", predicted, truth, predicted == truth ? "" : "(!)"));
      if (pictures.size() == 3) flush();
      progress.update(i + 1);
    }
  }
  if (!pictures.empty()) flush();
  const runtime::Checked checked = device.checked();
  const runtime::Counters counters = device.counters(0);
  if (!checked.first_mismatch.empty()) std::cerr << checked.first_mismatch << "\n";
  if (counters.cycles > 0) {
    std::cout << fmt::format(
        "{} cycles, {} MACs, {:.1f} % of the array's peak (a network of {} MACs an image is all "
        "fill and drain)\n",
        counters.cycles, counters.macs,
        utilisation(device.preset(), counters.macs, counters.cycles), program.array_macs);
  }
  const bool tiles = options.chip.simulated() && options.chip.check == "tiles";
  const std::uint64_t mismatches = checked.mismatches + differing;
  const bool complete =
      counters.macs == options.images * program.array_macs &&
      (!tiles || (checked.instructions > 0 && checked.instructions == counters.retired));
  if (!complete && mismatches == 0)
    std::cerr << "girih: not everything that retired was compared\n";
  std::cout << fmt::format("demo: {} images, {} right, {} tiles compared, {} mismatches\n",
                           options.images, right, tiles ? checked.instructions : 0, mismatches);
  invocation.status = mismatches == 0 && complete ? 0 : 1;
}

}  // namespace

void add_demo(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<DemoOptions>();
  options->chip.device = "rtl";
  CLI::App* command =
      app.add_subcommand("demo", "recognise handwritten digits on the RTL, every tile checked");
  command->add_option("--images", options->images, "held-out images to show")
      ->check(CLI::Range(1, 360))
      ->capture_default_str();
  command->add_option("--first", options->first, "number of the first one")
      ->check(CLI::Range(0, 359))
      ->capture_default_str();
  options->chip.add_preset(*command);
  options->chip.add_device(*command);
  command->callback([options, &invocation] { demo(*options, invocation); });
}

}  // namespace girih::cli
