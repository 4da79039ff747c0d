# SPDX-License-Identifier: Apache-2.0
"""index.html of a placed design: figures, seeds, the longest paths in names of the source, the picture."""

import json
from pathlib import Path

from jinja2 import Environment

from fpga_picture import svg
from wrap import top_of

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{{ name }} on LFE5U-85F-6</title>
<style>
 body { font-family: sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em; color: #222 }
 table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .25em .8em; text-align: left;
 border-bottom: 1px solid #ddd; vertical-align: top } td.n { text-align: right } code { font-size: .92em }
</style>
<h1>{{ name }} on LFE5U-85F-6</h1>
<p><b>{{ r.fmax_mhz }} MHz</b>{% if not r.routed %} by placement, not routed,{% endif %}
with seed {{ r.seed }} (target {{ r.target_mhz }} MHz).
{{ r.lut }} LUT4 ({{ r.packed_lut }} of {{ r.device_lut }} places after packing), {{ r.ff }} flip-flops,
{{ r.dsp }} multipliers, {{ r.bram }} block RAMs.
{% if r.block %}The block stands alone, every port ends in a register.{% endif %}</p>
<table><tr><th>seed<th>Fmax, MHz<th>seconds</tr>
{% for s in r.seeds %}<tr><td class="n">{{ s.seed }}<td class="n">{{ s.fmax_mhz }}<td class="n">{{ s.seconds }}</tr>
{% endfor %}</table>
<h2>The longest path</h2>
{% set p = r.critical_path %}
<p>{{ p.delay_ns }} ns through {{ p.levels }} levels of logic, from <code>{{ p.from }}</code>
{% if p.from_source %}({{ p.from_source }}){% endif %} to <code>{{ p.to }}</code>
{% if p.to_source %}({{ p.to_source }}){% endif %}. What lies between, by the names that the source has:</p>
<table><tr><th>at, ns<th>net</tr>
{% for h in p.hops %}<tr><td class="n">{{ h.at_ns }}<td><code>{{ h.name }}</code></tr>{% endfor %}
<tr><td class="n">{{ p.delay_ns }}<td><code>{{ p.to }}</code> ({{ p.to_port }}, with its set-up time)</tr></table>
<h2>Where it lies</h2>
<p>Each tile in the colour of the block with most of its cells; the black line is the longest path.</p>
{{ picture }}
<h2>The next paths</h2>
<p>One for every pair of variables; "ends" counts the ends that are later than the next line's.</p>
<table><tr><th>ns<th>levels<th>ends<th>from<th>to</tr>
{% for p in r.paths %}<tr><td class="n">{{ p.delay_ns }}<td class="n">{{ p.levels }}<td class="n">{{ p.ends }}
<td><code>{{ p.from }}</code><td><code>{{ p.to }}</code></tr>
{% endfor %}</table>
<p>Netlist {{ r.netlist_sha256[:16] }}, nextpnr {{ r.tools.nextpnr }}.</p>
</html>
"""


def write(out: Path, report: dict, best: Path) -> None:
    """The page and, for other documents, its picture alone."""
    placed = top_of(json.loads((best / "placed.json").read_text()))[1]
    picture = svg(placed, report["critical_path"], 1)
    (out / "placed.svg").write_text(picture)
    name = report["preset"] + (f", {report['block']}" if report["block"] else "")
    page = Environment(autoescape=True).from_string(PAGE)
    from markupsafe import Markup
    (out / "index.html").write_text(page.render(name=name, r=report, picture=Markup(picture)))
