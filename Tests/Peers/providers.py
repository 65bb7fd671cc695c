# SPDX-License-Identifier: Apache-2.0
"""The C example in both placements, plugins that do not load, and a child that dies."""

import os
import signal
import subprocess

import harness as h

EXAMPLE = os.path.join(h.ROOT, "Plugins", "Example", "build", "libtompion-example.so")


def example_configuration(placement):
    return f"""
[clock]
kind = "virtual"
[provider.example]
module = "{EXAMPLE}"
placement = "{placement}"
"""


def example_report(daemon):
    return next((p for p in daemon.json("providers")["providers"] if p["name"] == "example"), None)


def test_the_example_runs_in_both_placements():
    for placement in ("in-process", "process"):
        with h.workspace("example") as (directory, start):
            daemon = start(h.Tompion(directory, "daemon", example_configuration(placement))).wait_up()

            def samples():
                report = example_report(daemon)
                return report and report["state"] == "running" and report["samples"] >= 2 and report
            report = h.wait_for(samples, 20, f"two samples of the example ({placement})")
            assert report["placement"] == placement, report
            assert report["version"] and report["vendor"] and report["description"], report
            assert (report["process_id"] != 0) == (placement == "process"), report
            source = daemon.json("sources")["sources"][0]
            assert source["provider"] == "example" and source["samples"] >= 1, source
            assert "example" in daemon.ask("providers").stdout


def test_the_ntp_client_runs_in_a_child():
    with h.workspace("child-client") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        text = h.client_configuration([port]) + '\n[provider.ntp-client]\nplacement = "process"\n'
        client = start(h.Tompion(directory, "client", text)).wait_synced()
        error = abs(client.json("status")["true_error_ns"])
        assert error < 1_000_000, error
        return f"true error {error} ns"


def test_a_killed_child_is_started_again():
    with h.workspace("killed-child") as (directory, start):
        daemon = start(h.Tompion(directory, "daemon", example_configuration("process"))).wait_up()
        first = h.wait_for(lambda: (example_report(daemon) or {}).get("process_id"), 10, "the child runs")
        os.kill(first, signal.SIGKILL)
        second = h.wait_for(lambda: (lambda r: r["restarts"] >= 1 and r["state"] == "running" and r["process_id"])(example_report(daemon)),
                            15, "the child runs again")
        assert second != first and daemon.running()


def test_a_child_that_crashes_or_hangs_in_open_costs_its_provider_only():
    code = """#include "tompion/module.h"
        static const tompion_descriptor_t *d(uint32_t i) {
          static const tompion_descriptor_t x = {sizeof x, 1, "org.example.bad", "bad", "v", "1", "d"}; return i ? 0 : &x; }
        static const tompion_provider_t *o(const char *i, const tompion_host_t *h) { (void)i; (void)h; BODY; return 0; }
        const tompion_module_t *tompion_module_v1(void) { static const tompion_module_t m = {sizeof m, 1, 0, 1, 0, d, o}; return &m; }"""
    notes = []
    for body, word in {"__builtin_trap()": "signal", "for(;;){}": "did not return"}.items():
        with h.workspace("bad-child") as (directory, start):
            path = os.path.join(directory, "libbad.so")
            subprocess.run(["gcc", "-shared", "-fPIC", f"-DBODY={body}", "-I", os.path.join(h.ROOT, "Sources", "CTompionProvider", "include"),
                            "-x", "c", "-", "-o", path], input=code, text=True, check=True)
            port = h.free_port()
            start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
            text = h.client_configuration([port]) + f'\n[provider.bad]\nmodule = "{path}"\nplacement = "process"\n'
            client = start(h.Tompion(directory, "client", text)).wait_up(20).wait_synced()
            report = next(p for p in client.json("providers")["providers"] if p["name"] == "bad")
            assert report["state"] in ("restarting", "failed", "loading"), report
            assert word in report["last_error"], report
            notes.append(f"{report['state']}: {report['last_error']}")
    return "\n     ".join([""] + notes)


BROKEN = {
    "no symbol": ("int nothing(void) { return 0; }", ["tompion_module_v1"]),
    "wrong major": ("""#include "tompion/module.h"
        static const tompion_descriptor_t *d(uint32_t i) { (void)i; return 0; }
        static const tompion_provider_t *o(const char *i, const tompion_host_t *h) { (void)i; (void)h; return 0; }
        const tompion_module_t *tompion_module_v1(void) { static const tompion_module_t m = {sizeof m, 7, 0, 1, 0, d, o}; return &m; }""",
                    ["7"]),
    "short struct": ("""#include "tompion/module.h"
        const tompion_module_t *tompion_module_v1(void) { static const tompion_module_t m = {8, 1, 0, 1, 0, 0, 0}; return &m; }""",
                     ["8"]),
    "null open": ("""#include "tompion/module.h"
        static const tompion_descriptor_t *d(uint32_t i) {
          static const tompion_descriptor_t x = {sizeof x, 1, "org.example.broken", "broken", "v", "1", "d"}; return i ? 0 : &x; }
        static const tompion_provider_t *o(const char *i, const tompion_host_t *h) { (void)i; (void)h; return 0; }
        const tompion_module_t *tompion_module_v1(void) { static const tompion_module_t m = {sizeof m, 1, 0, 1, 0, d, o}; return &m; }""",
                  ["open"]),
    "not a library": (None, []),
}


def test_a_plugin_that_does_not_load_is_named_and_the_others_go_on():
    notes = []
    for name, (code, wanted) in BROKEN.items():
        with h.workspace("broken") as (directory, start):
            path = os.path.join(directory, "libbroken.so")
            if code is None:
                with open(path, "w") as f:
                    f.write("this is no library")
            else:
                subprocess.run(["gcc", "-shared", "-fPIC", "-I", os.path.join(h.ROOT, "Sources", "CTompionProvider", "include"),
                                "-x", "c", "-", "-o", path], input=code, text=True, check=True)
            port = h.free_port()
            start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
            text = h.client_configuration([port]) + f'\n[provider.broken]\nmodule = "{path}"\nplacement = "in-process"\n'
            client = start(h.Tompion(directory, "client", text)).wait_synced()
            report = next(p for p in client.json("providers")["providers"] if p["name"] == "broken")
            assert report["state"] == "failed", report
            for part in [path, *wanted]:
                assert part in report["last_error"], f"{name}: {report['last_error']!r} does not say {part!r}"
            notes.append(f"{name}: {report['last_error']}")
    return "\n     ".join([""] + notes)


TALKATIVE = """#include <CTompionProvider.h>
static const tompion_host_t *host;
static const tompion_descriptor_t about = {sizeof about, 1, "org.example.talkative", "talkative", "v", "1", "d"};
static void say(const char *text) { const tompion_log_t *l = host->get_extension(host, TOMPION_LOG_ID); l->write(host, TOMPION_LOG_NOTICE, text); }
static tompion_status begin(const tompion_provider_t *p) { (void)p; return TOMPION_OK; }
static void stop(const tompion_provider_t *p) { (void)p; say("says stop"); }
static void end(const tompion_provider_t *p) { (void)p; say("says close"); }
static tompion_status command(const tompion_provider_t *p, const tompion_command_t *c) {
  (void)p;
  if (c->kind == TOMPION_COMMAND_QUERY) say("says query");
  if (c->kind == TOMPION_COMMAND_SHUTDOWN) say("says shutdown");
  return TOMPION_OK;
}
static const void *extension(const tompion_provider_t *p, const char *i) { (void)p; (void)i; return 0; }
static const tompion_provider_t provider = {sizeof provider, 0, 0, &about, begin, begin, stop, end, command, 0, extension};
static const tompion_provider_t *open_it(const char *i, const tompion_host_t *h) { (void)i; host = h; return &provider; }
static const tompion_descriptor_t *describe(uint32_t i) { return i ? 0 : &about; }
const tompion_module_t *tompion_module_v1(void) { static const tompion_module_t m = {sizeof m, 1, 0, 1, 0, describe, open_it}; return &m; }
"""


def test_a_provider_is_queried_when_looked_at_and_ends_in_order():
    for placement in ("in-process", "process"):
        with h.workspace("talkative") as (directory, start):
            path = os.path.join(directory, "libtalkative.so")
            subprocess.run(["gcc", "-shared", "-fPIC", "-I", os.path.join(h.ROOT, "Sources", "CTompionProvider", "include"),
                            "-x", "c", "-", "-o", path], input=TALKATIVE, text=True, check=True)
            text = f'[clock]\nkind = "virtual"\n[provider.talkative]\nmodule = "{path}"\nplacement = "{placement}"\n'
            daemon = start(h.Tompion(directory, "daemon", text)).wait_up()

            def running():
                report = daemon.json("providers")["providers"][0]
                return report["state"] == "running" and report
            h.wait_for(running, 10, "the provider runs")

            def queried():
                daemon.ask("providers")
                return "says query" in daemon.ask("events").stdout
            h.wait_for(queried, 10, f"the query arrives ({placement})")
            report = running()
            assert report["dropped_commands"] == 0 and report["dropped_messages"] == 0, report
            assert daemon.stop() == 0
            said = daemon.output()
            places = [said.find(word) for word in ("says shutdown", "says stop", "says close", "tompiond ends")]
            assert -1 not in places and places == sorted(places), f"{placement}: {said[-2000:]}"


def test_a_child_that_does_not_stop_is_told_of_and_costs_a_second():
    with h.workspace("stubborn") as (directory, start):
        path = os.path.join(directory, "libstubborn.so")
        code = TALKATIVE.replace('say("says stop");', "for (;;) {}")
        subprocess.run(["gcc", "-shared", "-fPIC", "-I", os.path.join(h.ROOT, "Sources", "CTompionProvider", "include"),
                        "-x", "c", "-", "-o", path], input=code, text=True, check=True)
        text = f'[clock]\nkind = "virtual"\n[provider.talkative]\nmodule = "{path}"\nplacement = "process"\n'
        daemon = start(h.Tompion(directory, "daemon", text)).wait_up()
        report = h.wait_for(lambda: (lambda r: r["state"] == "running" and r)(daemon.json("providers")["providers"][0]), 10, "it runs")
        assert daemon.stop() == 0
        assert "did not stop within 1 s" in daemon.output(), daemon.output()[-2000:]
        h.wait_for(lambda: not os.path.exists(f"/proc/{report['process_id']}"), 5, "the child is gone")
