# SPDX-License-Identifier: Apache-2.0
"""Faults injected into providers, in both placements where survivable: the daemon stays up, the clock inside its hard bound, and no
sample of the others is lost. Prints a matrix; `--all` injects a thousand."""

import os
import shutil
import signal
import subprocess
import time

import harness as h

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "faulty.c")
# What the daemon survives from a provider in its own process, and what it survives from a child only.
ANYWHERE = ["flood", "garbage", "backwards", "future", "size", "stranger", "clock"]
CHILD_ONLY = ["exit", "crash", "abort", "hang", "leak", "bomb", "frames", "scribble", "bell", "killed", "stopped"]


def build(directory, fault):
    path = os.path.join(directory, f"libfaulty-{fault}.so")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-w", "-pthread", f"-DFAULT_{fault.upper()}",
                    "-I", os.path.join(h.ROOT, "Sources", "CTompionProvider", "include"), SOURCE, "-o", path], check=True)
    return path


class Run:
    """One daemon with one good source and many faulty providers."""

    def __init__(self, directory, start, counts):
        """counts: (fault, placement) -> how many such providers."""
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        text = h.client_configuration([port])
        self.providers = {}
        for (fault, placement), count in counts.items():
            built = build(directory, fault)
            for number in range(count):
                name = f"{fault}-{'child' if placement == 'process' else 'inside'}-{number}"
                self.providers[name] = (fault, placement)
                # Within one process each has to be a library of its own: the faulty provider keeps what it knows in globals.
                module = shutil.copy(built, os.path.join(directory, f"lib{name}.so"))
                text += f'\n[provider.{name}]\nmodule = "{module}"\nplacement = "{placement}"\n'
        self.daemon = start(h.Tompion(directory, "daemon", text)).wait_up(60)
        self.faults = {name: 0 for name in self.providers}
        self.worst = 0.0
        self.sequence = 0
        self.struck = {}

    def look(self):
        """Counts the faults so far, strikes children from outside, and checks what must hold all the time."""
        assert self.daemon.running(), f"the daemon ended{self.daemon.tail()}"
        for report in self.daemon.json("providers")["providers"]:
            name = report["name"]
            if name not in self.providers:
                assert report["state"] == "running", f"{name} is {report['state']}: {report['last_error']}"
                assert report["ring_full"] == 0 and report["misbehaved"] == 0, report
                continue
            fault, placement = self.providers[name]
            if placement == "process":
                self.faults[name] = report["restarts"] + (report["state"] in ("restarting", "failed"))
                strike = {"killed": signal.SIGKILL, "stopped": signal.SIGSTOP}.get(fault)
                pid = report["process_id"]
                if strike and pid and report["state"] == "running" and self.struck.get(name) != pid:
                    os.kill(pid, strike)
                    self.struck[name] = pid
        status = self.daemon.json("status")
        if status["synchronized"]:
            error, bound = abs(status["true_error_ns"]), status["bound_hard_ns"]
            assert error <= bound, f"true error {error} ns, hard bound {bound} ns"
            self.worst = max(self.worst, error / bound)

    def count_inside(self):
        """In the daemon's own process a fault shows as the event of its quarantine."""
        for event in self.daemon.json("events")["events"]:
            if event["sequence"] <= self.sequence:
                continue
            self.sequence = event["sequence"]
            name = event.get("source")
            if event["slug"] == "provider-quarantined" and self.providers.get(name, ("", "process"))[1] != "process":
                self.faults[name] += 1

    def lost(self):
        """Polls of the good source that brought no sample, beyond the one under way."""
        source = next(s for s in self.daemon.json("sources")["sources"] if s["provider"] == "ntp-client")
        return source["polls"] - source["samples"], source


def matrix(found):
    """found: (fault, placement) -> how many."""
    lines = ["fault        in-process      process", "-----------  --------------  -------------"]
    for fault in ANYWHERE + CHILD_ONLY:
        cells = [f"{found[fault, p]} contained" if (fault, p) in found else "not survivable" for p in ("in-process", "process")]
        lines.append(f"{fault:<12} {cells[0]:<15} {cells[1]}")
    return "\n     ".join(lines)


def inject(name, counts, each, seconds):
    """Runs until each provider had `each` faults; returns the faults by kind, the worst error by its bound, the good source's samples."""
    with h.workspace(name) as (directory, start):
        run = Run(directory, start, counts)
        run.daemon.wait_synced(60)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            run.look()
            run.count_inside()
            if all(count >= each for count in run.faults.values()):
                break
            time.sleep(0.3)
        short = {n: c for n, c in run.faults.items() if c < each}
        assert not short, f"fewer than {each} faults, or faults that nobody noticed: {short}{run.daemon.tail()}"
        missing, source = run.lost()
        assert missing <= 1, f"{missing} polls of the good source without a sample: {source}"
        found = {}
        for provider, key in run.providers.items():
            found[key] = found.get(key, 0) + run.faults[provider]
        return found, run.worst, source["samples"]


def note(found, worst, samples):
    return (f"{sum(found.values())} faults, worst error {worst * 100:.1f} % of the hard bound, none of the good source's {samples} samples lost"
            "\n     " + matrix(found))


def test_every_fault_is_contained():
    counts = {(f, p): 1 for f in ANYWHERE for p in ("in-process", "process")} | {(f, "process"): 1 for f in CHILD_ONLY}
    return note(*inject("faults", counts, 2, 60))


def long_a_thousand_faults():
    """Six of each provider, for what comes after five restarts in an hour is final; in four rounds."""
    counts = {(f, p): 2 for f in ANYWHERE for p in ("in-process", "process")}
    counts |= {(f, "process"): 1 if f in ("hang", "stopped", "leak", "bomb") else 2 for f in CHILD_ONLY}
    total, worst, samples = {}, 0.0, 0
    for number in range(4):
        found, most, good = inject(f"faults-{number}", counts, 6, 200)
        worst, samples = max(worst, most), samples + good
        for key, count in found.items():
            total[key] = total.get(key, 0) + count
    assert sum(total.values()) >= 1000, total
    return note(total, worst, samples)
