# SPDX-License-Identifier: Apache-2.0
"""utilisation.svg: what the blocks take of an LFE5U-85F, and the instances that take most LUTs."""

from jinja2 import Environment

DEVICE = {"lut": ("LUT4", 83640), "ff": ("flip-flops", 83640), "dsp": ("MULT18X18D", 156),
          "bram": ("DP16KD", 208)}
COLOURS = ("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#edc948", "#b07aa1", "#ff9da7",
           "#9c755f", "#1b6f6f", "#8a8a8a", "#7f3c8d", "#a0cbe8", "#ffbe7d", "#8cd17d")
LEFT, WIDTH, BAR, LARGEST = 250, 760, 22, 24

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{{ width }}" height="{{ height }}"
 font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="10" y="20" font-size="15" font-weight="bold">{{ title }}</text>
{% for bar in bars %}<text x="10" y="{{ bar.y + 15 }}">{{ bar.label }}</text>
{% for piece in bar.pieces %}<rect x="{{ piece.x }}" y="{{ bar.y }}" width="{{ piece.width }}" height="{{ size }}"
 fill="{{ piece.colour }}"><title>{{ piece.title }}</title></rect>
{% endfor %}{% endfor %}<line x1="{{ full }}" x2="{{ full }}" y1="34" y2="{{ bars_end }}" stroke="black"
 stroke-dasharray="4 3"/><text x="{{ full }}" y="32" text-anchor="middle">the device</text>
{% for entry in legend %}<rect x="{{ entry.x }}" y="{{ entry.y }}" width="12" height="12" fill="{{ entry.colour }}"/>
<text x="{{ entry.x + 18 }}" y="{{ entry.y + 11 }}">{{ entry.name }}</text>
{% endfor %}<text x="10" y="{{ list_y }}" font-weight="bold">LUT4 of single instances, without those below</text>
{% for row in rows %}<text x="10" y="{{ row.y + 15 }}">{{ row.path }}</text>
<rect x="{{ left }}" y="{{ row.y }}" width="{{ row.width }}" height="{{ size - 6 }}" fill="{{ row.colour }}"/>
<text x="{{ left + row.width + 6 }}" y="{{ row.y + 13 }}">{{ row.value }}</text>
{% endfor %}</svg>
"""


def _own(blocks: list[dict]) -> dict[str, int]:
    """LUTs of each instance without those of the instances below it."""
    own = {block["path"]: block["lut"] for block in blocks}
    for block in blocks:
        above = block["path"].rpartition(".")[0]
        while above and above not in own:
            above = above.rpartition(".")[0]
        if above:
            own[above] -= block["lut"]
    return own


def svg(report: dict) -> str:
    blocks = report["blocks"]
    borders = sorted((block for block in blocks if "." not in block["path"]), key=lambda block: -block["lut"])
    colour = {block["path"]: COLOURS[index % len(COLOURS)] for index, block in enumerate(borders)}
    most = max([1.0] + [report[figure] / places for figure, (_, places) in DEVICE.items()])
    bars = []
    for index, (figure, (name, places)) in enumerate(DEVICE.items()):
        x, pieces = LEFT, []
        rest = report[figure] - sum(block[figure] for block in borders)
        for path, amount, fill in [*((block["path"], block[figure], colour[block["path"]]) for block in borders),
                                   (report["top"], rest, "#cccccc")]:
            wide = amount / places / most * WIDTH
            pieces.append({"x": round(x, 1), "width": round(wide, 1), "colour": fill, "title": f"{path}: {amount}"})
            x += wide
        bars.append({"y": 40 + index * (BAR + 8), "pieces": pieces,
                     "label": f"{name}: {report[figure]} of {places} ({100 * report[figure] / places:.0f} %)"})
    bars_end = 40 + len(DEVICE) * (BAR + 8)
    legend = [{"x": 10 + 190 * (index % 5), "y": bars_end + 12 + 20 * (index // 5), "name": block["path"],
               "colour": colour[block["path"]]} for index, block in enumerate(borders)]
    list_y = bars_end + 40 + 20 * ((len(borders) + 4) // 5)
    largest = sorted(_own(blocks).items(), key=lambda item: -item[1])[:LARGEST]
    scale = (WIDTH - 60) / max([1] + [amount for _, amount in largest])
    rows = [{"y": list_y + 8 + index * BAR, "path": path, "value": amount, "width": round(amount * scale, 1),
             "colour": colour.get(path.split(".")[0], "#cccccc")} for index, (path, amount) in enumerate(largest)]
    title = report["preset"] + (f", {report['block']}" if report["block"] else "") + ": utilisation"
    return Environment(autoescape=True).from_string(SVG).render(
        width=LEFT + WIDTH + 60, height=list_y + 20 + len(rows) * BAR, title=title, bars=bars, size=BAR,
        full=round(LEFT + WIDTH / most, 1), bars_end=bars_end, legend=legend, list_y=list_y, rows=rows, left=LEFT)
