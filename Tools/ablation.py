# SPDX-License-Identifier: Apache-2.0
"""The runs and the table of ./Tools/ablation: each part of the estimator switched off by a checked change of the source."""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOME = os.path.join(ROOT, ".build", "ablation")
TREE = os.path.join(HOME, "tree")
SCRATCH = os.path.join(HOME, "build")
COPIED = ("Package.swift", "Sources", "Plugins", "Tests", "Scenarios")
PRODUCTS = ("simulate", "tompion-ntp-client", "tompion-ntp-server", "tompion-gnss", "tompion-pps", "tompion-phc")

BELIEFS = "var beliefs: PerFamily<Double> = [0.5, 0, 0.1, 0.1, 0.1, 0.1, 0.1]"


def beliefs(*values):
    """Families of a first belief of zero are never worked out."""
    return ("Filtering/PathNoise.swift", BELIEFS, BELIEFS.split("[0.5")[0] + "[" + ", ".join(map(str, values)) + "]")


SKEW = ("Filtering/PathFilter.swift", "let isSkewed = noise.skew < 0.3 || noise.skew > 0.7", "let isSkewed = noise.skew < -1")

# name: (file below Sources, text that must be there exactly once, its replacement), ...
PARTS = {
    "direction-wise queues": (beliefs(0, 0, 0, 0.1, 0.1, 0.1, 0.1), SKEW),
    "gamma family": (beliefs(0.5, 0, 0, 0.1, 0.1, 0.1, 0.1),),
    "normal family": (beliefs(0.5, 0, 0.1, 0.1, 0.1, 0.1, 0),),
    "excess families": (beliefs(0.5, 0, 0.1, 0, 0, 0, 0.1),),
    "skew": (SKEW,),
    "heavy queues": (
        ("Filtering/OneSidedLikelihood.swift", "mean: heavy, probability: share)", "mean: heavy, probability: 1e-12 * share)"),),
    "floor as a state": (
        ("Filtering/PathFilter.swift", "    window.add(measurement)\n    guard window.isDue",
         "    window.add(measurement)\n    bank.setFloor(window.least, variance: 0)\n    guard window.isDue"),),
    "bank of oscillators": (
        ("Filtering/ClockBank.swift", "[1e-11, 1e-10, 3e-10, 1e-9, 3e-9, 1e-8, 3e-8, 1e-7]",
         "[1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9]"),),
    "evidence memory (50)": (
        ("Filtering/ClockBank.swift", "static var memory: Double { @_noAllocation @_noLocks get { 0.995 } }",
         "static var memory: Double { @_noAllocation @_noLocks get { 0.98 } }"),),
    "autocorrelation discount": (
        ("Filtering/DelayWindow+Shape.swift", "return independence > 0.05 ? independence : 0.05",
         "return independence > 2 ? independence : 1"),),
    "route watch": (
        ("Filtering/RouteWatch.swift", "let isHeld = isBelow && (isFar || !isClock)",
         "let isHeld = isBelow && (isFar || !isClock) && forward.count == 0"),
        ("Filtering/RouteWatch.swift", "return count < Self.runLength ? .none : longer(",
         "return count <= Self.runLength ? .none : longer(")),
    "first 16 again": (
        ("Filtering/PathFilter.swift", "if count == 3 || count == 4 || count & 1 == 0 && count >= 6 { goThroughAgain() }",
         "if count < 0 { goThroughAgain() }"),),
    "joint filter": (
        ("Fusion/JointFilter.swift", "return contributors == 1 || !hasMature ? .adopt(best) : .add(fresh)",
         "return contributors >= 1 || !hasMature ? .adopt(best) : .add(fresh)"),),
    "biases": (
        ("Fusion/SourceBias.swift", "if samples < 2 { return distance }", "if samples >= 0 { return 0 }"),),
    "inner selection": (
        ("Selection/SourceSelection.swift", "    castOutMovers()\n    // Half", "    // Half"),),
    "patient servo": (
        ("Discipline/Servo.swift", "if patient > constant { constant = patient }", "if patient > 1e9 { constant = patient }"),),
}

# The given scenarios that differ most, and for each part one that it is there for.
SCENARIOS = (
    "lan-software-stamps", "bufferbloat", "one-sided-congestion", "high-wander", "gaussian-jitter", "gamma-three", "one-sided-jitter",
    "slow-queue", "route-step-one-way", "half-lost", "frequency-step", "unlike-sources", "unlike-asymmetry", "drifting-liars")


def fail(text):
    sys.exit(f"ablation: {text}")


class Arguments(argparse.ArgumentParser):
    """A mistake is told in a line, with status 2."""

    def error(self, message):
        sys.stderr.write(f"{self.prog}: {message}; see {self.prog} --help\n")
        sys.exit(2)


def known_scenarios():
    names = []
    for file in sorted(os.listdir(os.path.join(ROOT, "Scenarios"))):
        if file.endswith(".json"):
            with open(os.path.join(ROOT, "Scenarios", file), encoding="utf-8") as stream:
                names += json.load(stream)["scenarios"]
    return names


def kept_results(path, parser):
    """What --json's file holds already, {} where there is none; a file that is something else is not written over."""
    if not os.path.exists(path):
        if not os.access(os.path.dirname(os.path.abspath(path)), os.W_OK):
            parser.error(f"--json {path}: its directory is not there or may not be written to")
        return {}
    try:
        with open(path, encoding="utf-8") as stream:
            known = json.load(stream)
        if not isinstance(known, dict) or not isinstance(known.get("tree"), str):
            raise ValueError("it is not a file of ./Tools/ablation --json")
    except (OSError, ValueError) as error:
        parser.error(f"--json {path}: {error}; name a new file, or one that this tool wrote")
    if not os.access(path, os.W_OK):
        parser.error(f"--json {path}: it may not be written to")
    return known


def copy_tree():
    """Brings the copy up to date; what did not change keeps its time, so that only the rest is built again."""
    os.makedirs(TREE, exist_ok=True)
    for name in COPIED:
        source, target = os.path.join(ROOT, name), os.path.join(TREE, name)
        if not os.path.exists(source):
            continue
        if os.path.isfile(source):
            refresh(source, target)
            continue
        wanted = set()
        for folder, folders, files in os.walk(source):
            folders[:] = [entry for entry in folders if not entry.startswith(".build")]
            below = os.path.relpath(folder, source)
            os.makedirs(os.path.join(target, below), exist_ok=True)
            for entry in files:
                refresh(os.path.join(folder, entry), os.path.join(target, below, entry))
                wanted.add(os.path.normpath(os.path.join(target, below, entry)))
        for folder, _, files in os.walk(target):
            for entry in files:
                path = os.path.normpath(os.path.join(folder, entry))
                if path not in wanted:
                    os.remove(path)


def refresh(source, target):
    if os.path.exists(target):
        with open(source, "rb") as a, open(target, "rb") as b:
            if a.read() == b.read():
                return
    shutil.copy(source, target)


def changed(changes):
    """The new texts of the files that a part changes; every change must find exactly one place."""
    texts = {}
    for file, before, after in changes:
        path = os.path.join("Sources", file)
        if path not in texts:
            with open(os.path.join(ROOT, path), encoding="utf-8") as stream:
                texts[path] = stream.read()
        places = texts[path].count(before)
        if places != 1:
            fail(f"{path}: {places} places match, and it must be one:\n{before}")
        texts[path] = texts[path].replace(before, after)
    return texts


def apply(texts):
    for path, text in texts.items():
        with open(os.path.join(TREE, path), "w", encoding="utf-8") as stream:
            stream.write(text)


def restore(texts):
    for path in texts:
        shutil.copy(os.path.join(ROOT, path), os.path.join(TREE, path))


def build(label, products):
    flags = ["--explicit-target-dependency-import-check", "error", "--package-path", TREE, "--scratch-path", SCRATCH, "-c", "release"]
    for product in products:
        run = subprocess.run(["swift", "build", *flags, "--product", product], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if run.returncode != 0:
            sys.stderr.write(run.stdout)
            fail(f"the build failed ({label})")
    return subprocess.run(["swift", "build", *flags, "--show-bin-path"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def digest(seeds):
    """Of everything that decides the figures: the sources, the scenarios and the number of seeds."""
    found = hashlib.sha256(str(seeds).encode())
    for name in ("Sources", "Plugins", "Scenarios"):
        for folder, folders, files in os.walk(os.path.join(TREE, name)):
            folders.sort()
            for entry in sorted(files):
                with open(os.path.join(folder, entry), "rb") as stream:
                    found.update(stream.read())
    return found.hexdigest()


def simulate(binaries, scenarios, seeds):
    files = []
    for name in sorted(os.listdir(os.path.join(TREE, "Scenarios"))):
        if name.endswith(".json"):
            files += ["--file", os.path.join(TREE, "Scenarios", name)]
    run = subprocess.run([os.path.join(binaries, "simulate"), "--modules", binaries, *files, *scenarios, "--seeds", str(seeds),
                          "--jobs", "1", "--json"], stdout=subprocess.PIPE, text=True)
    if run.returncode != 0:
        fail("the simulator failed")
    return {row["scenario"]: row["rms_s"] for row in map(json.loads, run.stdout.splitlines())}


def row(label, cells):
    return f"| {label} | " + " | ".join(cells) + " |"


def main():
    parser = Arguments(prog="ablation", description="Switches off one part of the estimator after the other.")
    parser.add_argument("scenario", nargs="*", help=f"default: {' '.join(SCENARIOS)}")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--part", action="append", choices=list(PARTS), help="only these; may be repeated", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="the parts")
    parser.add_argument("--json", metavar="FILE",
                        help="keeps the rms of all runs, after each part; what it holds already of the same tree is not run again")
    options = parser.parse_args()
    if not 1 <= options.seeds <= 10000:
        parser.error("--seeds must be from 1 to 10000")
    if options.list:
        print("\n".join(PARTS))
        return
    scenarios = options.scenario or list(SCENARIOS)
    known = known_scenarios()
    for name in scenarios:
        if name not in known:
            parser.error(f"there is no scenario {name}; ./Tools/simulate --list shows them")
    parts = options.part or list(PARTS)
    kept = kept_results(options.json, parser) if options.json else {}
    # All changes are tried before anything is built.
    texts = {name: changed(PARTS[name]) for name in PARTS}
    copy_tree()
    results = {"tree": digest(options.seeds)}
    if kept.get("tree") == results["tree"]:
        results = kept
    print(row("without", scenarios))
    print("|---|" + "---|" * len(scenarios))
    for part in ["full", *parts]:
        have = results.setdefault(part, {})
        missing = [name for name in scenarios if name not in have]
        if missing:
            apply(texts.get(part, {}))
            try:
                have.update(simulate(build(part, PRODUCTS), missing, options.seeds))
            finally:
                restore(texts.get(part, {}))
            if options.json:
                with open(options.json, "w", encoding="utf-8") as stream:
                    json.dump(results, stream, indent=1)
        if part == "full":
            print(row("nothing: rms, µs", [f"{1e6 * have[name]:.3g}" for name in scenarios]), flush=True)
        else:
            print(row(part, [f"{have[name] / results['full'][name]:.2f}" for name in scenarios]), flush=True)


if __name__ == "__main__":
    main()
