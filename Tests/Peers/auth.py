# SPDX-License-Identifier: Apache-2.0
"""Authentication against real peers: each algorithm both ways, and who is answered. `./Tools/test auth` ends with the matrix.

A cell of the matrix is a test of its own: `cell(row, column, peer, function)` makes one; the function returns the figure that it found,
or raises Skip with the reason. The matrix shows what the cells said."""

import contextlib
import functools
import hashlib
import json
import os
import re
import socket
import subprocess
import time

import harness as h
import samba

# Columns.
OUT, IN = "our client → peer", "peer → our server"
# What the matrix prints: (row, column) → texts, in the order in which they came.
CELLS, ROWS = {}, []


def cell(row, column, peer, function):
    """Makes the test of a cell; ms-sntp's rows are made in the same way."""
    if row not in ROWS:
        ROWS.append(row)
    way = "out" if column == OUT else "in"
    slug = re.sub(r"[^a-z0-9]+", "_", f"{row} {way} {peer}".lower()).strip("_")

    def test():
        try:
            said = function()
            CELLS.setdefault((row, column), []).append(f"{peer} {said}")
            return said
        except h.Skip as reason:
            CELLS.setdefault((row, column), []).append(f"{peer} skipped: {reason}")
            raise
        except Exception:
            CELLS.setdefault((row, column), []).append(f"{peer} FAILED")
            raise
    test.__name__ = test.__qualname__ = f"test_{len(ROWS):02d}_{slug}"
    globals()[test.__name__] = test


def matrix():
    """The table, one row for each algorithm or scheme."""
    rows = [("", OUT, IN)] + [(row, *("; ".join(CELLS.get((row, column), ["–"])) for column in (OUT, IN))) for row in ROWS]
    widths = [max(len(row[index]) for row in rows) for index in range(3)]
    return "\n".join("  " + " | ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows)


# Name in our own key files, chrony's type (None: it has none), ntpsec's (None: none), bytes of the key. Key numbers are places here.
ALGORITHMS = [
    ("md5", "MD5", "MD5", 20),
    ("sha1", "SHA1", "SHA1", 20),
    ("sha256", "SHA256", "SHA256", 32),
    ("sha384", "SHA384", "SHA384", 32),
    ("sha512", "SHA512", "SHA512", 32),
    ("hmac-sha256", None, None, 32),
    ("aes128-cmac", "AES128", "AES-128", 16),
    ("aes256-cmac", "AES256", "AES-256", 32),
]


def secret(length, first=1):
    return bytes((first + 7 * index) & 255 for index in range(length))


def key_file(directory, name, text):
    path = os.path.join(directory, name)
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as f:
        f.write(text)
    return path


def our_keys(directory, *lines, name="keys"):
    return key_file(directory, name, "# tompion keys 1\n" + "".join(line + "\n" for line in lines))


def symmetric(path):
    return f'[provider.ntp-symmetric]\nkey_files = ["{path}"]\nallow_md5 = true\nallow_sha1 = true\n'


def our_server(directory, start, port, keys, unsigned="none", **options):
    text = h.server_configuration(port, extra=f'authenticate = ["symmetric"]\nunsigned = "{unsigned}"\n{symmetric(keys)}')
    text = text.replace(f"127.0.0.1:{port}", f"0.0.0.0:{port}")
    return start(h.Tompion(directory, "server", text, **options)).wait_up()


def our_client(directory, start, port, keys, sources):
    """It watches this host's clock by sources at 127.0.0.1, .2 …, all the same host, each with a key of its own."""
    text = '[clock]\nkind = "system"\nsteer = false\n' + symmetric(keys)
    for index, key in enumerate(sources):
        text += (f'[[source]]\naddress = "127.0.0.{index + 1}"\nport = {port}\niburst = true\nmin_poll = 0\nmax_poll = 1\n'
                 f'auth = "key:{key}"\n')
    return start(h.Tompion(directory, "client", text)).wait_up()


def watch(client, wanted, seconds=25):
    """Waits until the source of each key has proven itself and been measured; key → its offset in ns, of those that have."""
    def measured():
        found = {}
        for source in client.json("sources")["sources"]:
            key = source["key"]
            if source["authentication"] == "symmetric" and source["authenticated"] and source["reach"] and source["offset_ns"] is not None:
                found[key] = source["offset_ns"]
        return found
    end = time.monotonic() + seconds
    while time.monotonic() < end and not wanted <= measured().keys():
        time.sleep(0.2)
    time.sleep(2)
    return measured()


# Each of the scenes below has a daemon with all keys at one end and sources with one key each at the other; a cell reads its line.

def chrony_keys(directory):
    return key_file(directory, "chrony.keys", "".join(
        f"{number} {type_} HEX:{secret(length).hex()}\n" for number, (_, type_, _, length) in enumerate(ALGORITHMS, 1) if type_))


def all_our_keys(directory):
    return our_keys(directory, *(
        f"{number} {name} hex:{secret(length).hex()}" for number, (name, _, _, length) in enumerate(ALGORITHMS, 1)))


def known_to_chronyd():
    return {number for number, (_, type_, _, _) in enumerate(ALGORITHMS, 1) if type_}


@functools.cache
def our_client_of_chronyd():
    with h.workspace("auth-out") as (directory, start):
        port = h.free_port()
        peer = start(h.chronyd(
            directory, "chronyd", f"port {port}\nallow 127.0.0.0/8\nlocal stratum 1\nkeyfile {chrony_keys(directory)}\n"))
        client = our_client(directory, start, port, all_our_keys(directory), range(1, len(ALGORITHMS) + 1))
        found = watch(client, known_to_chronyd())
        return {key: f"{ns / 1000:.1f} µs" for key, ns in found.items()}, peer.output() + client.ask("sources").stdout


@functools.cache
def our_client_of_ours():
    with h.workspace("auth-own") as (directory, start):
        port = h.free_port()
        keys = all_our_keys(directory)
        our_server(directory, start, port, keys)
        client = our_client(directory, start, port, keys, range(1, len(ALGORITHMS) + 1))
        found = watch(client, set(range(1, len(ALGORITHMS) + 1)))
        return {key: f"{ns / 1000:.1f} µs" for key, ns in found.items()}, client.ask("sources").stdout


@functools.cache
def chronyd_of_our_server():
    with h.workspace("auth-in") as (directory, start):
        port = h.free_port()
        # Their own file, read as it is.
        keys = chrony_keys(directory)
        our_server(directory, start, port, keys)
        peer = start(h.chronyd(directory, "follower", f"port 0\nkeyfile {keys}\n" + "".join(
            f"server 127.0.0.{number} port {port} iburst minpoll 0 maxpoll 1 key {number}\n" for number in sorted(known_to_chronyd()))))

        def reached():
            return {int(row[2].split(".")[-1]): float(row[7]) for row in h.chronyc(peer, "sources") if row[5] != "0"}
        with contextlib.suppress(AssertionError):
            h.wait_for(lambda: known_to_chronyd() <= reached().keys(), 20, "chronyd reaches our server by each key")
        return {key: f"{offset * 1e6:.1f} µs" for key, offset in reached().items()}, peer.output()


def read(scene, number, type_):
    """The cell of a key in a scene of chronyd's or ours."""
    def run():
        if type_ is None:
            raise h.Skip("has no such type")
        figures, said = scene()
        if number not in figures and re.search(rf"(?i)(unknown|unsupported|invalid|could not).*\b{type_}\b", said):
            raise h.Skip(f"this build has no {type_}")
        assert number in figures, f"nothing proven with key {number}\n{said[-3000:]}"
        return figures[number]
    return run


@functools.cache
def ntpdig_of_our_server():
    """What each key brought: a figure, or why there is none."""
    with h.ntpdig_namespace() as inside, h.workspace("auth-dig") as (directory, start):
        theirs = key_file(directory, "ntp.keys", "".join(
            f"{number} {type_} {secret(length).hex()}\n" for number, (_, _, type_, length) in enumerate(ALGORITHMS, 1) if type_))
        server = our_server(directory, start, 123, theirs, wrapper=inside)
        found = {}
        for number, (_, _, type_, _) in enumerate(ALGORITHMS, 1):
            if type_ is None:
                continue
            asked = subprocess.run(
                [*inside, "ntpdig", "-j", "-t", "2", "-4", "-a", str(number), "-k", theirs, "127.0.0.1"], capture_output=True, text=True,
                timeout=20)
            try:
                answer = json.loads(asked.stdout.splitlines()[-1])
                assert int(answer["stratum"]) == 1 and abs(float(answer["offset"])) < 0.02, answer
                found[number] = f"{float(answer['offset']) * 1e6:.0f} µs"
            except (ValueError, KeyError, IndexError):
                found[number] = (asked.stdout + asked.stderr).strip()[-300:] or f"exit {asked.returncode}"
        return found, server.tail()


def from_ntpdig(number, type_):
    def run():
        if type_ is None:
            raise h.Skip("has no such type")
        found, tail = ntpdig_of_our_server()
        if re.search(r"(?i)unsupported|unknown|no such|not found", found[number]):
            raise h.Skip(f"this build has no {type_}: {found[number].splitlines()[-1][-80:]}")
        assert found[number].endswith("µs"), f"{found[number]}\n{tail}"
        return found[number]
    return run


for place, (algorithm, chronys, ntpsecs, _) in enumerate(ALGORITHMS, 1):
    cell(algorithm, OUT, "chronyd", read(our_client_of_chronyd, place, chronys))
    cell(algorithm, OUT, "tompiond", read(our_client_of_ours, place, algorithm))
    cell(algorithm, IN, "chronyd", read(chronyd_of_our_server, place, chronys))
    cell(algorithm, IN, "ntpdig", from_ntpdig(place, ntpsecs))


# Who is answered, by packets of our own making.

def request(version=4, fields=b""):
    return bytes([version << 3 | 3]) + bytes(39) + b"\x01\x02\x03\x04\x05\x06\x07\x08" + fields


def signed(packet, number, key, length=None):
    return packet + number.to_bytes(4, "big") + hashlib.sha256(key + packet).digest()[:length]


def ask(port, packet, source="127.0.0.1", wait=0.5):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((source, 0))
        s.settimeout(wait)
        s.sendto(packet, ("127.0.0.1", port))
        try:
            return s.recv(2048)
        except TimeoutError:
            return None


def is_signed(reply, number, key, length):
    mac = reply[-length:]
    covered = reply[:-4 - length]
    return reply[-4 - length:-length] == number.to_bytes(4, "big") and mac == hashlib.sha256(key + covered).digest()[:length]


@contextlib.contextmanager
def registered_server(unsigned):
    first, second = secret(20), secret(20, 99)
    with h.workspace("auth-rules") as (directory, start):
        port = h.free_port()
        keys = our_keys(
            directory, f"1 sha256 hex:{first.hex()} addresses=127.0.0.1", f"2 sha256 hex:{second.hex()} addresses=127.0.0.2,127.0.1.0/24",
            f"3 sha256 hex:{first.hex()} expires=2020-01-01", f"4 sha256 hex:{second.hex()}")
        yield port, first, second, our_server(directory, start, port, keys, unsigned)


def test_a_reply_has_its_requests_form():
    with registered_server("registered") as (port, first, second, _):
        for version, length in [(4, 20), (4, 32), (3, 20), (3, 32), (1, 32)]:
            packet = signed(request(version), 1, first, length)
            reply = ask(port, packet)
            assert reply and len(reply) == len(packet), (version, length, reply)
            assert is_signed(reply, 1, first, length) and reply[0] >> 3 & 7 == version and reply[24:32] == packet[40:48], reply.hex()
        field = b"\x20\x05\x00\x1c" + bytes(24)
        reply = ask(port, signed(request(4, field), 1, first, 20))
        assert reply and is_signed(reply, 1, first, 20), "a field under the MAC is covered, and not answered"


def test_nists_rules_for_registered_addresses():
    plain = request()
    zero = plain + bytes(4) + hashlib.sha256(plain).digest()[:20]
    with registered_server("registered") as (port, first, second, server):
        assert ask(port, signed(plain, 1, first, 20)), "its own key"
        assert ask(port, signed(plain, 4, second, 20)), "a key that is bound to nobody"
        for what, packet, source in [
            ("another's key", signed(plain, 2, second, 20), "127.0.0.1"), ("its key from elsewhere", signed(plain, 1, first, 20), "127.0.0.2"),
            ("an unknown key", signed(plain, 9, first, 20), "127.0.0.1"), ("a wrong code", signed(plain, 1, second, 20), "127.0.0.1"),
            ("an expired key", signed(plain, 3, first, 20), "127.0.0.1"), ("unsigned from a stranger", plain, "127.0.0.3"),
            ("key 0 from a stranger", zero, "127.0.0.3"), ("crypto-NAK", plain + bytes(4), "127.0.0.1"),
        ]:
            assert ask(port, packet, source, wait=0.3) is None, f"{what} was answered"
        for source in ("127.0.0.1", "127.0.0.2", "127.0.1.77"):
            for packet in (plain, zero):
                reply = ask(port, packet, source)
                assert reply and len(reply) == 48, f"{source}, {len(packet)} bytes: {reply}"

        def counted():
            server.ask("providers")
            said = server.ask("events").stdout
            return "with a key that is not for that address" in said and "with an expired key" in said and said
        said = h.wait_for(counted, 15, "the counters after a query")
        return next(line for line in said.splitlines() if "with an expired key" in line).split(": ", 1)[-1]
    with registered_server("none") as (port, first, _, _):
        assert ask(port, signed(plain, 1, first, 20)) and ask(port, plain, wait=0.3) is None


def test_with_unsigned_all_everybody_is_answered():
    with registered_server("all") as (port, first, second, _):
        field = b"\x20\x05\x00\x1c" + bytes(24)
        plain = request()
        for packet in (plain, request(4, field), plain + bytes(4) + bytes([7]) * 20):
            for source in ("127.0.0.1", "127.0.0.9"):
                reply = ask(port, packet, source)
                assert reply and len(reply) == 48, f"{source}, {len(packet)} bytes: {reply}"
        assert ask(port, signed(plain, 1, second, 20), wait=0.3) is None, "a wrong code is never answered as if there were none"


def test_every_length_of_a_mac_and_no_longer_reply():
    with registered_server("none") as (port, first, _, server):
        answered = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(0.05)
            for version in (3, 4):
                plain = request(version)
                for length in range(69):
                    packet = (signed(plain, 1, first) + bytes(40))[:48 + length]
                    s.sendto(packet, ("127.0.0.1", port))
                    with contextlib.suppress(TimeoutError):
                        reply = s.recv(2048)
                        assert len(reply) <= len(packet)
                        answered.append((version, length))
        assert answered == [(3, 24), (3, 36), (4, 24), (4, 36)], answered
        assert server.running()


def test_a_second_worker_has_the_keys_too():
    """Sockets are shared by flow, so forty clients meet both workers; each reply is signed."""
    key = secret(16)
    with h.workspace("auth-workers") as (directory, start):
        port = h.free_port()
        keys = our_keys(directory, f"1 sha256 hex:{key.hex()}", f"2 aes128-cmac hex:{key.hex()}")
        text = h.server_configuration(port, extra=f'workers = 2\nauthenticate = ["symmetric"]\nunsigned = "none"\n{symmetric(keys)}')
        server = start(h.Tompion(directory, "server", text)).wait_up()
        for _ in range(40):
            reply = ask(port, signed(request(), 1, key, 20))
            assert reply and is_signed(reply, 1, key, 20), server.tail()

        def counted():
            server.ask("providers")
            return re.search(r"40 answered by 2 workers \((\d+), (\d+)\)", server.ask("events").stdout)
        shares = h.wait_for(counted, 15, "the counters of both workers")
        assert int(shares[1]) > 0 and int(shares[2]) > 0, shares[0]
        return shares[0]


def test_a_wrong_key_is_no_time():
    """Both sides have a key 3, and not the same: nothing is followed, and the source says why."""
    with h.workspace("auth-wrong") as (directory, start):
        port = h.free_port()
        theirs = key_file(directory, "chrony.keys", f"3 SHA256 HEX:{secret(32).hex()}\n")
        start(h.chronyd(
            directory, "chronyd", f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 1\nkeyfile {theirs}\n"))
        client = our_client(directory, start, port, our_keys(directory, f"3 sha256 hex:{secret(32, 5).hex()}"), [3])

        def told():
            source = client.json("sources")["sources"][0]
            return source["authentication_failure"] or source.get("last_error")
        why = h.wait_for(told, 20, "the source says why")
        assert not client.json("status")["synchronized"] and not client.json("sources")["sources"][0]["authenticated"]
        return why


def test_a_new_key_file_is_taken_and_a_broken_one_is_not():
    with h.workspace("auth-reload") as (directory, start):
        port = h.free_port()
        old, new = secret(20), secret(20, 77)
        keys = our_keys(directory, f"1 sha256 hex:{old.hex()}")
        server = our_server(directory, start, port, keys)
        assert ask(port, signed(request(), 1, old, 20))
        our_keys(directory, f"1 sha256 hex:{new.hex()}")
        h.wait_for(lambda: ask(port, signed(request(), 1, new, 20), wait=0.2), 25, "the new key is taken")
        assert ask(port, signed(request(), 1, old, 20), wait=0.3) is None, "the old one is gone"
        our_keys(directory, f"2 sha256 hex:{old.hex()}", "1 sha9 hex:00")
        said = h.wait_for(lambda: (s := server.output()) and "the key that it had stays in use" in s and s, 25, "the broken file is told of")
        line = next(line for line in said.splitlines() if ":3:" in line and "key 1" in line)
        assert ask(port, signed(request(), 1, new, 20)), "and the keys before it stay"
        assert ask(port, signed(request(), 2, old, 20), wait=0.3) is None, "the text is taken as a whole or not at all"
        for hidden in (old.hex(), new.hex()):
            assert hidden not in said and hidden not in server.ask("events").stdout, "a secret is in a log"
        return line.split(directory, 1)[-1]


def test_y_mutation_run():
    """100,000 mutated packets: no client takes one, no reply is longer, nothing traps (NTPSymmetricTests.MutationTests, whole)."""
    environment = dict(os.environ, TOMPION_MUTATIONS="100000")
    run = subprocess.run(
        ["swift", "test", "--explicit-target-dependency-import-check", "error", "--filter", "NTPSymmetricTests.MutationTests"], cwd=h.ROOT, env=environment, capture_output=True, text=True,
        timeout=1800)
    line = re.search(r"mutations: (\d+) packets, (\d+) taken", run.stdout + run.stderr)
    assert run.returncode == 0 and line and line[1] == "100000" and line[2] == "0", (run.stdout + run.stderr)[-3000:]
    return line[0]


samba.rows(cell, OUT, IN)


def test_zz_matrix():
    return "interop\n" + matrix()
