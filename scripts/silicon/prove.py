# SPDX-License-Identifier: Apache-2.0
"""Proves pairs of functions equal, or finds inputs that tell them apart: random values first, then ABC.

Values that tell two functions apart are looked at again, in the graph itself, before anything is called
refuted. With products in between they count only when the products are those of numbers.
"""

import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from correspond import GUESSES, OPERAND, Pair, Problem
from simulate import PATTERNS, Simulation, simulate
from yosys import SiliconError

PROVEN, REFUTED, OPEN = "proven", "refuted", "open"
NUMBERS = 256                          # patterns with products of numbers


@dataclass
class Verdict:
    status: str
    why: str = ""                      # it is not proven
    differs: str = ""                  # the register or output that differs
    rtl: int = 0                       # what it is in the RTL, in the counterexample
    inputs: dict[str, int] = field(default_factory=dict)     # of the counterexample: inputs and state
    timeout: bool = False              # it might be closed in more time
    undefined: int = 0                 # pairs that the RTL leaves undefined for some values


def abc_program() -> Path:
    found = find_spec("pyosys")
    program = Path(found.origin).parent / "yosys-abc" if found else None
    if program is None or not program.exists():
        raise SiliconError("pyosys and its yosys-abc are not installed: run scripts/setup.sh")
    return program


def _abc(commands: str, folder: Path, seconds: float, label: str) -> str:
    """What ABC says; it is ended after `seconds`."""
    start = time.monotonic()
    log = folder / "cec.log"
    with log.open("w") as out:
        child = subprocess.Popen([str(abc_program()), "-q", commands], cwd=folder, stdout=out,
                                 stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        while True:
            try:
                child.wait(min(30, seconds))
                return log.read_text()
            except subprocess.TimeoutExpired:
                passed = time.monotonic() - start
                if passed >= seconds:
                    return ""
                print(f"{label}: proving, {passed:.0f} s", file=sys.stderr, flush=True)
    finally:
        child.kill()
        child.wait()


def _difference(problem: Problem, pairs: list[Pair], values: dict[int, int]) -> Verdict | None:
    """The pair that differs for these values of the inputs, whatever registers without a partner hold."""
    aig = problem.aig
    certain = values | dict.fromkeys(problem.free)
    for pair in pairs:
        if aig.evaluate([pair.care], certain)[0] != 1 or pair.name.startswith(GUESSES):
            continue
        rtl, netlist = aig.evaluate([pair.gold, pair.gate], certain)
        if None not in (rtl, netlist) and rtl != netlist:
            cone = aig.cone([pair.gold, pair.gate, pair.care])
            inputs = {aig.names[variable]: values.get(variable, 0) for variable in cone
                      if variable in aig.names and variable not in problem.free}
            return Verdict(REFUTED, f"{pair.name} differs", pair.name, rtl, dict(sorted(inputs.items())))
    return None


def _by_random_values(problem: Problem, pairs: list[Pair], seeds: range, numbers: bool) -> Verdict | None:
    """`numbers`: with products of numbers, and operands that were taken for equal being equal."""
    aig = problem.aig
    differences = [aig.and_(pair.care, aig.xor_(pair.gold, pair.gate)) for pair in pairs]
    perhaps = None
    for seed in seeds:
        found = (Simulation(aig, differences, seed, problem.factors, NUMBERS, problem.states) if numbers
                 else Simulation(aig, differences, seed, states=problem.states))
        unlike = 0
        for pair, difference in zip(pairs, differences):
            if numbers and pair.name == OPERAND:
                unlike |= found[difference]
        for pair, difference in zip(pairs, differences):
            value = found[difference] & ~unlike
            if value:
                verdict = _difference(problem, [pair], found.at(value.bit_length() - 1))
                if verdict:
                    return verdict
                perhaps = perhaps or Verdict(OPEN, _perhaps(problem, pair))
    return None if numbers else perhaps


def _perhaps(problem: Problem, pair: Pair) -> str:
    if pair.name.startswith(GUESSES):
        return f"{pair.name}: a guess that does not hold"
    loose = (problem.without + problem.extra + ["nothing"])[0]
    return f"{pair.name} differs when {loose}, which has no partner, may have any value"


def _by_abc(problem: Problem, pairs: list[Pair], folder: Path, seconds: float, label: str) -> Verdict:
    aig = problem.aig
    gold = [aig.and_(pair.care, pair.gold) for pair in pairs]
    gate = [aig.and_(pair.care, pair.gate) for pair in pairs]
    inputs = [variable for variable in aig.cone(gold + gate) if aig.fanins[variable] is None]
    aig.write(folder / "gold.aig", gold, inputs)
    aig.write(folder / "gate.aig", gate, inputs)
    text = _abc(f"&r gold.aig; &cec -C 1000000 -T {max(1, round(seconds))} gate.aig", folder,
                seconds + 60, label)
    if "Networks are equivalent" in text:
        return Verdict(PROVEN)
    found = re.search(r"INPUT: a = \d+'h([0-9A-F]+)", text)
    if found:
        number = int(found.group(1), 16)
        values = {variable: number >> place & 1 for place, variable in enumerate(inputs)}
        found = zip(pairs, aig.evaluate(gold, values), aig.evaluate(gate, values))
        wrong = [pair for pair, one, other in found if one != other]
        if wrong:
            return _difference(problem, wrong, values) or Verdict(OPEN, _perhaps(problem, wrong[0]))
    return Verdict(OPEN, f"not closed in {seconds:.0f} s", timeout=True)


def prove(problem: Problem, folder: Path, seconds: float, label: str = "") -> Verdict:
    """Looks at all pairs together; `folder` keeps what ABC read and said."""
    aig, pairs = problem.aig, problem.pairs
    if not pairs:
        return Verdict(OPEN, "nothing to compare")
    defined = simulate(aig, [pair.care for pair in pairs], 2, problem.states)
    left = [pair for pair in pairs if aig.and_(pair.care, pair.gold) != aig.and_(pair.care, pair.gate)]
    products = bool(problem.factors.known)
    verdict = None
    if left and products:
        verdict = _by_random_values(problem, left, range(2, 4), True)
    if left and not verdict:
        verdict = (_by_random_values(problem, left, range(2, 6), False)
                   or _by_abc(problem, left, folder, seconds, label))
        if verdict.status == REFUTED and products:
            verdict = Verdict(OPEN, f"{verdict.differs} differs when products may be any function")
    verdict = verdict or Verdict(PROVEN)
    verdict.undefined = sum(value != (1 << PATTERNS) - 1 for value in defined)
    never = next((pair.name for pair, value in zip(pairs, defined) if not value), "")
    if verdict.status == PROVEN and never:
        return Verdict(OPEN, f"{never} is hardly ever defined by the RTL")
    return verdict
