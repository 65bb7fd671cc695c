# SPDX-License-Identifier: Apache-2.0
"""The idle daemon's cost with 4 sources, beside chronyd's in the same run."""

import os
import time

import harness as h

SECONDS = 30


def beside_chronyd(directory, start):
    """The daemon, chronyd -x with the same four sources, and the daemon's configuration; Bench measures memory with it."""
    ports = [h.free_port() for _ in range(4)]
    for number, port in enumerate(ports):
        start(h.chronyd(directory, f"source{number}", f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 1"))
    text = '[clock]\nkind = "virtual"\n' + "".join(
        f'\n[[source]]\naddress = "127.0.0.1"\nport = {p}\niburst = true\nmin_poll = 4\nmax_poll = 6\n' for p in ports)
    daemon = start(h.Tompion(directory, "daemon", text)).wait_synced()
    peer = start(h.chronyd(directory, "peer", "port 0\n" + "".join(
        f"server 127.0.0.1 port {p} iburst minpoll 4 maxpoll 6\n" for p in ports)))
    return daemon, peer, text


def test_an_idle_daemon_is_small():
    with h.workspace("idle") as (directory, start):
        daemon, peer, _ = beside_chronyd(directory, start)
        time.sleep(46)  # both have had their bursts: ours is 44 s long at a poll interval of 16 s
        before = daemon.cpu_seconds(), peer.cpu_seconds()
        time.sleep(SECONDS)
        ours, theirs = ((p.cpu_seconds() - b) / SECONDS * 100 for p, b in zip((daemon, peer), before))
        rss, peer_rss = daemon.rss_kilobytes(), peer.rss_kilobytes()
        note = (f"resident {rss / 1024:.1f} MB (chronyd {peer_rss / 1024:.1f}), processor {ours:.2f} % "
                f"(chronyd {theirs:.2f} %; resolution {100 / SECONDS / os.sysconf('SC_CLK_TCK'):.2f} %)")
        assert rss < 16 * 1024, note
        assert ours < 0.2, note
        return note


def test_locked_memory():
    with h.workspace("locked") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        daemon = start(h.Tompion(directory, "daemon", "lock_memory = true\n" + h.client_configuration([port] * 1))).wait_synced()
        with open(f"/proc/{daemon.pid}/status") as f:
            locked = next(int(line.split()[1]) for line in f if line.startswith("VmLck"))
        if locked == 0:
            raise h.Skip("this machine refuses mlockall (RLIMIT_MEMLOCK, no CAP_IPC_LOCK)")
        rss = daemon.rss_kilobytes()
        assert rss < 32 * 1024, f"{rss / 1024:.1f} MB resident with memory locked"
        return f"{rss / 1024:.1f} MB resident with memory locked"
