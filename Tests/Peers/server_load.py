# SPDX-License-Identifier: Apache-2.0
"""Our server beyond single requests: rate limits, workers, floods of bad packets, and two isolated networks at one host."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
import time

import harness as h
from server import exchange, request


def burst(port, count, source="127.0.0.1", wait=0.3):
    """The replies to so many requests of one client, sent at once."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((source, 0))
        for number in range(count):
            s.sendto(request(4, 3, nonce=number.to_bytes(8, "big")), ("127.0.0.1", port))
        s.settimeout(wait)
        replies = []
        try:
            while len(replies) < count:
                replies.append(s.recv(2048))
        except TimeoutError:
            pass
        return replies


def limited(port, extra):
    return h.server_configuration(port, extra='allow = ["127.0.0.0/8"]\n' + extra)


def said(server, *words):
    """Waits for a line of counters that has all these words."""
    def look():
        server.ask("providers")
        lines = [e["text"] for e in server.json("events")["events"] if "answered" in e["text"]]
        return next((line for line in lines if all(word in line for word in words)), None)
    return h.wait_for(look, 15, f"a line of counters with {words}{server.tail()}")


def test_a_client_beyond_its_rate_is_silenced_and_no_other():
    with h.workspace("rate") as (directory, start):
        port = h.free_port()
        server = start(h.Tompion(directory, "server", limited(port, "rate_limit = 1\nrate_burst = 4\nrate_leak = 0"))).wait_up()
        got = len(burst(port, 40))
        assert 4 <= got <= 6, f"{got} replies of a burst of 4 and 1 a second"
        assert len(burst(port, 3, source="127.0.0.9")) == 3, "another client has a bucket of its own"
        time.sleep(1.2)
        assert exchange(port, request(4, 3)), "a second later there is a token again"
        return said(server, "over the rate")


def test_chance_keeps_a_spoofed_client_alive():
    with h.workspace("leak") as (directory, start):
        port = h.free_port()
        text = limited(port, "rate_limit = 0.01\nrate_burst = 1\nrate_leak = 4\nrate_kiss = 2")
        server = start(h.Tompion(directory, "server", text)).wait_up()
        replies = burst(port, 200)
        kisses = [r for r in replies if r[1] == 0]
        # A quarter is answered by chance, half of the rest is kissed: 50 and 75, within five standard deviations.
        assert 20 <= len(replies) - len(kisses) <= 82, f"{len(replies) - len(kisses)} of 200 leaked"
        assert 40 <= len(kisses) <= 110, f"{len(kisses)} of 200 kissed"
        for kiss in kisses:
            assert kiss[0] >> 6 == 3 and kiss[12:16] == b"RATE" and len(kiss) == 48, kiss.hex()
            assert int.from_bytes(kiss[24:32], "big") < 200, "a kiss without the request's nonce is believed by nobody"
        return said(server, "by chance", "by the kiss RATE")


def test_peers_follow_a_server_that_limits():
    """chronyd's burst of four passes, and then a request a second."""
    with h.workspace("rate-chrony") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", limited(port, "rate_limit = 1.5\nrate_burst = 8\nrate_leak = 0\nworkers = 2"))).wait_up()
        peer = start(h.chronyd(directory, "follower", f"port 0\nserver 127.0.0.1 port {port} iburst minpoll 0 maxpoll 0 xleave"))
        rows = h.wait_for(lambda: (lambda r: r and r[0][1] == "*" and r)(h.chronyc(peer, "sources")), 20, "chronyd selects our server")
        time.sleep(4)
        reach = h.chronyc(peer, "sources")[0][5]
        assert int(reach, 8) & 0o17 == 0o17, f"chronyd's reach is {reach} (octal)"
        return f"offset {float(rows[0][7]) * 1e9:.0f} ns, reach {reach}"


def test_wrong_limits_are_refused_before_anything_starts():
    with h.workspace("wrong-rate") as (directory, _):
        for line, word in [("rate_limit = -1", "rate_limit"), ('rate_limit = "8/s"', "rate_limit"), ("rate_burst = 0", "rate_burst"),
                           ("rate_clients = 1", "rate_clients"), ("workers = 0", "workers"), ("workers = 65", "workers"),
                           ("stale_after = 0", "stale_after"), ('listen_on = "x"', "listen_on"), ("rate_lmit = 1", "rate_limit")]:
            path = os.path.join(directory, "wrong.toml")
            with open(path, "w") as f:
                f.write(f'state_directory = "{directory}"\nplugin_directory = "{h.PLUGINS}"\nuser = "none"\n[provider.ntp-server]\n{line}\n')
            result = subprocess.run([os.path.join(h.STAGE, "bin", "tompiond"), "--check", "--config", path],
                                    capture_output=True, text=True, timeout=20)
            output = result.stdout + result.stderr
            assert result.returncode == 2 and word in output and "wrong.toml:5" in output, f"{line}: {result.returncode} {output}"


def test_workers_share_the_clients():
    with h.workspace("workers") as (directory, start):
        port = h.free_port()
        server = start(h.Tompion(directory, "server", limited(port, "workers = 3"))).wait_up()
        answered = sum(exchange(port, request(4, 3)) is not None for _ in range(60))
        assert answered == 60, f"{answered} of 60"
        names = {open(f"/proc/{server.pid}/task/{t}/comm").read().strip() for t in os.listdir(f"/proc/{server.pid}/task")}
        assert {"capture", "worker1", "worker2"} <= names, names
        line = said(server, "by 3 workers")
        shares = [int(n) for n in line.split("(")[1].split(")")[0].split(", ")]
        assert len(shares) == 3 and all(shares), f"the kernel spreads 60 ports over 3 sockets: {line}"
        return line


def hostile(generator):
    """One packet of some bad kind."""
    kind = generator.randrange(8)
    body = bytearray(generator.randbytes(48))
    body[0] = 0x23
    if kind == 0:
        return generator.randbytes(generator.choice([0, 1, 4, 12, 47, 49, 51, 60, 68, 120, 500, 1500]))
    if kind == 1:
        return bytes(body[:generator.randrange(48)])
    if kind == 2:
        body[0] = generator.randrange(256)
        return bytes(body)
    if kind == 3:  # control and private messages, as amplifiers are asked
        return bytes([generator.choice([0x16, 0x17, 0x1e, 0x26, 0x27]), 2, 0, 42]) + generator.randbytes(generator.randrange(200))
    if kind == 4:  # extension fields of false lengths
        return bytes(body) + bytes([1, 4]) + generator.randrange(65536).to_bytes(2, "big") + generator.randbytes(generator.randrange(80))
    if kind == 5:  # a MAC that nobody can verify
        return bytes(body) + generator.randbytes(generator.choice([4, 20, 24, 68, 72]))
    if kind == 6:  # somebody else's reply
        body[0] = generator.choice([0x24, 0x22, 0x25, 0xe4])
        return bytes(body)
    return bytes(body) + bytes(generator.randrange(60000))  # longer than any buffer


def test_a_flood_of_bad_packets_of_every_kind():
    generator = random.Random(0x7053)
    with h.workspace("flood") as (directory, start):
        port = h.free_port()
        server = start(h.Tompion(directory, "server", limited(port, "workers = 2"))).wait_up()
        before = server.rss_kilobytes()
        longest, replies = 0, 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.02)
            for number in range(4000):
                packet = hostile(generator)
                s.sendto(packet, ("127.0.0.1", port))
                if number % 20 == 19:
                    try:
                        while True:
                            longest = max(longest, len(s.recv(65536)))
                            replies += 1
                    except TimeoutError:
                        pass
        assert longest in (0, 48), f"a reply of {longest} bytes"
        assert server.running() and exchange(port, request(4, 3)), server.tail()
        line = said(server, "too short", "not a request", "unverifiable code", "malformed", "unknown version", "too long")
        grown = server.rss_kilobytes() - before
        assert grown < 4096, f"{grown} kB more after 4000 packets"
        return f"{replies} of 4000 answered; {line}"


ASK = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
with socket.socket(family, socket.SOCK_DGRAM) as s:
    s.settimeout(float(sys.argv[3]))
    at = (sys.argv[1], 123) if family == socket.AF_INET else (sys.argv[1], 123, 0, socket.if_nametoindex(sys.argv[2]))
    s.sendto(bytes([4 << 3 | 3]) + bytes(47), at)
    try:
        print(len(s.recv(2048)))
    except (TimeoutError, ConnectionRefusedError):
        print("silence")
"""


@contextlib.contextmanager
def networks():
    """Three network namespaces: a host with the interfaces blue and red, and behind each a network that knows nothing of the other. Both
    have the same addresses."""
    if os.getuid() != 0:
        raise h.Skip("network namespaces need root")
    names = [f"tompion-{os.getpid()}-{name}" for name in ("host", "blue", "red")]

    def ip(*words, check=True):
        got = subprocess.run(["ip", *words], capture_output=True, text=True)
        if check and got.returncode != 0:
            raise h.Skip(f"ip {' '.join(words)}: {got.stderr.strip()}")
    try:
        for name in names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        host, *others = names
        for color, other in zip(("blue", "red"), others):
            ip("-n", host, "link", "add", color, "type", "veth", "peer", "name", "uplink", "netns", other)
            ip("-n", host, "addr", "add", "10.77.0.1/24", "dev", color)
            ip("-n", host, "addr", "add", "fe80::77/64", "dev", color, "nodad", check=False)
            ip("-n", other, "addr", "add", "10.77.0.2/24", "dev", "uplink")
            ip("-n", host, "link", "set", color, "up")
            ip("-n", other, "link", "set", "uplink", "up")
        yield [["ip", "netns", "exec", name] for name in names]
    finally:
        for name in names:
            ip("netns", "del", name, check=False)


def asked(inside, address="10.77.0.1", wait=1.0):
    return subprocess.run([*inside, sys.executable, "-c", ASK, address, "uplink", str(wait)], capture_output=True, text=True,
                          timeout=20).stdout.strip()


def server_of(*listen, extra=""):
    places = ", ".join(f'"{place}"' for place in listen)
    return f"""
[clock]
kind = "system"
steer = false
local_stratum = 1
[provider.ntp-server]
listen = [{places}]
allow = ["10.77.0.0/24", "fe80::/10"]
{extra}
"""


def test_two_isolated_networks_of_the_same_addresses():
    with h.workspace("isolated") as (directory, start), networks() as (host, blue, red):
        text = server_of("10.77.0.1:123%blue", "10.77.0.1:123%red", extra="workers = 2\nrate_limit = 20")
        server = start(h.Tompion(directory, "server", text, wrapper=host)).wait_up()
        assert asked(blue) == "48" and asked(red) == "48", (asked(blue), asked(red), server.tail())
        notes = []
        if shutil.which("ntpdig"):
            for name, inside in (("blue", blue), ("red", red)):
                result = subprocess.run([*inside, "ntpdig", "-t", "2", "10.77.0.1"], capture_output=True, text=True, timeout=20)
                assert result.returncode == 0, f"ntpdig in {name}: {result.stdout}{result.stderr}"
                notes.append(f"ntpdig in {name}: {result.stdout.split()[3]}")
        peer = start(h.chronyd(directory, "follower", "port 0\nserver 10.77.0.1 iburst minpoll 0 maxpoll 0", wrapper=red))
        h.wait_for(lambda: (lambda r: r and r[0][1] == "*")(h.chronyc(peer, "sources")), 20, "chronyd in red selects our server")
        return "; ".join(notes) + "; chronyd in red selected it"


def test_one_interface_is_deaf_to_the_other():
    with h.workspace("deaf") as (directory, start), networks() as (host, blue, red):
        start(h.Tompion(directory, "server", server_of("10.77.0.1:123%blue"), wrapper=host)).wait_up()
        assert asked(blue) == "48"
        assert asked(red, wait=0.5) == "silence", "a request of red was answered by blue's server"


def test_an_interface_and_a_link_local_address():
    with h.workspace("link-local") as (directory, start), networks() as (host, blue, red):
        server = start(h.Tompion(directory, "server", server_of("[fe80::77]:123%blue", "red"), wrapper=host)).wait_up()
        report = h.wait_for(lambda: next((p for p in server.json("providers")["providers"]), None), 10, "the provider")
        if "IPv6" in report["last_error"] or report["state"] == "failed":
            raise h.Skip(f"no IPv6 on links here: {report['last_error']}")
        assert h.wait_for(lambda: asked(blue, "fe80::77") == "48", 10, "link-local in blue")
        assert asked(blue, wait=0.5) == "silence", "blue's other address was not asked for"
        assert asked(red) == "48" and asked(red, "fe80::77") == "48"
