# SPDX-License-Identifier: Apache-2.0
"""chronyd (Debian, -x) as our client's server and as our server's client, by IPv4 and IPv6."""

import statistics
import time

import harness as h


def chrony_server(directory, start, port, address="127.0.0.1"):
    return start(h.chronyd(directory, "chronyd", f"""
port {port}
bindaddress {address}
allow {address}
local stratum 1
"""))


def test_client_follows_chronyd():
    notes = []
    for address in ["127.0.0.1"] + (["::1"] if h.has_ipv6() else []):
        with h.workspace("chrony-server") as (directory, start):
            port = h.free_port()
            chrony_server(directory, start, port, address)
            client = start(h.Tompion(directory, "client", h.client_configuration(
                [port], clock='kind = "virtual"\ninitial_offset = 0.05\ninitial_frequency_ppm = 25.0\n', address=address)))
            client.wait_synced()
            h.wait_for(lambda: abs(client.json("status")["true_error_ns"]) < 50_000, 30, "true error under 50 µs")
            status = client.json("status")
            assert status["stratum"] == 2, status
            source = client.json("sources")["sources"][0]
            assert source["stratum"] == 1 and source["reach"] > 0, source
            notes.append(f"{address}: true error {status['true_error_ns']} ns")
    return ", ".join(notes)


def follow_with_chronyd(directory, start, address, port, name="follower"):
    return start(h.chronyd(directory, name, f"""
port 0
server {address} port {port} iburst minpoll 0 maxpoll 0 xleave
"""))


def test_chronyd_follows_our_server():
    addresses = ["127.0.0.1"] + (["::1"] if h.has_ipv6() else [])
    notes = []
    for address in addresses:
        with h.workspace("chrony-client") as (directory, start):
            port = h.free_port()
            start(h.Tompion(directory, "server", h.server_configuration(port, ipv6=len(addresses) > 1))).wait_up()
            peer = follow_with_chronyd(directory, start, address, port)

            def selected():
                rows = h.chronyc(peer, "sources")
                return rows and rows[0][1] == "*" and rows
            rows = h.wait_for(selected, 20, f"chronyd selects our server at {address}")
            assert rows[0][3] == "1", f"stratum seen by chronyd: {rows}"
            notes.append(f"{address} offset {float(rows[0][7]) * 1e9:.0f} ns")
    return ", ".join(notes)


def test_both_measure_the_same_clock():
    """Our estimate of chronyd's clock and chronyd's of ours, both being this host's: within 20 µs."""
    with h.workspace("agreement") as (directory, start):
        their_port, our_port = h.free_port(), h.free_port()
        chrony_server(directory, start, their_port)
        start(h.Tompion(directory, "server", h.server_configuration(our_port))).wait_up()
        observer = start(h.Tompion(directory, "observer", h.client_configuration(
            [their_port], clock='kind = "system"\nsteer = false\n'))).wait_synced()
        peer = follow_with_chronyd(directory, start, "127.0.0.1", our_port)
        h.wait_for(lambda: h.chronyc(peer, "sources") and h.chronyc(peer, "sources")[0][1] == "*", 20, "chronyd selects us")
        ours, theirs = [], []
        for _ in range(12):
            time.sleep(1)
            ours.append(observer.json("sources")["sources"][0]["offset_ns"])
            # chronyc's "adjusted offset" in seconds; its sign is that of chronyd's local clock, so both are near zero here.
            theirs.append(float(h.chronyc(peer, "sources")[0][7]) * 1e9)
        ours, theirs = statistics.median(ours), statistics.median(theirs)
        assert abs(ours - theirs) <= 20_000, f"ours {ours:.0f} ns, chronyd's {theirs:.0f} ns"
        return f"our client of chronyd {ours:.0f} ns, chronyd of our server {theirs:.0f} ns"
