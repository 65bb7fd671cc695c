# SPDX-License-Identifier: Apache-2.0
"""Faults of receivers, pulses and hardware clocks (Scenarios/receiver-faults.json): each a run in virtual time with the providers that ship, the
engine and a steered clock. Prints a matrix: what the provider said, what the engine did, how wrong the clock was, whether its bound held."""

import json
import os
import subprocess

import harness as h

EVENTS = {37: "used", 38: "not used", 47: "server dropped", 600: "lost", 601: "found", 602: "unfit", 603: "refused", 604: "trusted",
          605: "week put right", 606: "delay learned", 607: "jumped"}
FOLLOWED = {"nobody": "held over", "network": "followed the servers", "reference": "followed the receiver", "unsynchronized": "followed nobody, and said so"}
# By the slugs of Docs/events.md.
NEWS = {"falseticker": "falseticker", "too-big": "too big", "local-clock-suspect": "clock suspect", "source-restarted": "source restarted",
        "leap-armed": "leap armed", "leap-passed": "leap made", "clock-stepped": "STEPPED"}


def simulate(file, seeds, *names):
    run = subprocess.run([os.path.join(h.ROOT, "Tools", "simulate"), "--file", os.path.join(h.ROOT, "Scenarios", file), *(names or ["--all"]),
                          "--seeds", str(seeds), "--json"], capture_output=True, text=True, timeout=900)
    assert run.returncode == 0, run.stderr[-2000:] + run.stdout[-500:]
    return [json.loads(line) for line in run.stdout.splitlines()]


def said(result):
    """What is told of each run beside that a source is used at last."""
    counts = {int(number): count for number, count in result["provider_events"].items()}
    told = [f"{number} {EVENTS.get(number, '?')}" for number in sorted(counts) if number not in (37, 604)]
    return ", ".join(told) or "nothing"


def did(result):
    followed = result["followed_in_fault"]
    most = FOLLOWED[max(followed, key=followed.get)] if followed else "went on"
    return ", ".join([most, *(word for key, word in NEWS.items() if key in result["engine_events"])])


def milliseconds(seconds):
    return "none" if seconds is None else f"{seconds * 1e3:.4f}" if seconds < 1e-3 else f"{seconds * 1e3:.2f}"


def matrix(results):
    rows = [["fault", "the provider said", "the engine", "worst ms", "bound ms", "held", ""]]
    for result in results:
        held = result["hard_coverage"]
        rows.append([result["scenario"].removeprefix("fault-"), said(result), did(result), milliseconds(result["greatest_error_s"]),
                     milliseconds(result["greatest_bound_s"]), "no bound told" if held is None else "yes" if held == 1 else f"{held:.5f}",
                     "MISSED: " + ", ".join(result["missed"]) if result["missed"] else ""])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]


def test_matrix():
    results = simulate("receiver-faults.json", 2)
    assert len(results) >= 60, f"only {len(results)} faults"
    lines = matrix(results)
    missed = [result["scenario"] for result in results if result["missed"]]
    text = "\n     ".join(["", *lines])
    assert not missed, f"{', '.join(missed)}{text}"
    return f"{len(results)} faults, two seeds each, refused or held over{text}"


def test_a_fault_that_is_none_is_seen():
    """The matrix goes red: a jump that is expected and never comes, and one that comes and is not expected."""
    with h.workspace("receivers") as (directory, _):
        with open(os.path.join(h.ROOT, "Scenarios", "receiver-faults.json"), encoding="utf-8") as file:
            every = json.load(file)["scenarios"]
        well, ill = every["fault-jump-nmea"], every["fault-rollover-2038"]
        well["model"]["refclock"]["faults"][0]["by_s"] = 0.0
        ill["model"]["refclock"]["faults"][0]["weeks"] = 1024
        path = os.path.join(directory, "broken.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"scenarios": {"well": well, "ill": ill}}, file)
        results = simulate(path, 1)
        assert [result["missed"] for result in results] == [["expected"], ["expected"]], results
    return "both expectations missed"


def test_continuity():
    """A server without its receiver, or without its upstream: its clients stay together while the bound of each grows, and events say so."""
    lines = []
    for result in simulate("continuity.json", 2):
        assert not result["missed"] and result["hard_coverage"] == 1, result
        lines.append(f"{result['scenario']}: {result['greatest_spread_s'] * 1e6:.0f} us apart while {result['greatest_error_s'] * 1e3:.1f} ms off and the "
                     f"bound {result['greatest_bound_s'] * 1e3:.0f} ms; {said(result)}")
    return "; ".join(lines)


def test_temperature():
    """An oscillator that warms and cools: with a sensor the clock stays right through two hours alone, without one it does not."""
    found = {result["scenario"]: result for result in simulate("temperature.json", 2)}
    for result in found.values():
        assert not result["missed"] and result["hard_coverage"] == 1, result
    alone = found.pop("temperature-ramp")["greatest_error_s"]
    for name, result in found.items():
        assert result["greatest_error_s"] < alone / 5, (name, result["greatest_error_s"], alone)
    return f"without a sensor {alone * 1e6:.0f} us off at most, " + ", ".join(
        f"{name.removeprefix('temperature-ramp-')} {result['greatest_error_s'] * 1e6:.0f} us" for name, result in found.items())


def test_well():
    """Receivers that are well, by each line: their goals, and the given scenario of pulses through the provider."""
    lines = []
    for result in simulate("receivers.json", 2) + simulate("given.json", 2, "pps"):
        assert result["hard_coverage"] == 1, result
        assert not result["missed"] if result["goal_ratio"] is None else result["ratio"] <= result["goal_ratio"], result
        ratio = "" if result["ratio"] is None else f" ({result['ratio']:.2f} of chronyd's, limit {result['goal_ratio']})"
        lines.append(f"{result['scenario']}: {result['rms_s'] * 1e9:.0f} ns rms{ratio}")
    return ", ".join(lines)
