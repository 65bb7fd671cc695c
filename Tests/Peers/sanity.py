# SPDX-License-Identifier: Apache-2.0
"""The sanity gate along a chain: a link that goes bad is isolated by the next one, whose own clients see nothing of it."""

import json
import socket
import struct
import threading
import time

import harness as h
from stubs import Stub, reply

DAY = 86400


def dated(port):
    """Seconds that a server is ahead of this host, by a plain request."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        s.sendto(bytes([0x23]) + bytes(39) + b"\1\2\3\4\5\6\7\x08", ("127.0.0.1", port))
        answer = s.recv(1500)
    transmit = struct.unpack(">Q", answer[40:48])[0] / 2**32 - 2208988800
    return transmit - time.time(), answer


def test_a_bad_link_is_isolated_by_the_next():
    bad = threading.Event()
    stub = Stub(lambda q, t: [reply(q, t, shift=3 * DAY if bad.is_set() else 0.0)])
    try:
        with h.workspace("isolation") as (directory, start):
            port = h.free_port()
            text = h.client_configuration([stub.port]) + f'[provider.ntp-server]\nlisten = ["127.0.0.1:{port}"]\n'
            middle = start(h.Tompion(directory, "middle", text)).wait_synced()
            last = start(h.Tompion(directory, "last", h.client_configuration([port]))).wait_synced()
            bad.set()
            h.wait_for(lambda: [e for e in middle.json("events")["events"] if e["number"] == 34], 15, "TOO_BIG at the middle")
            h.wait_for(lambda: "local clock suspect" in middle.ask("why").stdout or middle.json("status")["synchronized"], 15,
                       "the middle knows what to say")
            ahead, _ = dated(port)
            assert abs(ahead) < 0.01, f"the middle serves a time {ahead} s ahead"
            for daemon in (middle, last):
                error = abs(daemon.json("status")["true_error_ns"])
                assert error < 2_000_000, f"{daemon.name} moved by {error} ns"
            assert not [e for e in last.json("events")["events"] if e["number"] == 34], "the last one was asked to jump"
            refused = [e for e in middle.json("events")["events"] if e["number"] == 34][0]
            assert refused["details"]["sample"], "the event does not carry the sample"
            bad.clear()
            h.wait_for(lambda: middle.json("status")["sanity"] == "good", 30, "the middle accepts the honest source again")
            return refused["text"]
    finally:
        stub.stop()


def test_a_firmware_date_is_noticed_and_forced():
    """A clock that starts years off: every good source agrees against it; nothing moves until an operator says so."""
    with h.workspace("firmware") as (directory, start):
        ports = [h.free_port() for _ in range(3)]
        for number, port in enumerate(ports):
            start(h.Tompion(directory, f"server{number}", h.server_configuration(port))).wait_up()
        years = -10 * 365 * DAY
        text = h.client_configuration(ports, clock=f'kind = "virtual"\ninitial_offset = {years}.0\n')
        client = start(h.Tompion(directory, "client", text)).wait_up()
        status = h.wait_for(lambda: (lambda s: s["sanity"] == "suspect" and s["sanity_of"] == 3 and s)(client.json("status")), 20,
                            "the clock is suspect by all three sources")
        assert status["sanity_agreeing"] == 3, status
        assert abs(status["true_error_ns"] - years * 10**9) < 10**9, "the clock moved before anybody said so"
        why = client.ask("why").stdout.strip()
        assert "3 of 3 sources agree" in why, why
        client.ask("resync", "--force")
        client.wait_synced(30)
        h.wait_for(lambda: abs(client.json("status")["true_error_ns"]) < 1_000_000, 20, "within 1 ms after the force")
        return why


def test_first_sync_may_accept():
    with h.workspace("first-sync") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        text = h.client_configuration([port], clock=f'kind = "virtual"\ninitial_offset = {-20 * 365 * DAY}.0\nfirst_sync = "accept"\n')
        client = start(h.Tompion(directory, "client", text)).wait_synced(30)
        h.wait_for(lambda: abs(client.json("status")["true_error_ns"]) < 1_000_000, 20, "within 1 ms")
        assert client.json("status")["steps"] == 1


def test_a_forced_resync_is_of_all_sources():
    with h.workspace("forced") as (directory, start):
        daemon = start(h.Tompion(directory, "daemon", h.client_configuration([h.free_port()]))).wait_up()
        result = daemon.ask("resync", "--force", "--source", "127.0.0.1", check=False)
        assert result.returncode == 64 and "sanity gate" in result.stderr, result
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(daemon.socket)
            # Two requests in one packet, a line that is none after them: answered in order.
            s.sendall(b'{"request":"resync","force":true,"source":"127.0.0.1"}\n{"request":"why"}\nhello\n')
            answers = [json.loads(line) for line in s.makefile()]
        assert [a.get("error") or a["reply"] for a in answers] == ["refused", "why", "malformed"], answers
