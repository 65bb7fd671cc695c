# SPDX-License-Identifier: Apache-2.0
"""`tompion settime`: an operator's time in a running daemon, on a clock that nothing but itself moves."""

import json
import time

import harness as h

CONFIGURATION = '[clock]\nkind = "virtual"\ninitial_offset = -5.0\n{clock}[provider.manual]\nuncertainty = 0.5\n'


def now(ahead=0.0):
    return f"@{time.time() + ahead:.6f}"


def test_an_entry_sets_the_clock_and_synchronizes_nothing():
    with h.workspace("settime") as (directory, start):
        daemon = start(h.Tompion(directory, "daemon", CONFIGURATION.format(clock=""))).wait_up()
        answer = daemon.json("settime", now())
        assert answer["accepted"] and abs(answer["offset_ns"] - 5e9) < 5e8, answer
        assert "stepped" in answer["text"], answer
        h.wait_for(lambda: abs(daemon.json("status")["true_error_ns"]) < 2e8, 20, f"the clock is where it was said{daemon.tail()}")
        status = daemon.json("status")
        assert not status["synchronized"] and status["stratum"] == 16 and status["steps"] == 1, status
        slugs = [e["slug"] for e in daemon.json("events")["events"]]
        assert "control-command" in slugs and "time-entered" in slugs, slugs
        second = daemon.ask("settime", now(), "--within", "0.2").stdout
        assert "entered" in second, second
        for text, word in (("noon", "hours of two digits"), ("14:03:20", "Z at its end")):
            wrong = daemon.ask("settime", text, check=False)
            assert wrong.returncode == 64 and word in wrong.stderr, wrong
        far = daemon.ask("settime", now(400_000), check=False)
        assert far.returncode == 1 and "max_pos_phase_correction" in far.stderr, far
        return json.dumps(answer["text"])


def test_events_name_their_source():
    """A correction is another source: what was told of the one before is not told of a number."""
    with h.workspace("settime-names") as (directory, start):
        daemon = start(h.Tompion(directory, "daemon", CONFIGURATION.format(clock=""))).wait_up()
        # Together in one turn of the provider, mostly.
        daemon.json("settime", now())
        daemon.json("settime", now(600))

        def entered():
            return [e for e in daemon.json("events")["events"] if e["slug"] == "time-entered"]

        h.wait_for(lambda: len(entered()) == 2, 20, f"both entries{daemon.tail()}")
        assert all(e["source"] == "manual" for e in entered()), entered()
        assert "131072" not in daemon.ask("sources").stdout


def test_observe_mode_says_what_would_have_been():
    with h.workspace("settime-observe") as (directory, start):
        daemon = start(h.Tompion(directory, "daemon", CONFIGURATION.format(clock="steer = false\n"))).wait_up()
        said = daemon.ask("settime", now()).stdout
        assert "nothing is applied" in said and "would be stepped" in said, said
        time.sleep(3)
        assert daemon.json("status")["steps"] == 0, daemon.tail()
        return said.strip()


def test_without_the_provider_it_is_refused():
    with h.workspace("settime-none") as (directory, start):
        daemon = start(h.Tompion(directory, "daemon", '[clock]\nkind = "virtual"\n')).wait_up()
        refused = daemon.ask("settime", now(), check=False)
        assert refused.returncode == 1 and "[provider.manual]" in refused.stderr, refused
        return refused.stderr.strip()
