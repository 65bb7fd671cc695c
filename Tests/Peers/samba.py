# SPDX-License-Identifier: Apache-2.0
"""MS-SNTP with a real Active Directory domain controller of Samba, in a network and process namespace of its own.

One domain is made for all cells (20 to 60 s): a machine account with a known password and its exported keytab, and a member that
joins by `net ads join`, so that its keytab and secrets.tdb are Samba's own. There our server signs through Samba's ntp_signd, and so
does chronyd, for our client and for a client of our own making (MD4 and MD5 in Python)."""

import functools
import hashlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness as h  # noqa: E402

PACKAGES = ["samba", "samba-ad-dc", "samba-ad-provision", "winbind", "samba-dsdb-modules", "samba-vfs-modules", "krb5-user"]
PASSWORD = "Lab-Passw0rd.1"
ADDRESS = "10.99.0.1"
SECONDS = 500


def need_samba():
    if os.getuid() != 0:
        raise h.Skip("a domain controller needs root")
    if not all(shutil.which(name) for name in ("samba-tool", "samba", "net")):
        got = subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES], capture_output=True, text=True, timeout=300,
            env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))
        if got.returncode != 0:
            raise h.Skip(f"Samba cannot be installed: {got.stderr.strip()[-200:] or 'no reason given'}")
    alone = subprocess.run(["unshare", "-n", "-m", "-p", "-f", "--mount-proc", "true"], capture_output=True, text=True)
    if alone.returncode != 0:
        raise h.Skip(f"no namespaces here: {alone.stderr.strip()}")


def results():
    """What each scene found: a figure, or why it failed."""
    import samba  # The one copy of it, whoever has loaded this file.
    return samba.found_inside()


@functools.cache
def found_inside():
    """Runs this file inside."""
    need_samba()
    h.debian_program("chrony", "usr/sbin/chronyd")
    with h.workspace("samba") as (directory, _):
        out = os.path.join(directory, "results.json")
        command = ["unshare", "-n", "-m", "-p", "-f", "--kill-child", "--mount-proc", sys.executable, os.path.abspath(__file__), directory, out]
        with open(os.path.join(directory, "log"), "w+") as log:
            try:
                subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=SECONDS)
            except subprocess.TimeoutExpired:
                log.write(f"\nnot done within {SECONDS} s")
            log.seek(0)
            said = log.read()
        if not os.path.exists(out):
            return {}, said[-3000:]
        with open(out) as f:
            return json.load(f), said[-3000:]


def read(scene):
    """The cell of a scene, for the matrix of auth.py."""
    def run():
        found, said = results()
        if "skip" in found:
            raise h.Skip(found["skip"])
        assert scene in found, f"{scene}: not reached\n{said}"
        assert not found[scene].startswith("FAILED"), found[scene]
        return found[scene]
    return run


def rows(cell, out, into):
    """Adds the rows to a matrix whose `cell(row, column, peer, function)` makes a test each."""
    cell("ms-sntp, 68 bytes", out, "chronyd + Samba", read("chronyd signs by Samba, our client has a keytab"))
    cell("ms-sntp, 68 bytes", out, "tompiond + Samba", read("we sign by Samba, our client has a keytab"))
    cell("ms-sntp, 68 bytes", out, "Samba's member, secrets.tdb", read("a member's secrets.tdb"))
    cell("ms-sntp, 68 bytes", out, "Samba's member, keytab", read("a member's keytab"))
    cell("ms-sntp, 68 bytes", into, "Python through Samba", read("a stranger's client"))
    cell("ms-sntp, 120 bytes", out, "tompiond, hash_file", read("we sign by hashes, 120 bytes"))
    cell("ms-sntp, 120 bytes", into, "Python", read("a stranger's client, 120 bytes"))


def test_a_wrong_password_is_no_time():
    return read("a wrong password")()


def test_accounts_of_people_get_silence_and_cost_nobody_anything():
    return read("accounts of people")()


def test_a_sweep_is_answered_within_the_limits():
    return read("a sweep")()


def test_samba_away_and_back():
    return read("Samba away and back")()


def test_no_secret_is_in_a_log():
    return read("no secret in a log")()


# Inside of the namespace.

def md4(message):
    """RFC 1320."""
    rotate = lambda v, n: (v << n | v >> (32 - n)) & 0xffffffff  # noqa: E731
    length = len(message) * 8
    message += b"\x80"
    message += bytes((56 - len(message)) % 64) + struct.pack("<Q", length)
    state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
    rounds = [
        (lambda x, y, z: x & y | ~x & z, 0, (3, 7, 11, 19), range(16)),
        (lambda x, y, z: x & y | x & z | y & z, 0x5a827999, (3, 5, 9, 13), [i % 4 * 4 + i // 4 for i in range(16)]),
        (lambda x, y, z: x ^ y ^ z, 0x6ed9eba1, (3, 9, 11, 15), (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15))]
    for start in range(0, len(message), 64):
        words = struct.unpack("<16I", message[start:start + 64])
        a, b, c, d = state
        for mix, constant, shifts, order in rounds:
            for step, place in enumerate(order):
                a, b, c, d = d, rotate((a + mix(b, c, d) + words[place] + constant) & 0xffffffff, shifts[step % 4]), b, c
        state = [(x + y) & 0xffffffff for x, y in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def nt_hash(password):
    return md4(password.encode("utf-16-le"))


def short_request(rid):
    return bytes([0xdb]) + bytes(39) + os.urandom(8) + struct.pack("<I", rid) + bytes(16)


def long_request(rid):
    return bytes([0xdb]) + bytes(39) + os.urandom(8) + struct.pack("<I", rid) + b"\x00\x01\x00\x00" + bytes(64)


def is_signed(reply, request, secret, rid):
    import hmac
    if reply is None or len(reply) != len(request) or reply[24:32] != request[40:48]:
        return False
    if len(reply) == 68:
        return reply[52:] == hashlib.md5(secret + reply[:48]).digest()
    derived = hmac.digest(secret, b"\x00\x00\x00\x01sntp-ms\x00\x00" + struct.pack("<I", rid) + b"\x00\x00\x02\x00", "sha512")
    return reply[56:] == hmac.digest(derived, reply[:48], "sha512")


def ask(port, packet, wait=1.0):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(wait)
        s.sendto(packet, ("127.0.0.1", port))
        try:
            return s.recv(2048)
        except TimeoutError:
            return None


class Domain:
    """The domain controller under `directory`; nothing of the machine's own /etc is touched."""

    def __init__(self, directory, start):
        self.directory, self.start = directory, start
        self.smb = f"{directory}/dc/etc/smb.conf"
        self.socket_folder = f"{directory}/dc/state/ntp_signd"
        for arguments in (["link", "set", "lo", "up"], ["addr", "add", f"{ADDRESS}/32", "dev", "lo"]):
            subprocess.run(["ip", *arguments], check=True)
        for name, text in (("resolv.conf", f"nameserver {ADDRESS}\nsearch lab.test\n"),
                           ("hosts", f"127.0.0.1 localhost\n{ADDRESS} dc1.lab.test dc1\n")):
            with open(f"{directory}/{name}", "w") as f:
                f.write(text)
            subprocess.run(["mount", "--bind", f"{directory}/{name}", os.path.realpath(f"/etc/{name}")], check=True)
        self.run(
            "samba-tool", "domain", "provision", "--realm=LAB.TEST", "--domain=LAB", "--server-role=dc", "--dns-backend=SAMBA_INTERNAL",
            f"--adminpass={PASSWORD}", "--host-name=dc1", f"--host-ip={ADDRESS}", f"--targetdir={directory}/dc",
            "--option=interfaces=lo", "--option=bind interfaces only=yes", f"--option=ntp signd socket directory={self.socket_folder}",
            f"--option=ncalrpc dir={directory}/ncalrpc", "--option=log level=1", timeout=150)
        os.environ["KRB5_CONFIG"] = f"{directory}/dc/private/krb5.conf"
        self.begin()

    def begin(self):
        os.makedirs(f"{self.directory}/run", exist_ok=True)
        self.samba = self.start(h.Process(
            ["samba", "-F", "--no-process-group", "-s", self.smb, f"--option=pid directory={self.directory}/run", "--debug-stdout"],
            self.directory, f"samba-{time.monotonic_ns()}"))
        self.wait_for_socket()

    def end(self):
        """Its services are processes of their own, and end after it; what is left is ours, as everything is in this namespace."""
        self.samba.stop(20)

        def left():
            found = []
            for number in filter(str.isdigit, os.listdir("/proc")):
                try:
                    with open(f"/proc/{number}/stat") as f:
                        name, state = f.read().split("(", 1)[1].rsplit(") ", 1)
                    # The first process here is this one, and it does not wait for what it inherits.
                    if name.startswith(("samba", "smbd", "winbindd")) and state[0] != "Z":
                        found.append(int(number))
                except OSError:
                    pass
            return found
        try:
            h.wait_for(lambda: not left(), 10, "Samba's services end")
        except AssertionError:
            for number in left():
                os.kill(number, signal.SIGKILL)
            h.wait_for(lambda: not left(), 10, "Samba's services end")

    def wait_for_socket(self):
        def answers():
            with socket.socket(socket.AF_UNIX) as s:
                try:
                    s.connect(f"{self.socket_folder}/socket")
                    return True
                except OSError:
                    return False
        h.wait_for(answers, 60, f"ntp_signd listens\n{self.samba.output()[-1000:]}")

    def run(self, *command, timeout=60):
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, f"{' '.join(command[:4])}: {(done.stdout + done.stderr)[-800:]}"
        return done.stdout

    def rid(self, name):
        shown = self.run("samba-tool", "computer", "show", name, "-s", self.smb, "--attributes=objectSid")
        return int(next(line for line in shown.splitlines() if line.startswith("objectSid")).rsplit("-", 1)[1])

    def computer(self, name):
        self.run("samba-tool", "computer", "create", name, "-s", self.smb)
        self.run("samba-tool", "user", "setpassword", f"{name}$", f"--newpassword={PASSWORD}", "-s", self.smb)
        keytab = f"{self.directory}/{name}.keytab"
        self.run("samba-tool", "domain", "exportkeytab", keytab, f"--principal={name}$", "-s", self.smb)
        os.chmod(keytab, 0o600)
        return self.rid(name), keytab

    def member(self):
        """Joins as a member of its own files does, and changes its password once: the files hold two."""
        home = f"{self.directory}/member"
        for part in ("private", "state", "cache", "lock", "run"):
            os.makedirs(f"{home}/{part}")
        with open(f"{home}/smb.conf", "w") as f:
            f.write(f"[global]\nsecurity = ads\nrealm = LAB.TEST\nworkgroup = LAB\nnetbios name = MEMBER1\nprivate dir = {home}/private\n"
                    f"state directory = {home}/state\ncache directory = {home}/cache\nlock directory = {home}/lock\n"
                    f"pid directory = {home}/run\nkerberos method = dedicated keytab\ndedicated keytab file = {home}/member.keytab\n"
                    "interfaces = lo\nbind interfaces only = yes\nlog level = 1\n")
        end = time.monotonic() + 120
        while True:
            # The controller's other services come up one after another.
            joined = subprocess.run(
                ["net", "ads", "join", "-U", f"Administrator%{PASSWORD}", "-s", f"{home}/smb.conf", "-S", "dc1.lab.test", "--no-dns-updates"],
                capture_output=True, text=True, timeout=60)
            if joined.returncode == 0:
                break
            assert time.monotonic() < end, f"net ads join: {(joined.stdout + joined.stderr)[-800:]}"
            time.sleep(1)
        self.run("net", "ads", "changetrustpw", "-s", f"{home}/smb.conf")
        self.run("net", "ads", "keytab", "create", "-P", "-s", f"{home}/smb.conf")
        return self.rid("MEMBER1"), f"{home}/member.keytab", f"{home}/private/secrets.tdb"


def our_server(start, directory, name, settings, port):
    text = h.server_configuration(port, extra=f'authenticate = ["ms-sntp"]\n[provider.ms-sntp]\nsign = true\n{settings}\n')
    return start(h.Tompion(directory, name, text)).wait_up()


def our_client(start, directory, name, settings, port):
    text = (f'[clock]\nkind = "virtual"\ninitial_offset = 0.0\n[provider.ms-sntp]\ndomain = "lab.test"\ntrusted = ["127.0.0.1"]\n{settings}\n'
            f'[[source]]\naddress = "127.0.0.1"\nport = {port}\niburst = true\nmin_poll = 0\nmax_poll = 1\nauth = "ms-sntp"\n')
    return start(h.Tompion(directory, name, text)).wait_up()


def proven(client, rid, seconds=25):
    """The figure of a client whose one source has proven itself as that account."""
    def found():
        source = client.json("sources")["sources"][0]
        good = source["authentication"] == "ms-sntp" and source["authenticated"] and source["reach"] and source["offset_ns"] is not None
        return source if good else None
    try:
        source = h.wait_for(found, seconds, "the source proves itself")
    except AssertionError as error:
        raise AssertionError(f"{error}; {client.ask('sources', '--json').stdout[:1500]}{client.tail()}") from None
    assert source["key"] == rid, source
    return f"{source['offset_ns'] / 1000:.1f} µs"


def hash_file(directory, name, *lines):
    path = f"{directory}/{name}"
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as f:
        f.write("".join(line + "\n" for line in lines))
    return path


def scenes(directory, start):
    """Each scene's name and function, in turn; all share the domain."""
    domain = Domain(directory, start)
    rid, keytab = domain.computer("CLIENT1")
    secret = nt_hash(PASSWORD)
    signd = f'signd_socket = "{domain.socket_folder}/socket"'
    limits = "client_rate = 1000.0\nclient_burst = 10000\nrid_rate = 1000.0\nrid_burst = 10000"
    port = h.free_port()
    server = our_server(start, directory, "server", f"{signd}\n{limits}", port)
    theirs = h.free_port()
    start(h.chronyd(
        directory, "chronyd",
        f"port {theirs}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 1\nntpsigndsocket {domain.socket_folder}\n"))
    hashes = hash_file(directory, "accounts", f"CLIENT1$ {rid} machine {secret.hex()}")
    local = h.free_port()
    signer = our_server(start, directory, "signer", f'hash_file = "{hashes}"\nrefuse_68 = true', local)

    def by_keytab(name, port, seconds=25, form="auto"):
        def run():
            client = our_client(start, directory, name, f'keytab = "{keytab}"\nrid = {rid}\nform = "{form}"', port)
            return proven(client, rid, seconds)
        return run

    def stranger():
        taken = []
        for _ in range(50):
            request, begin = short_request(rid), time.monotonic()
            assert is_signed(ask(port, request), request, secret, rid), "not signed"
            taken.append(time.monotonic() - begin)
        assert ask(port, long_request(rid), wait=0.5) is None, "Samba cannot sign 120 bytes"
        plain = bytes([0xe3]) + bytes(39) + os.urandom(8)
        assert len(ask(port, plain)) == 48, "a plain request gets a plain reply"
        return f"50 of 50 signed, median {sorted(taken)[25] * 1e6:.0f} µs"

    def stranger_long():
        request = long_request(rid)
        reply = ask(local, request)
        assert is_signed(reply, request, secret, rid), reply and reply.hex()
        assert ask(local, short_request(rid), wait=0.5) is None, "refuse_68"
        said = h.wait_for(lambda: (t := signer.ask("events").stdout) and "68-byte form" in t and t, 5, "event 157")
        return f"signed; {next(line for line in said.splitlines() if '68-byte form' in line).split(': ', 1)[-1][:60]}"

    def wrong_password():
        other = hash_file(directory, "wrong", f"CLIENT1$ {rid} machine {nt_hash('another').hex()}")
        client = our_client(start, directory, "wrong-client", f'hash_file = "{other}"\naccount = "CLIENT1$"\nform = "68"', port)

        def told():
            said = client.ask("events", "--json").stdout
            return '"number":26' in said.replace(" ", "") and said
        try:
            h.wait_for(told, 25, "event 26")
        except AssertionError as error:
            raise AssertionError(f"{error}: {client.ask('events').stdout[-1500:]}{client.tail()}") from None
        source = client.json("sources")["sources"][0]
        assert not client.json("status")["synchronized"] and not source["authenticated"], source
        return source["authentication_failure"]

    def people():
        """Administrator, krbtgt and Guest: Samba ends the connection for each; those who ask meanwhile are served."""
        requests = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(2)
            for other in (500, 502, 501, 99999, 500, 500):
                s.sendto(short_request(other), ("127.0.0.1", port))
                good = short_request(rid)
                requests.append(good)
                s.sendto(good, ("127.0.0.1", port))
            replies = []
            try:
                while len(replies) < len(requests):
                    replies.append(s.recv(2048))
            except TimeoutError:
                pass
            s.settimeout(0.5)
            try:
                raise AssertionError(f"one reply too many: {s.recv(2048).hex()}")
            except TimeoutError:
                pass
        signed = sum(any(is_signed(reply, request, secret, rid) for reply in replies) for request in requests)
        assert signed == len(requests) == len(replies), f"{signed} of {len(requests)} signed, {len(replies)} replies{server.tail()}"
        return f"{signed} of {len(requests)} beside them signed, 6 silent"

    def sweep():
        """10,000 RIDs from one address, each with an account, by the limits that are there without any setting."""
        swept = h.free_port()
        many = hash_file(directory, "many", *(f"M{number}$ {number} machine {secret.hex()}" for number in range(1000, 11_000)))
        watched = our_server(start, directory, "swept", f'{signd}\nhash_file = "{many}"', swept)
        answered = 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.setblocking(False)

            def drain():
                nonlocal answered
                try:
                    while s.recv(2048):
                        answered += 1
                except BlockingIOError:
                    pass
            for other in range(10_000):
                s.sendto(short_request(1000 + other), ("127.0.0.1", swept))
                if other % 50 == 49:
                    time.sleep(0.002)
                    drain()
            time.sleep(1.5)
            drain()
        assert answered == 32, f"{answered} answered"
        events = h.wait_for(lambda: (t := watched.ask("events").stdout) and "timeroasting" in t and t, 5, "the event of a sweep")
        assert events.count("timeroasting") == 1, events
        return f"{answered} of 10000 answered, one event"

    def away():
        domain.end()
        assert ask(port, short_request(rid), wait=0.7) is None
        domain.begin()

        def again():
            request = short_request(rid)
            return is_signed(ask(port, request, wait=0.5), request, secret, rid)
        begin = time.monotonic()
        try:
            h.wait_for(again, 70, "signed again")
        except AssertionError as error:
            server.ask("providers")
            raise AssertionError(f"{error}{server.tail()}; Samba runs: {domain.samba.running()}: {domain.samba.output()[-500:]}") from None
        return f"signed again after {time.monotonic() - begin:.1f} s"

    yield "a stranger's client", stranger
    yield "a stranger's client, 120 bytes", stranger_long
    yield "we sign by Samba, our client has a keytab", by_keytab("client", port)
    yield "chronyd signs by Samba, our client has a keytab", by_keytab("client-of-chronyd", theirs)
    yield "we sign by hashes, 120 bytes", by_keytab("client-long", local, form="120")
    yield "a wrong password", wrong_password
    yield "accounts of people", people
    yield "a sweep", sweep

    member = []

    def by_member(name, setting, place):
        def run():
            if not member:
                member.extend(domain.member())
            client = our_client(
                start, directory, name, f'{setting} = "{member[place]}"\nrid = {member[0]}\naccount = "MEMBER1$"\nform = "68"', port)
            return proven(client, member[0])
        return run
    yield "a member's keytab", by_member("member-keytab", "keytab", 1)
    yield "a member's secrets.tdb", by_member("member-secrets", "secrets_tdb", 2)
    yield "Samba away and back", away

    def no_secret():
        found = []
        for name in os.listdir(directory):
            if name.endswith(".log") and not name.startswith("samba"):
                with open(f"{directory}/{name}", errors="replace") as f:
                    text = f.read().lower()
                found.append(name)
                for hidden in (secret.hex(), secret.hex()[:16], PASSWORD.lower(), nt_hash("another").hex()):
                    assert hidden not in text, f"{name} holds a secret"
        return f"{len(found)} logs"
    yield "no secret in a log", no_secret


def main(directory, out):
    found = {}

    def save():
        with open(out + ".new", "w") as f:
            json.dump(found, f)
        os.rename(out + ".new", out)
    with h.workspace("samba-inside") as (inside, start):
        try:
            for name, scene in scenes(inside, start):
                begin = time.monotonic()
                try:
                    found[name] = scene()
                except (AssertionError, OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
                    found[name] = f"FAILED {type(error).__name__}: {error}"
                print(f"{name}: {found[name]} ({time.monotonic() - begin:.1f} s)", flush=True)
                save()
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            print(f"no domain controller: {error}", flush=True)
            if not found:
                found["skip"] = f"no domain controller could be made: {error}"[:400]
                save()


if __name__ == "__main__":
    main(*sys.argv[1:3])
