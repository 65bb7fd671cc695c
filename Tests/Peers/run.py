# SPDX-License-Identifier: Apache-2.0
"""Runs the peer tests: every function test_* of every module here; long_* only with --all. Prints one line each.

Without names, `--part functions` runs those that judge no time, so that compilers may run beside them, and `--part timings` the others, which want the
machine to themselves. In each, rows of modules run beside one another, a process for each row, and their lines come at the end. Those of NAMED run
where they are named, or with --all."""

import importlib.util
import inspect
import os
import re
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from harness import Skip  # noqa: E402


# Rows of modules that run beside the rest of their part. What refclock judges runs in real time, which compilers do not disturb, but others' real time does.
ASIDE = {
    "functions": (("record", "abi"), ("refclock",), ("idle", "diagnose", "keys", "adversity", "stubs")),
    "timings": (("orphan", "stamps"), ("rtc",), ("provider_check", "faults")),
}
FUNCTIONS = ("arguments", "configuration", "confined", "guide", "minimal", "privilege", "providers", "rivals", "sanitizers", "settime", "shipped")
# Suites that take long.
NAMED = ("auth", "authors", "fuzz", "receivers", "samba")


def part_of(module):
    is_function = module in FUNCTIONS or any(module in row for row in ASIDE["functions"])
    return "functions" if is_function else "timings"


def begin_aside(modules, every):
    command = [sys.executable, os.path.abspath(__file__), *modules, *(["--all"] if every else [])]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def end_aside(modules, process):
    """Its lines but the closing one, and what that one counts."""
    output, _ = process.communicate()
    *lines, last = output.splitlines() or [""]
    print("\n".join(lines), flush=True)
    counts = re.fullmatch(r"peer tests: (\d+) passed, (\d+) failed, (\d+) skipped", last)
    if counts:
        return tuple(map(int, counts.groups()))
    print(f"FAIL {' and '.join(modules)}: did not finish: {last}")
    return 0, 1, 0


def main():
    every = "--all" in sys.argv
    part = sys.argv[sys.argv.index("--part") + 1] if "--part" in sys.argv else None
    names = [a for a in sys.argv[1:] if not a.startswith("-") and a != part]
    modules = sorted(f[:-3] for f in os.listdir(HERE) if f.endswith(".py") and f not in ("run.py", "harness.py", "judge_run.py"))
    for name in names:
        if name not in modules:
            print(f"run.py: there is no {name}; known: {', '.join(modules)}")
            return 2
    passed = failed = skipped = 0
    parts = [] if names else [part] if part else list(ASIDE)
    rows = [row for p in parts for row in ASIDE[p]]
    aside = [(row, begin_aside(row, every)) for row in rows]
    elsewhere = {m for row in rows for m in row} | (set() if every else set(NAMED))
    for name in names or [m for m in modules if m not in elsewhere and part_of(m) in parts]:
        spec = importlib.util.spec_from_file_location(name, os.path.join(HERE, name + ".py"))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for title, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != name or not title.startswith(("test_", "long_")):
                continue
            label = f"{name}.{title}"
            if title.startswith("long_") and not every:
                continue
            start = time.monotonic()
            try:
                result = function()
                passed += 1
                note = f": {result}" if result else ""
                print(f"pass {label} ({time.monotonic() - start:.1f} s){note}", flush=True)
            except Skip as reason:
                skipped += 1
                print(f"skip {label}: {reason}", flush=True)
            except Exception as error:
                failed += 1
                print(f"FAIL {label}: {error}", flush=True)
                if not isinstance(error, AssertionError):
                    traceback.print_exc(file=sys.stdout)
    for row, process in aside:
        p, f, s = end_aside(row, process)
        passed, failed, skipped = passed + p, failed + f, skipped + s
    print(f"peer tests: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


sys.exit(main())
