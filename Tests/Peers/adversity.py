# SPDX-License-Identifier: Apache-2.0
"""What must not stop the daemon, nor keep it from ending: a log nobody reads, closed streams, providers that hang, sockets in the way."""

import os
import signal
import subprocess
import time

import harness as h

HANGS = r"""
#include <unistd.h>
#include <CTompionProvider.h>
static const tompion_host_t *host;
static const tompion_descriptor_t descriptor = {
    .size = sizeof descriptor, .id = "test.hangs", .name = "hangs", .vendor = "", .version = "1", .description = "never returns"};
static tompion_status init(const tompion_provider_t *p) { (void)p; return TOMPION_OK; }
static tompion_status start(const tompion_provider_t *p) { (void)p; host->request_poll(host); return TOMPION_OK; }
static void stop(const tompion_provider_t *p) { (void)p; }
static tompion_status command(const tompion_provider_t *p, const tompion_command_t *c) { (void)p; (void)c; return TOMPION_OK; }
static void poll(const tompion_provider_t *p, int64_t now) { (void)p; (void)now; for (;;) pause(); }
static const void *extension(const tompion_provider_t *p, const char *id) { (void)p; (void)id; return NULL; }
static const tompion_provider_t provider = {.size = sizeof provider, .descriptor = &descriptor, .init = init, .start = start,
    .stop = stop, .close = stop, .command = command, .poll = poll, .get_extension = extension};
static const tompion_descriptor_t *number(uint32_t i) { return i == 0 ? &descriptor : NULL; }
static const tompion_provider_t *make(const char *id, const tompion_host_t *h) { (void)id; host = h; return &provider; }
static const tompion_module_t module = {.size = sizeof module, .abi_major = TOMPION_ABI_MAJOR, .abi_minor = TOMPION_ABI_MINOR,
    .descriptor_count = 1, .descriptor = number, .open = make};
const tompion_module_t *tompion_module_v1(void) { return &module; }
"""


def test_a_log_that_nobody_reads_stops_nothing():
    with h.workspace("unread-log") as (directory, start):
        daemon = start(h.Tompion(directory, "daemon", '[clock]\nkind = "virtual"\n')).wait_up()
        daemon.stop()
        read_end, write_end = os.pipe()
        try:
            process = subprocess.Popen([os.path.join(daemon.stage, "bin", "tompiond"), "--config", daemon.configuration_path],
                                       stdin=subprocess.DEVNULL, stdout=write_end, stderr=write_end)
            try:
                h.wait_for(lambda: daemon.ask("status", check=False).returncode == 0, 10, "it answers")
                # Two lines of the log each, of some 100 bytes: several times what a pipe holds.
                for _ in range(800):
                    daemon.ask("resync")
                assert daemon.ask("status").returncode == 0
                process.send_signal(signal.SIGTERM)
                assert process.wait(8) == 0
            finally:
                process.kill()
                process.wait()
        finally:
            os.close(read_end)
            os.close(write_end)


def test_closed_streams_are_nobody_elses():
    with h.workspace("closed-streams") as (directory, start):
        wrapper = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
        daemon = start(h.Tompion(directory, "daemon", '[clock]\nkind = "virtual"\n', wrapper=wrapper)).wait_up()
        for stream in range(3):
            target = os.readlink(f"/proc/{daemon.pid}/fd/{stream}")
            assert target == "/dev/null", f"descriptor {stream} is {target}"


def test_a_provider_that_hangs_does_not_keep_it_from_ending():
    with h.workspace("hanging-provider") as (directory, start):
        module = os.path.join(directory, "libhangs.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", module,
                        "-I" + os.path.join(h.ROOT, "Sources", "CTompionProvider", "include")], input=HANGS, text=True, check=True)
        for loop in ("threads", "single"):
            text = f'loop = "{loop}"\n[clock]\nkind = "virtual"\n[provider.hangs]\nmodule = "{module}"\nplacement = "in-process"\n'
            daemon = start(h.Tompion(directory, loop, text))
            h.wait_for(lambda: "provider-started" in daemon.output() or loop == "single", 10, "the provider runs")
            time.sleep(1.5)
            assert daemon.running(), daemon.tail()
            daemon.process.send_signal(signal.SIGTERM)
            # 0 would mean that it ended in order.
            assert daemon.process.wait(14) != 0
            if loop == "threads":
                assert "ended without stopping hangs" in daemon.output(), daemon.tail()
                # In order as far as that goes: what is kept for the next start is kept.
                assert "daemon-stopped" in daemon.output(), daemon.tail()


def test_what_stands_in_the_sockets_place_is_named_and_left_alone():
    with h.workspace("socket-place") as (directory, start):
        place = os.path.join(directory, "daemon.sock")
        with open(place, "w") as f:
            f.write("precious")
        daemon = start(h.Tompion(directory, "daemon", '[clock]\nkind = "virtual"\n'))
        assert daemon.process.wait(10) == 1
        assert place in daemon.output() and "remove it" in daemon.output(), daemon.tail()
        with open(place) as f:
            assert f.read() == "precious"


def test_check_finds_a_module_that_is_not_there():
    with h.workspace("check-module") as (directory, start):
        path = os.path.join(directory, "wrong.toml")
        for placement in ("in-process", "process"):
            with open(path, "w") as f:
                f.write(f'[clock]\nkind = "virtual"\n[provider.ntp-cleint]\nplacement = "{placement}"\n')
            result = subprocess.run([os.path.join(h.STAGE, "bin", "tompiond"), "--check", "--config", path],
                                    capture_output=True, text=True, timeout=10)
            assert result.returncode == 2, result
            assert f"{path}:" in result.stderr and "ntp-cleint" in result.stderr, result.stderr


def test_a_state_directory_that_is_none_is_told():
    with h.workspace("state-directory") as (directory, start):
        text = '[clock]\nkind = "virtual"\n'
        file, dangling = os.path.join(directory, "file"), os.path.join(directory, "dangling")
        with open(file, "w") as f:
            f.write("precious")
        os.symlink(os.path.join(directory, "nowhere"), dangling)
        for name, place, reason in (("one", file, "not a directory"), ("two", dangling, "link to nothing")):
            daemon = start(h.Tompion(directory, name, text, state=place)).wait_up()
            warnings = daemon.json("status")["warnings"]
            assert any(place in w and reason in w for w in warnings), warnings
            assert "state-directory" in daemon.output(), daemon.tail()
            daemon.stop()
        with open(file) as f:
            assert f.read() == "precious"
        assert not os.path.exists(os.path.join(directory, "nowhere"))


def test_a_provider_that_hangs_is_named_while_it_does():
    with h.workspace("hang-named") as (directory, start):
        module = os.path.join(directory, "libhangs.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", module,
                        "-I" + os.path.join(h.ROOT, "Sources", "CTompionProvider", "include")], input=HANGS, text=True, check=True)
        daemon = start(h.Tompion(directory, "daemon", f'[clock]\nkind = "virtual"\n[provider.hangs]\nmodule = "{module}"\nplacement = "in-process"\n')).wait_up()
        provider = h.wait_for(lambda: [p for p in daemon.json("providers")["providers"] if p["state"] == "hanging"], 10, "it is seen")
        assert provider[0]["name"] == "hangs" and "not returned" in provider[0]["last_error"], provider
        why = daemon.ask("why").stdout
        assert "the provider hangs hangs" in why, why
        h.wait_for(lambda: any("not returned" in w for w in daemon.json("status")["warnings"]), 5, "a warning")
        time.sleep(1.5)
        assert len([e for e in daemon.json("events")["events"] if e["slug"] == "provider-hangs"]) == 1, daemon.tail()
        # This one is killed: it has nothing to end in order, and waiting for that is another test's.
        daemon.process.kill()
        daemon.process.wait()


def test_the_drift_file_is_told_of_whether_believed_or_not():
    with h.workspace("drift") as (directory, start):
        for number, (content, slug) in enumerate([
                ("tompion drift 1\nfrequency_ppb = -12034.117\n", "drift-loaded"), ("garbage", "drift-ignored"), ("", "drift-ignored"),
                ("tompion drift 1\nfrequency_ppb = nan\n", "drift-ignored"), ("tompion drift 1\nfrequency_ppb = 1e300\n", "drift-ignored"),
                (None, None)]):
            state = os.path.join(directory, f"state{number}")
            os.mkdir(state)
            if content is not None:
                with open(os.path.join(state, "drift"), "w") as f:
                    f.write(content)
            daemon = start(h.Tompion(directory, f"daemon{number}", '[clock]\nkind = "virtual"\n', state=state)).wait_up()
            told = [e["slug"] for e in daemon.json("events")["events"] if e["slug"].startswith("drift")]
            assert told == ([slug] if slug else []), (content, told)
            daemon.stop()
