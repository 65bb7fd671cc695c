# SPDX-License-Identifier: Apache-2.0
"""Where stamps are taken and who is told of them: interleaved mode (RFC 9769) against Debian's chronyd, and cards that stamp."""

import os
import subprocess
import time

import harness as h


def chrony_server(directory, port):
    return h.chronyd(directory, "chronyd", f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 1\n")


def source(client, index=0):
    return client.json("sources")["sources"][index]


def ntpdata(peer):
    """chronyc's report of its one source: the words of each field."""
    rows = h.chronyc(peer, "ntpdata", "127.0.0.1")
    return rows[0] if rows else []


def interleaves(peer):
    """The field after the three groups of tests."""
    return ntpdata(peer)[26:27] == ["Yes"]


def serverstats(peer):
    rows = h.chronyc(peer, "serverstats")
    return [int(word) for word in rows[0]] if rows else []


def test_chronyds_xleave_is_served():
    """chronyd, with xleave, takes our server's transmit stamps from the reply after."""
    with h.workspace("xleave-server") as (directory, start):
        port = h.free_port()
        server = start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        peer = start(h.chronyd(
            directory, "chronyd",
            f"server 127.0.0.1 port {port} xleave minpoll 0 maxpoll 0 iburst\nport 0\n"))
        h.wait_for(lambda: interleaves(peer), 30, f"chronyd calls it interleaved{server.tail()}")
        time.sleep(5)
        assert interleaves(peer), ntpdata(peer)
        report = h.wait_for(lambda: [row for row in h.chronyc(peer, "sources") if row[1] == "*"], 30, "chronyd follows us")
        offset = abs(float(report[0][7]))
        assert offset < 100e-6, report
        server.ask("providers")
        line = h.wait_for(
            lambda: next((e["text"] for e in reversed(server.json("events")["events"]) if "answered in interleaved mode" in e["text"]), None),
            15, f"the server says so{server.tail()}")
        return f"{line}; chronyd's offset {offset * 1e9:.0f} ns, its round trip {float(ntpdata(peer)[19]) * 1e9:.0f} ns"


def test_chronyds_plain_clients_cost_no_stamp():
    with h.workspace("xleave-plain") as (directory, start):
        port = h.free_port()
        server = start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        peer = start(h.chronyd(directory, "chronyd", f"server 127.0.0.1 port {port} minpoll 0 maxpoll 0 iburst\nport 0\n"))
        h.wait_for(lambda: [row for row in h.chronyc(peer, "sources") if row[1] == "*"], 30, "chronyd follows us")
        assert ntpdata(peer) and not interleaves(peer), ntpdata(peer)
        server.ask("providers")
        time.sleep(1.2)
        assert not [e for e in server.json("events")["events"] if "interleaved" in e["text"]], server.tail()


def test_a_server_without_it_serves_chronyds_xleave_in_basic_mode():
    with h.workspace("xleave-off") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port, extra="interleaved = false\n"))).wait_up()
        peer = start(h.chronyd(
            directory, "chronyd", f"server 127.0.0.1 port {port} xleave minpoll 0 maxpoll 0 iburst\nport 0\n"))
        h.wait_for(lambda: [row for row in h.chronyc(peer, "sources") if row[1] == "*"], 30, "chronyd follows us")
        time.sleep(4)
        assert ntpdata(peer) and not interleaves(peer), ntpdata(peer)


def test_our_client_interleaves_with_chronyd():
    with h.workspace("xleave-client") as (directory, start):
        port = h.free_port()
        peer = start(chrony_server(directory, port))
        client = start(h.Tompion(
            directory, "client", h.client_configuration([port], source="interleaved = true\n"))).wait_synced()
        h.wait_for(lambda: source(client)["interleaved"], 20, f"the client calls it interleaved{client.tail()}")
        before = source(client)
        time.sleep(8)
        after = source(client)
        assert after["interleaved"] and after["unanswered"] == 0, after
        # Hardly any reply is of no use.
        polls, samples = after["replies"] - before["replies"], after["samples"] - before["samples"]
        assert samples >= polls - 1 >= 3, (before, after)
        assert after["rejected"] == 0, after
        assert after["stamps"] == "kernel", after
        error = abs(client.json("status")["true_error_ns"])
        assert error < 50_000, error
        # chronyd counts them: NTP packets, dropped, command packets, dropped, log records dropped, NTS-KE (2), authenticated, interleaved ...
        stats = serverstats(peer)
        assert len(stats) > 8 and stats[8] >= 5, stats
        assert any("interleaved mode" in e["text"] for e in client.json("events")["events"]), client.tail()
        return f"{stats[8]} interleaved replies by chronyd, true error {error} ns, delay {after['delay_ns']} ns"


def test_our_client_goes_on_where_interleaving_is_not_known():
    with h.workspace("xleave-none") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port, extra="interleaved = false\n"))).wait_up()
        client = start(h.Tompion(
            directory, "client", h.client_configuration([port], source="interleaved = true\n"))).wait_synced()
        time.sleep(6)
        report = source(client)
        assert not report["interleaved"] and report["rejected"] == 0 and report["unanswered"] == 0, report
        assert report["samples"] == report["replies"], report


def test_both_ends_are_ours():
    with h.workspace("xleave-ours") as (directory, start):
        port = h.free_port()
        server = start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        client = start(h.Tompion(
            directory, "client", h.client_configuration([port], source="interleaved = true\n"))).wait_synced()
        h.wait_for(lambda: source(client)["interleaved"], 20, f"interleaved{client.tail()}{server.tail()}")
        time.sleep(6)
        report = source(client)
        assert report["interleaved"] and report["rejected"] == 0, report
        error = abs(client.json("status")["true_error_ns"])
        assert error < 50_000, error
        return f"true error {error} ns, delay {report['delay_ns']} ns"


def cards_that_stamp():
    """The cards of this host that could; no test changes one. What needs one is tried with the kernel's answers faked (HardwareStampingTests,
    HardwareClockTests, KernelClocksHardwareTests), and in the guest's test `stamps`, which has a card that stamps what is sent."""
    if not h.shutil.which("ethtool"):
        return "not asked for, without ethtool"
    found = [name for name in sorted(os.listdir("/sys/class/net"))
             if "hardware-transmit" in subprocess.run(["ethtool", "-T", name], capture_output=True, text=True).stdout]
    return ", ".join(found) or "none"


def test_stamps_are_named():
    with h.workspace("stamps") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        client = start(h.Tompion(directory, "client", h.client_configuration([port]))).wait_synced()
        assert source(client)["stamps"] == "kernel", source(client)
        assert "kernel" in client.ask("sources").stdout
        return f"{source(client)['stamps']}; cards of this host that could stamp, left alone: {cards_that_stamp()}"


INTERFACE = '[[interface]]\nname = "{name}"\nhardware_timestamps = "{wish}"\n'


def test_a_card_without_stamps_is_said_and_the_kernels_are_used():
    with h.workspace("no-hardware") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        client = start(h.Tompion(
            directory, "client",
            INTERFACE.format(name="lo", wish="auto") + h.client_configuration([port]))).wait_synced()
        warnings = client.json("status")["warnings"]
        assert any("interface lo: its card has no time stamps of its own" in w for w in warnings), warnings
        assert source(client)["stamps"] == "kernel", source(client)
        assert client.json("status")["hardware_stamps"] == [], client.json("status")


def test_what_is_required_and_not_there_ends_the_start():
    with h.workspace("required") as (directory, start):
        for name, why in (("lo", "its card has no time stamps of its own (see `ethtool -T lo`)"),
                          ("eth99", "there is no such interface; have lo")):
            text = INTERFACE.format(name=name, wish="required") + h.client_configuration([h.free_port()])
            daemon = h.Tompion(directory, f"daemon-{name}", text)
            assert daemon.process.wait(10) != 0
            daemon.log.close()
            assert f"interface {name}: {why}" in daemon.output(), daemon.output()
