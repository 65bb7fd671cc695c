# SPDX-License-Identifier: Apache-2.0
"""The provider local: an own clock served where nobody tells real time, and orphan mode among several tompiond and chronyd, each in a network
namespace of its own on one bridge."""

import contextlib
import os
import subprocess
import time

import harness as h

LOCL = "LOCL"


@contextlib.contextmanager
def lan(count):
    """So many hosts, 10.78.0.1 and on: the words to put before a command in each."""
    if os.getuid() != 0:
        raise h.Skip("network namespaces need root")
    names = [f"tompion-{os.getpid()}-o{number}" for number in range(count + 1)]

    def ip(*words, check=True):
        got = subprocess.run(["ip", *words], capture_output=True, text=True)
        if check and got.returncode != 0:
            raise h.Skip(f"ip {' '.join(words)}: {got.stderr.strip()}")
    try:
        for name in names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        bridge, *hosts = names
        ip("-n", bridge, "link", "add", "lan", "type", "bridge")
        ip("-n", bridge, "link", "set", "lan", "up")
        for number, name in enumerate(hosts, 1):
            ip("-n", bridge, "link", "add", f"p{number}", "type", "veth", "peer", "name", "lan", "netns", name)
            ip("-n", bridge, "link", "set", f"p{number}", "master", "lan", "up")
            ip("-n", name, "addr", "add", f"10.78.0.{number}/24", "dev", "lan")
            ip("-n", name, "link", "set", "lan", "up")
        yield [["ip", "netns", "exec", name] for name in hosts]
    finally:
        for name in names:
            ip("netns", "del", name, check=False)


def member(number, others, offset, orphan=True, wait=4.0):
    """A tompiond on a clock that nothing but itself moves."""
    text = f'[clock]\nkind = "virtual"\ninitial_offset = {offset}\n'
    for other in others:
        text += f'[[source]]\naddress = "10.78.0.{other}"\niburst = true\nmin_poll = 0\nmax_poll = 1\n'
    return text + f"""
[provider.ntp-server]
listen = ["10.78.0.{number}:123"]
allow = ["10.78.0.0/24"]
[provider.local]
stratum = 10
orphan = {str(orphan).lower()}
wait = {wait}
"""


def followed(daemon):
    """(stratum, whom it follows): None = its own clock, "" = nobody."""
    status, sources = daemon.json("status"), daemon.json("sources")["sources"]
    chosen = [s for s in sources if s["state"] == "selected"]
    assert len(chosen) < 2, chosen
    if not chosen:
        return status["stratum"], ""
    return status["stratum"], None if chosen[0]["own_clock"] else chosen[0]["name"]


def test_one_of_three_leads_and_the_next_takes_over():
    with h.workspace("orphan") as (directory, start), lan(4) as hosts:
        def begin(number, name=None):
            others = [n for n in (1, 2, 3, 4) if n != number]
            return start(h.Tompion(directory, name or f"host{number}", member(number, others, 0.01 * number),
                                   wrapper=hosts[number - 1]))
        daemons = {n: begin(n) for n in (1, 2, 3)}
        for daemon in daemons.values():
            daemon.wait_up()
        seen = set()

        def settled(leader, others, address=None):
            """Nobody ever follows whoever follows; at last all have the one leader."""
            now = {n: followed(daemons[n]) for n in ([leader] if leader else []) + others}
            for number, (stratum, source) in now.items():
                seen.add((number, stratum, source))
                assert source != f"10.78.0.{number}", now
            address = address or f"10.78.0.{leader}"
            good = all(now[n] == (11 if leader else 4, address) for n in others)
            return good and (not leader or now[leader] == (10, None)) and now
        h.wait_for(lambda: settled(1, [2, 3]), 60, "the first leads")
        errors = {}

        def together():
            for n in (1, 2, 3):
                errors[n] = daemons[n].json("status")["true_error_ns"] / 1e6
            return max(errors.values()) - min(errors.values()) < 1.0
        h.wait_for(together, 40, "three clocks within a millisecond")
        leader = daemons[1].json("status")
        # The raw counter, by which it runs, is some ppm off this host's clock.
        assert abs(errors[1] - 10) < 1 and leader["steps"] == 0 and not leader["applied_frequency_ppb"], (errors, leader)
        assert leader["reference_id"] == LOCL and not leader["synchronized"], leader
        assert "own-time-served" in [e["slug"] for e in daemons[1].json("events")["events"]]
        assert "its own time is served at stratum 10" in daemons[1].ask("why").stdout, daemons[1].ask("why").stdout

        daemons[1].stop()
        h.wait_for(lambda: settled(2, [3]), 60, "the second takes over")
        h.wait_for(lambda: abs(daemons[3].json("status")["true_error_ns"] - daemons[2].json("status")["true_error_ns"]) < 1e6, 30,
                   "both are still together")
        daemons[1] = begin(1, "again").wait_up()
        h.wait_for(lambda: settled(1, [2, 3]), 60, "the first leads again")

        # Real time wins at once, whoever leads.
        start(h.chronyd(directory, "real", "port 123\nallow 10.78.0.0/24\nlocal stratum 3\n", wrapper=hosts[3]))
        # It was silent for so long that it is hardly asked any more.
        for daemon in daemons.values():
            daemon.ask("resync")
        h.wait_for(lambda: settled(None, [1, 2, 3], "10.78.0.4"), 60, "all follow real time")


        def wrong():
            return {n: d.json("status")["true_error_ns"] / 1e6 for n, d in daemons.items()}
        try:
            h.wait_for(lambda: max(map(abs, wrong().values())) < 1, 60, "all are right")
        except AssertionError as error:
            raise AssertionError(f"{error}: {wrong()} ms{''.join(d.ask('sources').stdout for d in daemons.values())}") from None
        # Whoever followed an orphan followed one of a smaller address. (In the moment of change stratum and source are of before and after.)
        for number, stratum, source in seen:
            if source and stratum == 11 and source != "10.78.0.4":
                assert int(source.rsplit(".", 1)[1]) < number, seen
        return f"clocks {errors} ms ahead or behind while one led; followed: {sorted(map(str, seen))}"


def test_with_chronyd_either_way():
    """chronyd and tompiond in one election, and a chronyd that is a client of the own clock alone."""
    with h.workspace("orphan-chrony") as (directory, start), lan(4) as hosts:
        def chrony(number, name, text):
            return start(h.chronyd(directory, name, text, wrapper=hosts[number - 1]))

        def peers(number):
            return "".join(f"server 10.78.0.{n} minpoll 0 maxpoll 1 iburst\n" for n in (1, 2, 3) if n != number)
        common = "port 123\nallow 10.78.0.0/24\n"
        first = chrony(1, "first", common + peers(1) + "local stratum 10 orphan\n")
        ours = start(h.Tompion(directory, "ours", member(2, [1, 3], 0.02), wrapper=hosts[1])).wait_up()
        third = chrony(3, "third", common + peers(3) + "local stratum 10 orphan\n")
        client = chrony(4, "client", "port 0\nserver 10.78.0.2 minpoll 0 maxpoll 1 iburst\n")
        h.wait_for(lambda: followed(ours) == (11, "10.78.0.1"), 60, f"chronyd at the lesser address is followed{ours.tail()}")
        h.wait_for(lambda: abs(ours.json("status")["true_error_ns"]) < 1e6, 30, "its time is taken")

        first.stop()
        h.wait_for(lambda: followed(ours) == (10, None), 60, f"ours leads{ours.tail()}")

        def tracking(process):
            rows = h.chronyc(process, "tracking")
            return rows and rows[0][1:3]
        h.wait_for(lambda: tracking(third) == ["10.78.0.2", "11"], 60, f"chronyd at the greater address follows ours: {tracking(third)}")
        h.wait_for(lambda: tracking(client) == ["10.78.0.2", "11"], 60, f"a plain client follows ours: {tracking(client)}")
        time.sleep(5)
        assert followed(ours) == (10, None), followed(ours)
        row = next(r for r in h.chronyc(client, "ntpdata", "10.78.0.2") or [[]])
        return f"client's tracking {tracking(client)}, its ntpdata {row[:20]}"
