# SPDX-License-Identifier: Apache-2.0
"""Our server by raw packets: modes and versions, access, a busy port, a chain of three."""

import os
import shutil
import socket
import struct
import subprocess

import harness as h


def exchange(port, request, address="127.0.0.1", wait=0.5):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(wait)
        s.sendto(request, (address, port))
        try:
            return s.recv(2048)
        except TimeoutError:
            return None


def request(version, mode, nonce=b"\x01\x02\x03\x04\x05\x06\x07\x08"):
    return bytes([version << 3 | mode]) + bytes(39) + nonce


def test_modes_and_versions():
    with h.workspace("modes") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        for version in range(8):
            for mode in range(8):
                reply = exchange(port, request(version, mode), wait=0.15)
                expected = {3: 4, 1: 2}.get(mode) if 1 <= version <= 4 else None
                if version == 1 and mode == 0:
                    expected = 4
                if expected is None:
                    assert reply is None, f"version {version} mode {mode} was answered: {reply.hex()}"
                else:
                    assert reply and len(reply) == 48, f"version {version} mode {mode}: {reply}"
                    assert reply[0] & 7 == expected and reply[0] >> 3 & 7 == version, (version, mode, reply[0])
                    assert reply[24:32] == request(version, mode)[40:48], "origin is not the request's transmit time"


def test_unsynchronized_says_so():
    with h.workspace("unsynchronized") as (directory, start):
        port = h.free_port()
        text = h.server_configuration(port).replace("local_stratum = 1\n", "")
        start(h.Tompion(directory, "server", text)).wait_up()
        reply = exchange(port, request(4, 3))
        assert reply and reply[0] >> 6 == 3 and reply[1] in (0, 16), reply


def test_access_is_closed_by_default():
    with h.workspace("access") as (directory, start):
        port = h.free_port()
        text = h.server_configuration(port, extra='deny = ["127.0.0.2/32"]').replace(f"127.0.0.1:{port}", f"0.0.0.0:{port}")
        server = start(h.Tompion(directory, "server", text)).wait_up()
        assert exchange(port, request(4, 3))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.2", 0))
            s.settimeout(0.3)
            s.sendto(request(4, 3), ("127.0.0.1", port))
            try:
                raise AssertionError(f"a refused client was answered: {s.recv(2048).hex()}")
            except TimeoutError:
                pass

        def counted():
            said = server.ask("providers", "--json").stdout + server.ask("events", "--json").stdout
            return "127.0.0.2" in said or '"refused' in said
        h.wait_for(counted, 15, "the refused client is visible")

        def queried():
            server.ask("providers")
            return "answered, " in (said := server.ask("events").stdout) and "refused last: 127.0.0.2" in said and "ntp-server: ntp-server" not in said
        h.wait_for(queried, 15, "the counters after a query")


def test_local_networks_in_one_word():
    with h.workspace("local-networks") as (directory, start):
        port = h.free_port()
        text = h.server_configuration(port, extra='allow = "local-networks"\nserve_ipv4_by_default = false\n')
        start(h.Tompion(directory, "server", text)).wait_up()
        assert exchange(port, request(4, 3))


def test_replies_leave_from_the_address_asked():
    with h.workspace("address") as (directory, start):
        port = h.free_port()
        text = h.server_configuration(port).replace(f"127.0.0.1:{port}", f"0.0.0.0:{port}")
        start(h.Tompion(directory, "server", text)).wait_up()
        for address in ("127.0.0.1", "127.0.0.7"):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(1)
                s.sendto(request(4, 3), (address, port))
                _, peer = s.recvfrom(2048)
                assert peer == (address, port), f"asked {address}, answered from {peer}"


def test_a_busy_port_names_its_holder():
    with h.workspace("busy") as (directory, start):
        port = h.free_port()
        start(h.chronyd(directory, "holder", f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 1"))
        h.wait_for(lambda: exchange(port, request(4, 3), wait=0.2), 10, "chronyd answers")
        daemon = start(h.Tompion(directory, "daemon", h.server_configuration(port))).wait_up()
        report = h.wait_for(lambda: next((p for p in daemon.json("providers")["providers"] if p["last_error"]), None), 10,
                            "the provider's error")
        assert "chronyd" in report["last_error"] and str(port) in report["last_error"], report
        return report["last_error"]


def test_a_chain_of_three():
    """Stratum and root dispersion grow along the chain, and the last one's clock is still right."""
    with h.workspace("chain") as (directory, start):
        ports = [h.free_port() for _ in range(3)]
        start(h.Tompion(directory, "root", h.server_configuration(ports[0]))).wait_up()
        daemons = []
        for number in (1, 2):
            text = h.client_configuration([ports[number - 1]], clock='kind = "virtual"\ninitial_offset = 0.01\n')
            text += f'[provider.ntp-server]\nlisten = ["127.0.0.1:{ports[number]}"]\n'
            daemons.append(start(h.Tompion(directory, f"link{number}", text)).wait_synced(40))
        replies = [exchange(port, request(4, 3)) for port in ports]
        assert [r[1] for r in replies] == [1, 2, 3], [r[1] for r in replies]
        # RFC 5905, section 7.3: a server that follows another announces that one's address.
        assert replies[0][12:16] not in (bytes(4), bytes([127, 0, 0, 1])), replies[0].hex()
        assert [r[12:16] for r in replies[1:]] == [bytes([127, 0, 0, 1])] * 2, [r.hex() for r in replies]
        dispersions = [struct.unpack(">I", r[8:12])[0] for r in replies]
        assert dispersions[0] <= dispersions[1] <= dispersions[2], dispersions
        error = h.wait_for(lambda: (lambda e: e < 200_000 and e)(abs(daemons[-1].json("status")["true_error_ns"])), 30,
                           "the end of the chain is within 200 µs")
        return f"root dispersions {[d / 65536 for d in dispersions]} s, true error at its end {error} ns"


def test_overlapping_places_are_found_by_the_check():
    with h.workspace("overlap") as (directory, start):
        text = h.server_configuration(1123).replace('"127.0.0.1:1123"', '"127.0.0.1:1123",\n "0.0.0.0:1123"')
        path = os.path.join(directory, "overlap.toml")
        with open(path, "w") as f:
            f.write(text)
        check = subprocess.run([os.path.join(h.STAGE, "bin", "tompion"), "config", "check", path], capture_output=True, text=True, timeout=15)
        line = text[:text.index("0.0.0.0")].count("\n") + 1
        assert check.returncode == 2 and f":{line}:" in check.stderr and "provider.ntp-server.listen[1]" in check.stderr, check
        assert "overlaps provider.ntp-server.listen[0]" in check.stderr and f"in line {line - 1}" in check.stderr, check.stderr
        daemon = subprocess.run([os.path.join(h.STAGE, "bin", "tompiond"), "--config", path], capture_output=True, text=True, timeout=15)
        assert daemon.returncode == 2 and "overlaps" in daemon.stderr, daemon


def test_an_interface_that_goes_and_comes_back():
    """Deleted, made anew under another index, and absent at the start: the server says so and answers again each time."""
    # Here, for that module imports this one.
    from server_load import asked, networks, server_of
    with h.workspace("interface") as (directory, start), networks() as (host, blue, red):
        inside = host[-1]

        def ip(*words):
            subprocess.run(["ip", *words], check=True, capture_output=True)

        def make(color, other):
            ip("-n", inside, "link", "add", color, "type", "veth", "peer", "name", "uplink", "netns", other[-1])
            ip("-n", inside, "addr", "add", "10.77.0.1/24", "dev", color)
            ip("-n", other[-1], "addr", "add", "10.77.0.2/24", "dev", "uplink")
            ip("-n", inside, "link", "set", color, "up")
            ip("-n", other[-1], "link", "set", "uplink", "up")

        ip("-n", inside, "link", "del", "red")
        text = server_of("10.77.0.1:123%blue", "red:123", extra="workers = 2")
        server = start(h.Tompion(directory, "server", text, wrapper=host)).wait_up()
        assert asked(blue) == "48", server.tail()

        def said(slug):
            return [e["text"] for e in server.json("events")["events"] if e["slug"] == slug]
        h.wait_for(lambda: said("listening-lost"), 5, "an event of red, which is not there")
        assert "red" in said("listening-lost")[0] and not said("listening-again"), server.tail()
        make("red", red)
        h.wait_for(lambda: asked(red, wait=0.3) == "48", 15, "red, made after the start, is answered")
        ip("-n", inside, "link", "del", "blue")
        h.wait_for(lambda: len(said("listening-lost")) == 2, 10, "an event of blue, which was deleted")
        make("blue", blue)
        h.wait_for(lambda: asked(blue, wait=0.3) == "48", 15, "blue, made anew, is answered")
        assert asked(red) == "48", "red was not touched by that"
        assert len(said("listening-lost")) == 2 and len(said("listening-again")) == 2, (said("listening-lost"), said("listening-again"))
        return "; ".join(said("listening-lost") + said("listening-again"))


def test_a_state_directory_that_goes_is_told_of():
    with h.workspace("state") as (directory, start):
        state = os.path.join(directory, "kept")
        os.makedirs(state)
        server = start(h.Tompion(directory, "server", h.server_configuration(h.free_port()), state=state)).wait_up()

        def said(slug):
            return [e for e in server.json("events")["events"] if e["slug"] == slug]
        assert not said("state-directory"), said("state-directory")
        shutil.rmtree(state)
        h.wait_for(lambda: said("state-directory"), 20, "an event of the directory that is gone")
        assert any(state in warning for warning in server.json("status")["warnings"]), server.json("status")["warnings"]
        os.makedirs(state)
        h.wait_for(lambda: said("state-kept"), 20, "an event of the directory that is back")
        assert not any(state in warning for warning in server.json("status")["warnings"])
        assert len(said("state-directory")) == 1, said("state-directory")
