# SPDX-License-Identifier: Apache-2.0
"""A picture of the placed chip: every tile in the colour of the block that has most cells in it, the longest
path drawn across."""

import re
from collections import Counter, defaultdict

COLOURS = ("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#edc948", "#b07aa1", "#ff9da7",
           "#9c755f", "#1b6f6f", "#8a8a8a", "#7f3c8d")
TILE = 7                                       # pixels
FULL = {"TRELLIS_COMB": 8, "TRELLIS_FF": 8}    # cells of a kind that a tile holds


def block_of(cell: str, depth: int) -> str:
    """The instances at the top of a cell's name."""
    parts = re.split(r"\.(?![^\[]*\])", cell)
    if parts[0] == "u_chip" and len(parts) > 1:
        parts = parts[1:]
    if parts[0] == "wrap":
        return "(registers around it)"
    return ".".join(parts[:depth]) if len(parts) > depth else "(top)"


def tiles(placed: dict, depth: int) -> dict[tuple[int, int], Counter]:
    """How many cells of which block every tile has."""
    found: dict[tuple[int, int], Counter] = defaultdict(Counter)
    for name, cell in placed["cells"].items():
        match = re.match(r"X(\d+)/Y(\d+)/", cell.get("attributes", {}).get("NEXTPNR_BEL", ""))
        if match:
            weight = 1 if cell["type"] in FULL else 16
            found[int(match[1]), int(match[2])][block_of(name, depth)] += weight
    return found


def svg(placed: dict, path: dict, depth: int) -> str:
    """The picture. `path`: one of the report's, with the sites that it visits."""
    grid = tiles(placed, depth)
    width = 1 + max(column for column, _ in grid)
    height = 1 + max(row for _, row in grid)
    total: Counter = Counter()
    for blocks in grid.values():
        total.update(blocks)
    common = [block for block, _ in total.most_common(len(COLOURS) - 1)]
    colour = {block: COLOURS[index] for index, block in enumerate(common)}
    shapes = []
    for row in range(height):                  # neighbours alike become one rectangle
        start = None
        for column in range(width + 1):
            blocks = grid.get((column, row))
            look = (colour.get(blocks.most_common(1)[0][0], COLOURS[-1]),
                    round(min(1.0, 0.35 + sum(blocks.values()) / 24), 1)) if blocks else None
            if start and look != start[1]:
                shapes.append(f'<rect x="{start[0] * TILE}" y="{row * TILE}" '
                              f'width="{(column - start[0]) * TILE}" height="{TILE}" '
                              f'fill="{start[1][0]}" fill-opacity="{start[1][1]}"/>')
                start = None
            if look and not start:
                start = (column, look)
    half = TILE / 2
    points = " ".join(f"{x * TILE + half},{y * TILE + half}" for x, y in path["sites"])
    shapes.append(f'<polyline points="{points}" fill="none" stroke="#000" stroke-width="2"/>')
    for x, y in path["sites"][:1] + path["sites"][-1:]:
        shapes.append(f'<circle cx="{x * TILE + half}" cy="{y * TILE + half}" r="5" stroke="#000" fill="#fff"/>')
    legend = []
    for index, block in enumerate([*common, *(["others"] if len(total) > len(common) else [])]):
        y = 20 + 22 * index
        legend.append(f'<rect x="{width * TILE + 20}" y="{y - 12}" width="14" height="14" '
                      f'fill="{colour.get(block, COLOURS[-1])}"/>'
                      f'<text x="{width * TILE + 42}" y="{y}">{block}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width * TILE + 260} {height * TILE}" '
            f'font-family="sans-serif" font-size="13">'
            f'<rect width="{width * TILE}" height="{height * TILE}" fill="#f4f4f0"/>'
            + "\n".join([*shapes, *legend]) + "</svg>\n")
