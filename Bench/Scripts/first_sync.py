# SPDX-License-Identifier: Apache-2.0
"""Seconds from the start to synchronized, Tompion and chronyd -x in turns, and the requests that each had sent by then: medians.

"default": both with iburst and nothing else. "close": with a shortest poll interval of 1 s, at which chronyd's burst has gaps of
0.25 s and Tompion's of 1 s, because no two requests of ours are closer than the poll interval or 2 s.
"""

import json
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Tests", "Peers"))
import harness as h  # noqa: E402

PATIENCE = 30


def until(condition, process):
    """Looks every few milliseconds; seconds it took."""
    begin = time.monotonic()
    while not condition():
        if not process.running() or time.monotonic() - begin > PATIENCE:
            raise h.Skip(f"{process.name} did not synchronize within {PATIENCE} s")
        time.sleep(0.005)
    return time.monotonic() - begin


def ours(directory, start, port, name, poll):
    text = f'\n[clock]\nkind = "virtual"\n[[source]]\naddress = "127.0.0.1"\nport = {port}\niburst = true\n'
    daemon = start(h.Tompion(directory, f"ours-{name}", text + ("" if poll is None else f"min_poll = {poll}\nmax_poll = {poll + 2}\n")))

    def synced():
        if not os.path.exists(daemon.socket):
            return False
        answer = daemon.ask("status", "--json", check=False)
        return answer.returncode == 0 and json.loads(answer.stdout).get("synchronized")
    took = until(synced, daemon)
    requests = sum(source["polls"] for source in daemon.json("sources")["sources"])
    daemon.stop()
    return took, requests


def theirs(directory, start, port, name, poll):
    polls = "" if poll is None else f"minpoll {poll} maxpoll {poll + 2}"
    daemon = start(h.chronyd(directory, f"theirs-{name}", f"port 0\nserver 127.0.0.1 port {port} iburst {polls}"))

    def synced():
        # Field 2 of `tracking` is the reference's id, 00000000 = none; 7F7F0101 = itself.
        rows = h.chronyc(daemon, "tracking") if os.path.exists(daemon.command) else []
        return bool(rows) and rows[0][0] not in ("00000000", "7F7F0101")
    took = until(synced, daemon)
    # `ntpdata`: the total of packets sent is the last but three.
    rows = h.chronyc(daemon, "ntpdata")
    daemon.stop()
    return took, int(rows[0][-4]) if rows else 0


def measure():
    with h.workspace("bench-first-sync") as (directory, start):
        port = h.free_port()
        start(h.chronyd(directory, "server", f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 1"))
        time.sleep(1)
        found = {}
        for kind, poll in (("default", None), ("close", 0)):
            pairs = []
            for turn in range(2 if "--quick" in sys.argv else 5):
                name = f"{kind}{turn}"
                pairs.append((ours(directory, start, port, name, poll), theirs(directory, start, port, name, poll)))
            for index, who in enumerate(("ours", "theirs")):
                found[f"{kind}-{who}"] = statistics.median(p[index][0] for p in pairs)
                found[f"{kind}-{who}-requests"] = statistics.median(p[index][1] for p in pairs)
            found[f"{kind}-ratio"] = statistics.median(p[0][0] / p[1][0] for p in pairs)
        return found


try:
    print(json.dumps(measure()))
except h.Skip as reason:
    print(json.dumps({"skipped": str(reason)}))
