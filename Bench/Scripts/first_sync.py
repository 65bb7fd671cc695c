# SPDX-License-Identifier: Apache-2.0
"""Seconds from the start to synchronized, Tompion and chronyd -x in turns: {"ours","theirs","ratio"}, medians."""

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


def ours(directory, start, port, turn):
    daemon = start(h.Tompion(directory, f"ours{turn}", h.client_configuration([port])))

    def synced():
        if not os.path.exists(daemon.socket):
            return False
        answer = daemon.ask("status", "--json", check=False)
        return answer.returncode == 0 and json.loads(answer.stdout).get("synchronized")
    took = until(synced, daemon)
    daemon.stop()
    return took


def theirs(directory, start, port, turn):
    daemon = start(h.chronyd(directory, f"theirs{turn}", f"port 0\nserver 127.0.0.1 port {port} iburst minpoll 0 maxpoll 2"))

    def synced():
        # Field 2 of `tracking` is the reference's id, 00000000 = none; 7F7F0101 = itself.
        rows = h.chronyc(daemon, "tracking") if os.path.exists(daemon.command) else []
        return bool(rows) and rows[0][0] not in ("00000000", "7F7F0101")
    took = until(synced, daemon)
    daemon.stop()
    return took


def measure():
    with h.workspace("bench-first-sync") as (directory, start):
        port = h.free_port()
        start(h.chronyd(directory, "server", f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 1"))
        time.sleep(1)
        pairs = []
        for turn in range(2 if "--quick" in sys.argv else 7):
            pairs.append((ours(directory, start, port, turn), theirs(directory, start, port, turn)))
        return {"ours": statistics.median(p[0] for p in pairs), "theirs": statistics.median(p[1] for p in pairs),
                "ratio": statistics.median(p[0] / p[1] for p in pairs)}


try:
    print(json.dumps(measure()))
except h.Skip as reason:
    print(json.dumps({"skipped": str(reason)}))
