# SPDX-License-Identifier: Apache-2.0
"""Bench as a user runs it: a quick run of what needs no quiet machine, its lines, its page and its comparison."""

import json
import os
import subprocess

import harness as h

RUN = os.path.join(h.ROOT, "Bench", "run")


def bench(*arguments, timeout=900):
    return subprocess.run([RUN, *arguments], capture_output=True, text=True, timeout=timeout)


# What the issue names; each is there, measured or with the reason why not.
NAMES = ["ring.same-core", "ring.cross-core", "receive.epoll.p99", "receive.recvmsg.p99", "receive.poll.p99", "receive.uring.p99",
         "receive.uring-multishot.p99", "receive.busy-poll.p50", "receive.chosen.p99", "receive.chosen.veth.p99",
         "pipeline.stamp-to-sample.p999", "pipeline.stamp-to-steer.p999", "pipeline.stamp-to-steer.stressed.p999",
         "hotpath.allocations", "hotpath.futex", "clock.read", "clock.adjtimex", "clock.phc.p50", "scheduling.jitter.p99", "idle.rss",
         "startup.first-sync", "server.replies-per-core", "server.cpu-per-reply", "server.against-c", "server.p99-half-load",
         "server.loss-below-80", "server.workers"]


def long_bench_measures():
    """A smoke test: the cheapest entries and the promise of the hot path (long for the build of Bench alone); the rest is long_bench_reports'."""
    result = bench("--list")
    assert result.returncode == 0, result.stderr[-2000:]
    listed = {name for line in result.stdout.splitlines() if not line.startswith(" ") for name in line.split()}
    assert not set(NAMES) - listed, set(NAMES) - listed
    result = bench("--quick", "--json", "ring.same-core", "clock", "hotpath")
    found = {line["name"]: line for line in map(json.loads, result.stdout.splitlines())}
    for name in ("hotpath.allocations", "hotpath.futex"):
        assert found[name].get("value", 0) == 0, found[name]
    assert "value" in found["hotpath.allocations"] or "skipped" in found["hotpath.allocations"], found
    assert found["clock.adjtimex"]["value"] > 0 and found["ring.same-core"]["ratio"] > 0, found
    return f"{len(found)} figures of {len(listed)} names; hot path: {found['hotpath.allocations']}"


def long_bench_reports():
    with h.workspace("bench") as (directory, _):
        page, old = os.path.join(directory, "page.html"), os.path.join(directory, "old.json")
        result = bench("--quick", "--json", "--html", page, timeout=1500)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        found = {line["name"]: line for line in lines}
        for line in lines:
            keys = set(line)
            assert keys in ({"name", "skipped"}, {"name", "value", "unit"},
                            {"name", "value", "unit", "peer", "peer_value", "ratio"}), line
        for name in NAMES:
            assert name in found, f"{name} is missing: {result.stdout}{result.stderr[-2000:]}"
        for name in ("hotpath.allocations", "hotpath.futex", "engine.sample-allocations"):
            assert found[name].get("value", 0) == 0, found[name]
        with open(page) as f:
            text = f.read()
        assert "<svg" in text and "ring.same-core" in text and "clocksource" in text, text[:500]
        with open(old, "w") as f:
            f.write(result.stdout)
        again = bench("--quick", "--compare", old, "ring.same-core")
        assert "since" in again.stdout, again.stdout + again.stderr[-2000:]
        ratio = found["ring.same-core"]["ratio"]
        assert ratio <= 1.10, f"ring.same-core is {ratio} of the C++ ring"
        return f"ring.same-core {ratio}, engine {found['engine.sample-cost']['value']} us a sample"


def long_bench_refuses_what_it_does_not_know():
    result = bench("no-such-entry")
    assert result.returncode == 2 and "no-such-entry" in result.stderr, result
    result = bench("--compare", "/no/such/file", "ring.same-core")
    assert result.returncode == 2 and "/no/such/file" in result.stderr, result
