# SPDX-License-Identifier: Apache-2.0
"""The battery-backed clock (provider rtc): a file in the place of the kernel's. No clock of this host is read, set or steered."""

import contextlib
import os
import threading
import time

import harness as h

CONFIGURATION = '[provider.rtc]\ndevice = "{path}"\ninterval = 60\n'


@contextlib.contextmanager
def battery_clock(directory, offset):
    """Its file, which shows the host's time and `offset` seconds more."""
    path = os.path.join(directory, "since_epoch")
    end = threading.Event()

    def write():
        with open(path + ".new", "w") as f:
            f.write(f"{int(time.time() + offset)}\n")
        os.replace(path + ".new", path)

    def tick():
        while not end.wait(1.001 - (time.time() + offset) % 1):
            write()

    write()
    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield path
    finally:
        end.set()
        thread.join()


def source(daemon):
    return next(s for s in daemon.json("sources")["sources"] if s["name"] == "rtc")


def test_measured_kept_and_never_followed():
    with h.workspace("rtc") as (directory, start), battery_clock(directory, -3.0) as path:
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        own = CONFIGURATION.format(path=path)
        daemon = start(h.Tompion(directory, "daemon", h.client_configuration([port]) + own)).wait_synced()
        h.wait_for(lambda: "offset -" in source(daemon)["last_error"], 150, f"it is measured{daemon.tail()}")
        said = source(daemon)["last_error"]
        # Between two readings a busy host may let half a second pass, not more.
        assert -3600 < float(said.split()[1]) < -2400, said
        assert source(daemon)["state"] != "selected", source(daemon)
        assert not any(e["number"] in (600, 602, 613) for e in daemon.json("events")["events"]), daemon.tail()
        daemon.stop()
        # The next start begins a day too early, and has nobody to ask.
        early = f'[clock]\nkind = "virtual"\ninitial_offset = -86400.0\n{own}'
        daemon = start(h.Tompion(directory, "daemon", early)).wait_up()
        h.wait_for(lambda: any(e["number"] == 613 for e in daemon.json("events")["events"]), 60, f"it is told of{daemon.tail()}")
        status = daemon.json("status")
        assert not status["synchronized"] and status["steps"] == 0, status
        return said + " | " + next(e["text"] for e in daemon.json("events")["events"] if e["number"] == 613)


def test_one_that_cannot_be_read_or_is_flat():
    with h.workspace("rtc-flat") as (directory, start), battery_clock(directory, -time.time()) as path:
        own = CONFIGURATION.format(path=path)
        daemon = start(h.Tompion(directory, "daemon", '[clock]\nkind = "virtual"\n' + own)).wait_up()
        h.wait_for(lambda: "before 2024" in source(daemon)["last_error"], 60, f"it is flat{daemon.tail()}")
        missing = start(h.Tompion(directory, "missing", '[clock]\nkind = "virtual"\n' + own.replace(path, "/nowhere/since_epoch"))).wait_up()
        h.wait_for(lambda: any(e["number"] == 600 for e in missing.json("events")["events"]), 60, f"it is told of{missing.tail()}")
        return source(daemon)["last_error"]


def test_trim_is_refused_where_the_clock_is_not_steered():
    with h.workspace("rtc-trim") as (directory, _):
        path = os.path.join(directory, "trim.toml")
        for clock in ("steer = false", 'kind = "virtual"'):
            with open(path, "w") as f:
                f.write(f"[clock]\n{clock}\n[clock.rtc]\ntrim = true\n")
            result = h.subprocess.run([os.path.join(h.STAGE, "bin", "tompion"), "config", "check", path], capture_output=True, text=True)
            assert result.returncode == 2 and f"{path}:4:8: clock.rtc.trim = true" in result.stdout + result.stderr, result
        return "config check: status 2, with line and key"
