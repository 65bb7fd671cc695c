# SPDX-License-Identifier: Apache-2.0
"""The ABI across releases: providers of the first release in today's hosts, today's providers in a host of the first release."""

import glob
import os
import re
import subprocess
import sys

import harness as h

sys.path.insert(0, os.path.join(h.ROOT, "Tools"))
import abi_headers  # noqa: E402

FIRST = os.path.join(h.ROOT, "Tests", "ABI", "1.0")
TODAY = os.path.join(h.ROOT, "Sources", "CTompionProvider", "include")
STRICT = ["-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-O2"]


def compile_plugin(source, directory, include, *flags):
    path = os.path.join(directory, f"lib{os.path.basename(source).split('.')[0]}.so")
    compiler = ["g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-O2"] if source.endswith(".cpp") else ["gcc", *STRICT]
    subprocess.run([*compiler, "-fPIC", "-fvisibility=hidden", "-shared", f"-I{include}", *flags, "-o", path, source], check=True)
    return path


def first_host(directory):
    program = os.path.join(directory, "host-1.0")
    subprocess.run(["gcc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O2", f"-I{FIRST}/include", "-o", program,
                    os.path.join(FIRST, "host.c"), "-ldl"], check=True)
    return program


def provider_check(path):
    result = subprocess.run([os.path.join(h.ROOT, "Tools", "provider-check"), path], capture_output=True, text=True, timeout=300)
    return result.returncode == 0, result.stdout.strip().splitlines()[-1] if result.returncode == 0 else result.stdout


def in_daemon(start, directory, path, placement, settings=""):
    """Runs a provider in the daemon until it has two samples; what its sources say."""
    name = f"{os.path.basename(path)[3:-3]}-{placement}"
    daemon = start(h.Tompion(directory, name, f"""
[clock]
kind = "virtual"
[provider.old]
module = "{path}"
placement = "{placement}"
{settings}
""")).wait_up()

    def report():
        one = next((p for p in daemon.json("providers")["providers"] if p["name"] == "old"), None)
        assert one is None or one["state"] not in ("failed", "quarantined"), one
        return one
    try:
        last = h.wait_for(lambda: (lambda r: r and r["samples"] >= 2 and r)(report()), 20, f"two samples of {name}")
        if "every" in path:
            h.wait_for(lambda: daemon.json("sources")["sources"][0]["address"] == "seen 255", 20,
                       f"every capability is seen: {daemon.json('sources')['sources'][0]['address']}")
    except AssertionError as error:
        raise AssertionError(f"{error}{daemon.tail()}") from None
    assert last["misbehaviour"] == 0 if "misbehaviour" in last else True, last
    address = daemon.json("sources")["sources"][0]["address"]
    daemon.stop()
    return f"runs, {address}" if address else "runs"


def test_providers_of_the_first_release_run_in_todays_hosts():
    rows = []
    with h.workspace("abi-old") as (directory, start):
        for source in sorted(glob.glob(os.path.join(FIRST, "providers", "*.c"))):
            path = compile_plugin(source, directory, os.path.join(FIRST, "include"))
            passed, text = provider_check(path)
            assert passed, text
            # A child may open what its configuration names, so this one's address is named; the file is the same.
            settings = 'interval_ms = 100\nlisten = "127.0.0.1:0"\n' if "every" in source else ""
            cells = [text.split(":")[0]] + [in_daemon(start, directory, path, p, settings) for p in ("in-process", "process")]
            rows.append(f"{os.path.basename(source)} of 1.0 | " + " | ".join(cells))
    return "\n     ".join(["", "provider | provider-check | tompiond, in-process | tompiond, process"] + rows)


def run_first_host(program, path, seconds, *settings):
    result = subprocess.run([program, path, str(seconds), *settings], capture_output=True, text=True, timeout=seconds + 30)
    return result.returncode, result.stdout.strip()


def todays_providers(directory):
    """Name, file and settings of what is ours, and of what others begin with."""
    found = [(os.path.basename(p), p, []) for p in sorted(glob.glob(os.path.join(h.PLUGINS, "libtompion-*.so")))]
    found.append(("Plugins/Example", os.path.join(h.ROOT, "Plugins", "Example", "build", "libtompion-example.so"), []))
    for language, name in (("c", "provider.c"), ("c++", "provider.cpp")):
        folder = os.path.join(directory, language)
        os.makedirs(folder)
        found.append((f"template for {language}", compile_plugin(os.path.join(h.ROOT, "Kits", "templates", language, name), folder, TODAY), []))
    return found


def test_todays_providers_run_in_a_host_of_the_first_release():
    rows = []
    with h.workspace("abi-new") as (directory, start):
        program = first_host(directory)
        port, listen = h.free_port(), h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        for name, path, settings in todays_providers(directory):
            if "ntp-client" in name:
                settings = ["source[0].address=127.0.0.1", f"source[0].port={port}", "source[0].iburst=true", "source[0].min_poll=0"]
            if "ntp-server" in name:
                settings = [f"listen=127.0.0.1:{listen}"]
            status, text = run_first_host(program, path, 8 if "ntp-client" in name else 2, *settings)
            assert status in (0, 1), f"{name}: {text}"
            # A server and authenticators make none, nor does what is never followed; an operator's times have to be entered.
            if not any(part in name for part in ("ntp-server", "ms-sntp", "ntp-symmetric", "manual", "rtc")):
                assert status == 1 or re.search(r" [1-9]\d* samples", text), f"{name}: {text}"
            rows.append(f"{name} | {text}")
        # What needs a capability that came later finds that it is not there, and says so by its status.
        for source in sorted(glob.glob(os.path.join(h.ROOT, "Tests", "Providers", "*.c"))):
            path = compile_plugin(source, directory, TODAY, "-Wno-unused", "-Wno-missing-field-initializers")
            status, text = run_first_host(program, path, 1)
            assert status in (0, 1), f"{source}: {text}"
            rows.append(f"Tests/Providers/{os.path.basename(source)} | {text}")
    assert sum(" | runs: " in row for row in rows) >= 5, rows
    return "\n     ".join(["", "provider of today | in a host of 1.0"] + rows)


LATER = """
#include "tompion/module.h"
#include "tompion/ext/log.h"
static const tompion_descriptor_t it = {sizeof it, 1, "org.tompion.test.later", "later", "v", "1", "needs what came later"};
static const tompion_host_t *h;
static tompion_status init(const tompion_provider_t *p) {
  (void)p;
  if (h->get_extension(h, "tompion.came-later/1")) return TOMPION_OK;
  const tompion_log_t *log = h->get_extension(h, TOMPION_LOG_ID);
  if (log) log->write(h, TOMPION_LOG_ERROR, "this host has no tompion.came-later/1");
  return TOMPION_UNSUPPORTED;
}
static void stop(const tompion_provider_t *p) { (void)p; }
static tompion_status command(const tompion_provider_t *p, const tompion_command_t *c) { (void)p, (void)c; return TOMPION_UNSUPPORTED; }
static void poll(const tompion_provider_t *p, int64_t n) { (void)p, (void)n; }
static const void *extension(const tompion_provider_t *p, const char *i) { (void)p, (void)i; return 0; }
static const tompion_provider_t provider = {sizeof provider, 0, 0, &it, init, init, stop, stop, command, poll, extension};
static const tompion_descriptor_t *describe(uint32_t i) { return i ? 0 : &it; }
static const tompion_provider_t *open_it(const char *i, const tompion_host_t *host) { (void)i; h = host; return &provider; }
TOMPION_EXPORT const tompion_module_t *SYMBOL(void) {
  static const tompion_module_t m = {sizeof m, MAJOR, 9, 1, 0, describe, open_it};
  return &m;
}
"""


def test_what_cannot_run_is_refused_with_a_reason_by_both():
    """A later major version is refused by old and new; a later capability by the provider itself, in words."""
    rows = []
    cases = {"exports tompion_module_v2 alone": ("tompion_module_v2", 2, "tompion_module_v1"),
             "says that it is of major 2": ("tompion_module_v1", 2, "2"),
             "needs a capability that came later": ("tompion_module_v1", 1, "came-later")}
    with h.workspace("abi-later") as (directory, start):
        program = first_host(directory)
        for case, (symbol, major, word) in cases.items():
            folder = os.path.join(directory, case.replace(" ", "-"))
            os.makedirs(folder)
            source = os.path.join(folder, "later.c")
            with open(source, "w") as f:
                f.write(LATER)
            flags = [f"-DSYMBOL={symbol}", f"-DMAJOR={major}", "-Wno-missing-field-initializers"]
            path = compile_plugin(source, folder, TODAY, *flags)
            status, text = run_first_host(program, path, 1)
            assert status == 1 and word in text, f"{case}: {text}"
            daemon = start(h.Tompion(folder, "daemon", f'\n[clock]\nkind = "virtual"\n[provider.later]\nmodule = "{path}"\n')).wait_up()

            def refused():
                report = next((p for p in daemon.json("providers")["providers"] if p["name"] == "later"), None)
                return report and report["state"] not in ("loading", "starting", "running") and report.get("last_error")
            said = h.wait_for(refused, 10, f"{case}: the daemon refuses it")
            assert word in said or word in daemon.output(), f"{case}: {said}{daemon.tail()}"
            rows.append(f"{case} | {text} | {said}")
            daemon.stop()
    return "\n     ".join(["", "provider | host of 1.0 | tompiond"] + rows)


def test_nothing_of_the_first_release_has_changed():
    """Every constant, struct, field and function of 1.0 is in today's headers as it was, and so is the layout."""
    with open(os.path.join(FIRST, "golden-layout.txt")) as old, \
         open(os.path.join(h.ROOT, "Tests", "ProviderHostTests", "ABI", "golden-layout.txt")) as new:
        def blocks(text):
            return dict(re.findall(r"^(\w+ \d+\n)((?: .*\n)*)", text, re.M))
        before, after = blocks(old.read()), blocks(new.read())
    for head, fields in before.items():
        assert after.get(head) == fields, f"{head.strip()} is not as in 1.0"
    count = 0
    for path in sorted(glob.glob(os.path.join(FIRST, "include", "tompion", "**", "*.h"), recursive=True)):
        name = os.path.relpath(path, os.path.join(FIRST, "include"))
        old, new = abi_headers.parse(name, os.path.join(FIRST, "include")), abi_headers.parse(name)
        constants = {c.name: c.value for c in new.constants}
        for c in old.constants:
            if c.name == "TOMPION_ABI_MINOR":
                assert int(constants[c.name]) >= int(c.value)
                continue
            assert constants.get(c.name) == c.value, f"{name}: {c.name} was {c.value}, is {constants.get(c.name)}"
            count += 1
        structs = {s.name: s for s in new.structs}
        for s in old.structs:
            now = [(f.name, f.type, f.array, f.parameters, f.roles) for f in structs[s.name].fields] if s.name in structs else None
            assert now == [(f.name, f.type, f.array, f.parameters, f.roles) for f in s.fields], f"{name}: {s.name} is not as in 1.0"
            count += len(s.fields)
    assert count > 200, count
    return f"{count} declarations, {len(before)} structs"


def long_todays_providers_run_in_the_provider_check_of_the_first_release():
    """The real thing: provider-check built from the sources of the tag abi-1.0."""
    tree = os.path.join(h.ROOT, ".build", "abi-1.0")
    if subprocess.run(["git", "-C", h.ROOT, "rev-parse", "-q", "--verify", "abi-1.0^{commit}"], capture_output=True).returncode != 0:
        raise h.Skip("this clone has no tag abi-1.0 (git fetch --tags)")
    if not os.path.exists(os.path.join(tree, "Package.swift")):
        os.makedirs(tree, exist_ok=True)
        archive = subprocess.run(["git", "-C", h.ROOT, "archive", "abi-1.0"], capture_output=True, check=True)
        subprocess.run(["tar", "-x", "-C", tree], input=archive.stdout, check=True)
    built = subprocess.run(["swift", "build", "--product", "provider-check"], cwd=tree, capture_output=True, text=True, timeout=1500)
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    program = os.path.join(tree, ".build", "debug", "provider-check")
    rows = []
    with h.workspace("abi-tag") as (directory, _):
        for name, path, _ in todays_providers(directory):
            result = subprocess.run([program, path], capture_output=True, text=True, timeout=300)
            last = result.stdout.strip().splitlines()[-1]
            assert result.returncode == 0, f"{name}: {result.stdout}"
            rows.append(f"{name} | {last.split(':')[0]}")
    return "\n     ".join(["", "provider of today | provider-check of abi-1.0"] + rows)
