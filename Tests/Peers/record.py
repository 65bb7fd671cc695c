# SPDX-License-Identifier: Apache-2.0
"""`[record]`: what a running daemon's engine took is run again by `./Tools/simulate --replay`, bit for bit."""

import json
import os
import signal
import subprocess
import time

import harness as h


def replay(path, *options):
    """The replay's summary and exit status; a build of the simulator may come first."""
    result = subprocess.run([os.path.join(h.ROOT, "Tools", "simulate"), "--replay", path, "--json", *options],
                            capture_output=True, text=True, timeout=1200)
    assert result.stdout.startswith("{"), f"exit {result.returncode}: {result.stdout}{result.stderr}"
    return json.loads(result.stdout), result.returncode


def client(directory, name, port, record, extra="", top=""):
    clock = 'kind = "virtual"\ninitial_offset = 0.05\ninitial_frequency_ppm = 40.0\n'
    text = f'{top}{h.client_configuration([port, port + 1], clock)}\n[record]\nfile = "{record}"\n{extra}'
    return h.Tompion(directory, name, text)


def servers(directory, start):
    """Two servers on ports next to each other."""
    while True:
        port = h.free_port()
        try:
            with h.socket.socket(h.socket.AF_INET, h.socket.SOCK_DGRAM) as probe:
                probe.bind(("127.0.0.1", port + 1))
            break
        except OSError:
            continue
    for number in (0, 1):
        start(h.Tompion(directory, f"server{number}", h.server_configuration(port + number)))
    return port


def is_same(summary, status):
    assert summary["identical"] is True and summary["differing"] == 0 and status == 0, summary["verdict"]
    assert summary["differences_of_engine"] == [], summary["differences_of_engine"]
    assert summary["program"].startswith("tompiond "), summary["program"]
    return summary


def test_a_daemons_day_replays_bit_for_bit():
    notes = []
    with h.workspace("record") as (directory, start):
        port = servers(directory, start)
        for loop in ("threads", "single"):
            record = os.path.join(directory, f"{loop}.record")
            daemon = start(client(directory, loop, port, record, top=f'loop = "{loop}"\n')).wait_synced()
            daemon.ask("resync", "--force")
            h.wait_for(lambda: daemon.json("status")["samples"] >= 12, 30, "samples")
            status = daemon.json("status")
            assert not any("record" in warning for warning in status.get("warnings", [])), status
            assert daemon.stop() == 0, daemon.tail()
            page, trace = record + ".html", record + ".csv"
            summary = is_same(*replay(record, "--html", page, "--trace", trace))
            assert summary["is_complete"] and summary["missing"] == 0, summary["ending"]
            assert summary["counts"]["sample"] >= 12 and summary["counts"]["tick"] >= 3, summary["counts"]
            assert summary["counts"]["applied"] > 0 and summary["counts"]["resync"] == 1, summary["counts"]
            assert len(summary["sources"]) == 2 and all(s["samples"] > 0 for s in summary["sources"]), summary["sources"]
            assert abs(summary["offset_s"]) < 0.01 and summary["largest_offset_s"] > 0.001, summary
            with open(page) as f:
                html = f.read()
            assert html.count("<svg ") == 2 and "http" not in html, "the page"
            with open(trace) as f:
                assert len(f.readlines()) == summary["counts"]["tick"] + 1
            notes.append(f"{loop}: {summary['events']} events")
    return ", ".join(notes)


def test_a_killed_daemons_record_replays_as_far_as_it_goes():
    with h.workspace("killed") as (directory, start):
        port = servers(directory, start)
        record = os.path.join(directory, "record")
        daemon = start(client(directory, "killed", port, record)).wait_synced()
        h.wait_for(lambda: daemon.json("status")["samples"] >= 8, 30, "samples")
        time.sleep(2)
        daemon.process.send_signal(signal.SIGKILL)
        daemon.process.wait()
        summary = is_same(*replay(record))
        assert not summary["is_complete"] and summary["counts"]["sample"] >= 8, summary
        # The restart keeps it.
        start(client(directory, "again", port, record)).wait_up()
        assert is_same(*replay(record + ".old"))["events"] == summary["events"]
        # One byte of the last event is another one: the replay says so and does not end well. A bit that changes nothing the engine
        # does is no difference, so a few places are tried.
        with open(record + ".old", "rb") as f:
            whole = f.read()
        for place in range(1, 33):
            damaged = bytearray(whole)
            damaged[-place] ^= 1
            with open(record, "wb") as f:
                f.write(damaged)
            try:
                result, status = replay(record)
            except AssertionError:  # no event at all any more: said as such, and not what is tried here
                continue
            if status == 1:
                break
        assert status == 1 and result["identical"] is False and result["differing"] == 1, (place, result)
        return result["verdict"]


def test_the_limit_is_said_and_counted():
    with h.workspace("limit") as (directory, start):
        port = servers(directory, start)
        record = os.path.join(directory, "record")
        # Two sources at 1 s polls: 65536 bytes are full within a few minutes; resyncs make it sooner.
        daemon = start(client(directory, "limit", port, record, "limit = 65536\n")).wait_synced()

        def ended():
            for _ in range(20):
                daemon.ask("resync", check=False)
            return [e for e in daemon.json("events")["events"] if e["slug"] == "record-ended"]
        events = h.wait_for(ended, 120, "the limit")
        assert "at its limit of 65536 bytes" in events[0]["text"], events
        assert os.path.getsize(record) <= 65536
        h.wait_for(lambda: any("events since are not in it" in w and "; 0 events" not in w
                               for w in daemon.json("status")["warnings"]), 10, "they are counted")
        assert daemon.json("status")["synchronized"]
        daemon.stop()
        summary = is_same(*replay(record))
        assert summary["is_complete"] and summary["ending"] == "ended because the file reached its limit", summary["ending"]
        return f"{summary['events']} events"


def test_what_is_no_record_is_named():
    with h.workspace("foreign") as (directory, _):
        path = os.path.join(directory, "foreign")
        with open(path, "w") as f:
            f.write("something else\n")
        result = subprocess.run([os.path.join(h.ROOT, "Tools", "simulate"), "--replay", path],
                                capture_output=True, text=True, timeout=1200)
        assert result.returncode == 2 and "this is no record of tompiond" in result.stderr, result
        assert "Usage" not in result.stderr
