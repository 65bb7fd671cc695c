# SPDX-License-Identifier: Apache-2.0
"""The NTP server under load beside chronyd -x and a C responder, in turns: medians and ratios as one line of JSON.

Each server has the core SERVER to itself and the load the core LOAD, both under SCHED_FIFO where that is allowed, in short bursts.
PROBE says which figures: "saturation", "latency", "workers", or "authenticated-sha256" and "authenticated-aes128-cmac"."""

import json
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Tests", "Peers"))
import harness as h  # noqa: E402

BINARIES = os.environ.get("TOMPION_BENCH_BINARIES", os.path.join(h.ROOT, ".build", "bench", "release"))
LOAD, SERVER = 0, 1
OUTSTANDING = 512
QUICK = "--quick" in sys.argv
SECONDS = 0.3 if QUICK else 0.6
ROUNDS = 3 if QUICK else 10
# A process has the speed it was born with: where its memory came to lie decides up to a tenth. Fresh ones, therefore, some times over.
STARTS = 1 if QUICK else 6


def realtime():
    """The words that put a command under SCHED_FIFO, if that is allowed."""
    words = ["chrt", "-f", "50"]
    return words if subprocess.run([*words, "true"], capture_output=True).returncode == 0 else []


FIFO = realtime()


def pinned(core):
    return ["taskset", "-c", str(core), *FIFO]


def load(server, mode, amount, seconds=SECONDS):
    result = subprocess.run(
        [*pinned(LOAD), os.path.join(BINARIES, "ServerLoad"), str(server.port), str(server.pid), str(seconds), mode, str(int(amount)),
         *getattr(server, "key", ())],
        capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        raise h.Skip(f"the load ended with status {result.returncode}: {result.stderr.strip()}")
    found = json.loads(result.stdout)
    # Whoever else runs here gets its share between the bursts.
    time.sleep(0.2)
    return found


def ours(directory, start, name="ours", workers=1, core=SERVER, extra=""):
    port = h.free_port()
    text = f"real_time_priority = {50 if FIFO else 0}\n" + h.server_configuration(
        port, extra=f'workers = {workers}\nallow = ["127.0.0.0/8"]\n{extra}')
    server = start(h.Tompion(directory, name, text, wrapper=["taskset", "-c", str(core)]))
    server.wait_up()
    server.port = port
    return server


def theirs(directory, start, extra=""):
    port = h.free_port()
    program = h.debian_program("chrony", "usr/sbin/chronyd")
    path = os.path.join(directory, "chronyd.conf")
    with open(path, "w") as f:
        f.write(f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.0/8\nlocal stratum 1\ncmdport 0\npidfile {directory}/chronyd.pid\n{extra}")
    user = ["-u", "root"] if os.getuid() == 0 else ["-U"]
    server = start(h.Process([*pinned(SERVER), program, "-x", "-d", *user, "-f", path], directory, "chronyd"))
    server.port = port
    return server


def responder(directory, start):
    port = h.free_port()
    server = start(h.Process([*pinned(SERVER), os.path.join(BINARIES, "ServerResponder"), str(port), "900"], directory, "responder"))
    server.port = port
    return server


def rounds(servers, mode, amount, count):
    """One list of results for each server; which goes first moves on with each round."""
    found = [[] for _ in servers]
    amount = amount() if callable(amount) else amount
    for server in servers:
        load(server, mode, amount, seconds=0.1)
    for turn in range(count):
        for step in range(len(servers)):
            which = (turn + step) % len(servers)
            found[which].append(load(servers[which], mode, amount))
    return found


def fresh_rounds(make, mode, amount):
    """As rounds(), over several starts of what make(directory, start) makes; the last ones' log is in the error if a reply is strange."""
    found = None
    for _ in range(STARTS):
        with h.workspace("bench-server") as (directory, start):
            servers = make(directory, start)
            time.sleep(1)
            got = rounds(servers, mode, amount, -(-ROUNDS // STARTS))
            strange = sum(r["strange"] for r in got[0])
            if strange:
                raise h.Skip(f"{strange} replies were not what was asked for\n{servers[0].tail()}")
        found = [a + b for a, b in zip(found, got)] if found else got
    return found


def median(results, key):
    return statistics.median(r[key] for r in results)


def ratio(some, others, key):
    return statistics.median(a[key] / b[key] for a, b in zip(some, others))


def saturation():
    def make(directory, start):
        return [ours(directory, start), theirs(directory, start), responder(directory, start)]

    mine, chronyd, plain = fresh_rounds(make, "closed", OUTSTANDING)
    return {
        "per_second": median(mine, "per_second"), "per_second_chronyd": median(chronyd, "per_second"),
        "per_second_c": median(plain, "per_second"), "per_second_ratio": ratio(mine, chronyd, "per_second"),
        "against_c": ratio(mine, plain, "per_second"), "against_c_cpu": ratio(mine, plain, "cpu_ns"),
        "cpu_ns": median(mine, "cpu_ns"), "cpu_ns_chronyd": median(chronyd, "cpu_ns"), "cpu_ns_c": median(plain, "cpu_ns"),
        "cpu_ratio": ratio(mine, chronyd, "cpu_ns"), "share": median(mine, "cpu_share"),
        "share_chronyd": median(chronyd, "cpu_share"),
    }


def latency():
    halves = []

    def make(directory, start):
        servers = [ours(directory, start), theirs(directory, start)]
        if not halves:
            time.sleep(1)
            full = [load(server, "closed", OUTSTANDING)["per_second"] for server in servers for _ in range(3)]
            halves.extend((statistics.median(full[:3]), statistics.median(full[3:]) / 2))
        return servers

    # The rate is known once the first ones run.
    mine, chronyd = fresh_rounds(make, "open", lambda: halves[1])
    own, half = halves
    # As far as the load gets: it may not reach 80 % of what the server can.
    with h.workspace("bench-server") as (directory, start):
        server = ours(directory, start)
        time.sleep(1)
        busy = [load(server, "open", own * 0.79) for _ in range(ROUNDS)]
    return {
        "p99_us": median(mine, "p99_us"), "p99_us_chronyd": median(chronyd, "p99_us"), "p99_ratio": ratio(mine, chronyd, "p99_us"),
        "p50_us": median(mine, "p50_us"), "p50_us_chronyd": median(chronyd, "p50_us"), "half": half,
        "saturation": own, "busy": median(busy, "per_second"), "requests": float(sum(r["requests"] for r in busy)),
        "lost": float(sum(r["requests"] - r["answered"] for r in busy)),
    }


def workers():
    """With fewer than 4 cores both workers have the server's one core: what the second costs is told there, too."""
    cores = SERVER if os.cpu_count() < 4 else f"{SERVER},{SERVER + 1}"
    extra = f"\n[realtime.server]\npriority = {50 if FIFO else 0}\n"
    with h.workspace("bench-server") as (directory, start):
        servers = [ours(directory, start, "one", 1, core=cores), ours(directory, start, "two", 2, core=cores, extra=extra)]
        time.sleep(1)
        one, two = rounds(servers, "closed", OUTSTANDING, ROUNDS)
        return {
            "one_ns": median(one, "cpu_ns"), "two_ns": median(two, "cpu_ns"), "ratio": ratio(two, one, "cpu_ns"),
            "scaling": ratio(two, one, "per_second"), "cores": float(os.cpu_count()),
        }


def authenticated(algorithm, chronys, length):
    """Every request signed with one key of that type, and every reply."""
    key = bytes(range(1, length + 1)).hex()

    def make(directory, start):
        path = os.path.join(directory, "keys")
        # One file for both: chrony's format is read as it is.
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write(f"7 {chronys} HEX:{key}\n")
        servers = [
            ours(directory, start, extra=f'authenticate = ["symmetric"]\n[provider.ntp-symmetric]\nkey_files = ["{path}"]\n'),
            theirs(directory, start, extra=f"keyfile {path}\n"),
        ]
        for server in servers:
            server.key = (algorithm, "7", key)
        return servers

    mine, chronyd = fresh_rounds(make, "closed", OUTSTANDING)
    if not median(chronyd, "replies"):
        raise h.Skip(f"this chronyd does not answer with a key of type {chronys}")
    return {
        "per_second": median(mine, "per_second"), "per_second_chronyd": median(chronyd, "per_second"),
        "per_second_ratio": ratio(mine, chronyd, "per_second"), "cpu_ns": median(mine, "cpu_ns"),
        "cpu_ns_chronyd": median(chronyd, "cpu_ns"), "share": median(mine, "cpu_share"),
        "share_chronyd": median(chronyd, "cpu_share"),
    }


probe = {"saturation": saturation, "latency": latency, "workers": workers,
         "authenticated-sha256": lambda: authenticated("sha256", "SHA256", 32),
         "authenticated-aes128-cmac": lambda: authenticated("aes128-cmac", "AES128", 16)}[
    next((a for a in sys.argv[1:] if not a.startswith("-")), "saturation")]
try:
    if os.cpu_count() < 2:
        raise h.Skip("one core only: load and server need one each")
    print(json.dumps(probe()))
except h.Skip as reason:
    print(json.dumps({"skipped": str(reason)}))
