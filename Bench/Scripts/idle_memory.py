# SPDX-License-Identifier: Apache-2.0
"""Resident memory of the idle daemon and of chronyd -x with the same four sources, in kB: of all, and of what is theirs alone (the
rest is files, which the kernel keeps once for everybody)."""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Tests", "Peers"))
import harness as h  # noqa: E402
import idle  # noqa: E402


def anonymous(process):
    with open(f"/proc/{process.pid}/status") as f:
        return float(next(line.split()[1] for line in f if line.startswith("RssAnon")))


def measure():
    with h.workspace("bench-idle") as (directory, start):
        daemon, peer, text = idle.beside_chronyd(directory, start)
        time.sleep(3 if "--quick" in sys.argv else 15)
        found = {"ours": float(daemon.rss_kilobytes()), "theirs": float(peer.rss_kilobytes()),
                 "ours-anonymous": anonymous(daemon), "theirs-anonymous": anonymous(peer)}
        if os.path.exists(os.path.join(h.STATIC, "bin", "tompiond")):
            static = start(h.Tompion(directory, "static", text, stage=h.STATIC)).wait_synced()
            time.sleep(3)
            found["static"] = float(static.rss_kilobytes())
        return found


try:
    print(json.dumps(measure()))
except h.Skip as reason:
    print(json.dumps({"skipped": str(reason)}))
