# SPDX-License-Identifier: Apache-2.0
"""provider-check: passes our providers and fails each deliberately broken one (Tests/Broken) for its own reason."""

import concurrent.futures
import glob
import json
import os
import re
import subprocess
import tempfile

import harness as h

CHECK = os.path.join(h.STAGE, "bin", "provider-check")
SOURCE = os.path.join(h.ROOT, "Tests", "Broken", "provider.c")
HEADERS = os.path.join(h.ROOT, "Sources", "CTompionProvider", "include")

# What is broken, which test must fail (the first), which others may, and what each of them has to say.
BROKEN = {
    "EXTRA_SYMBOL": ("symbols", r"exports helper_that_should_be_static"),
    "MODULE_SIZE": ("module *", r"module\.size is 16"),
    "PROVIDER_SIZE": ("open-close *", r"provider\.size is 40"),
    "MAJOR": ("module *", r"built for ABI major 2"),
    "NULL_FUNCTION": ("open-close *", r"provider\.stop"),
    "TWICE_ONE_ID": ("module", r"id \"org.example.broken\" is there twice"),
    "ANY_EXTENSION": ("wrong-order", r"get_extension has a table"),
    "LATE_COMMAND": ("deadlines commands virtual-hour", r"command .*took 7\d\d ms"),
    "SLOW_INIT": ("deadlines hostile-settings leaks virtual-hour ring-full", r"init took 7\d\d ms"),
    "SLOW_POLL": ("deadlines callbacks ring-full virtual-hour leaks", r"poll took 2\d ms|nanosleep in \d+ calls of poll"),
    "NEVER_RETURNS": ("ladder *", r"poll has not returned"),
    "BLOCKS_IN_RECEIVE": ("callbacks", r"600 × clock_nanosleep in \d+ calls of receive \(the first at libbroken-"),
    "OPENS_A_FILE": ("callbacks", r"× openat in \d+ calls of poll"),
    "ALLOCATES_IN_RECEIVE": ("callbacks", r"1200 allocations and frees in \d+ calls of receive \(the first at libbroken-"),
    "THREAD": ("threads", r"started 1 thread of its own in start"),
    "OUTLIVING_THREAD": ("threads leaks", r"still run|bytes in \d+ blocks are left"),
    "LEAKS_MEMORY": ("leaks", r"104 bytes each time"),
    "LEAKS_A_DESCRIPTOR": ("leaks", r"150 more descriptors"),
    "EARLY_PUBLISH": ("ladder *", r"sample published while stopped"),
    "PUBLISH_WHILE_STOPPED": ("ladder fuzz virtual-hour", r"sample published while stopped"),
    "OUT_OF_RANGE": ("virtual-hour *", r"value out of range"),
    "STRANGER": ("virtual-hour *", r"not the provider's"),
    "FUTURE": ("virtual-hour *", r"older than the one before it or from the future"),
    "BACKWARDS": ("virtual-hour *", r"older than the one before it or from the future"),
    "CLOCK": ("virtual-hour *", r"unknown clock"),
    "SAMPLE_SIZE": ("virtual-hour *", r"bad argument"),
    "FLOOD": ("virtual-hour *", r"flood"),
    "ANSWERS_ANYTHING": ("commands", r"unknown command 0 answered"),
    "HOSTILE_SETTINGS": ("hostile-settings", r"crashed: signal (6|11) in init"),
    "TAKES_ANYTHING": ("hostile-settings", r"took .*which its own schema forbids"),
    "CRASHES_ON_PACKETS": ("hostile-packets threads leaks fuzz", r"crashed: signal 11 in receive"),
    "LONG_REPLY": ("hostile-packets fuzz virtual-hour", r"bad argument"),
}


def compile_broken(directory, name, *flags):
    path = os.path.join(directory, f"libbroken-{name.lower()}.so")
    exports = [] if name == "EXTRA_SYMBOL" else [f"-Wl,--version-script={h.ROOT}/Plugins/exports.map"]
    subprocess.run(["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-O2", "-fPIC", "-fvisibility=hidden", "-shared", f"-I{HEADERS}",
                    f"-DBROKEN_{name}", *flags, *exports, "-o", path, SOURCE, "-lpthread"], check=True)
    return path


def check(path, *arguments):
    """Exit status, the object of each test, and the closing one."""
    result = subprocess.run([CHECK, path, "--json", *arguments], capture_output=True, text=True, timeout=600)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert lines, f"{path}: {result.returncode} {result.stderr}"
    return result.returncode, lines[:-1], lines[-1]


def test_our_providers_pass():
    rows = []
    plugins = [(p, []) for p in sorted(glob.glob(os.path.join(h.PLUGINS, "libtompion-*.so")))]
    plugins += [(p, ["--setting", "source[0].address=192.0.2.1", "--setting", "source[0].iburst=true"]) for p, _ in plugins
                if "ntp-client" in p]
    plugins.append((os.path.join(h.ROOT, "Plugins", "Example", "build", "libtompion-example.so"), []))
    with h.workspace("whole") as (directory, _):
        plugins.append((compile_broken(directory, "NOTHING"), []))
        # With settings they do their work, or try to once a second in vain: without allocating.
        clock = os.path.join(directory, "since_epoch")
        with open(clock, "w") as file:
            file.write("1800000000\n")
        for name, setting in (
                ("rtc", f"device={clock}"), ("gnss", f"source[0].sock={directory}/ref.sock"), ("gnss", "source[0].device=/nonexistent"),
                ("gnss", "source[0].shm=77"), ("pps", "source[0].device=/dev/pps77"), ("phc", "source[0].device=/dev/ptp77"),
                ("local", "stratum=12"), ("manual", "uncertainty=2.0")):
            plugins.append((os.path.join(h.PLUGINS, f"libtompion-{name}.so"), ["--setting", setting]))
        for path, arguments in plugins:
            status, tests, total = check(path, *arguments)
            # An authenticator that asks for nothing is called by other providers alone, and receivers without a line say nothing.
            idle = {"callbacks"} if "ms-sntp" in path or "gnss" in path and not arguments else set()
            bad = [t for t in tests if t["result"] != "pass" and not (t["test"] in idle and t["result"] == "skip")]
            assert status == 0 and not bad and total["passed"] >= len(tests) - len(idle) and len(tests) >= 18, f"{path} {arguments}: {bad}"
            hour = next(t["reason"] for t in tests if t["test"] == "virtual-hour")
            if "ntp-client" in path and arguments:
                assert re.search(r" [1-9]\d* samples", hour), hour
            rows.append(f"{os.path.basename(path)} {' '.join(arguments[1::2])} | {total['passed']} passed | {hour}")
    return "\n     ".join(["", "provider | provider-check | its virtual hour"] + rows)


def judge(directory, name):
    wanted, reason = BROKEN[name]
    first, *others = wanted.split()
    status, tests, total = check(compile_broken(directory, name))
    failed = [t for t in tests if t["result"] == "fail"]
    assert status == 1 and total["failed"] == len(failed) >= 1, f"{name}: {status} {total}"
    for t in failed:
        assert re.search(reason, t["reason"]), f"{name}: {t['test']} fails for another reason: {t['reason']}"
        assert t["test"] == first or "*" in others or t["test"] in others, f"{name}: {t['test']} fails, too: {t['reason']}"
        assert t["right"] and t["read"].startswith("Docs/"), t
    names = [t["test"] for t in failed]
    assert first in names, f"{name}: {first} does not fail: {names}"
    said = next(t["reason"] for t in failed if t["test"] == first)
    return f"{name.lower().replace('_', ' ')} | {' '.join(names)} | {said}"


def test_each_broken_provider_fails_for_its_own_reason():
    with open(SOURCE) as f:
        kept = set(re.findall(r"BROKEN_([A-Z_]+)", f.read()))
    assert kept == set(BROKEN), kept ^ set(BROKEN)
    with h.workspace("broken") as (directory, _), concurrent.futures.ThreadPoolExecutor(2) as pool:
        rows, wrong = [], []
        for task in [pool.submit(judge, directory, name) for name in BROKEN]:
            try:
                rows.append(task.result())
            except AssertionError as error:
                wrong.append(str(error))
    assert not wrong, "\n     ".join(wrong)
    assert len(rows) >= 15
    return "\n     ".join(["", "broken | tests that fail | what the first says"] + rows)


def test_a_seed_repeats_a_run():
    """The same seed comes to the same fault in the same step, another seed to another."""
    with h.workspace("seed") as (directory, _):
        path = compile_broken(directory, "PUBLISH_WHILE_STOPPED")
        said = {}
        for seed in ("1", "1", "2", "3"):
            _, tests, _ = check(path, "--test", "fuzz", "--seed", seed)
            reason = tests[0]["reason"]
            assert f"--seed {seed}" in reason and said.setdefault(seed, reason) == reason, (said, reason)
        assert len(set(said.values())) == 3, said
        return said["1"]


def test_what_cannot_be_tried_is_skipped_with_a_reason():
    with h.workspace("skip") as (directory, _):
        path = compile_broken(directory, "NOTHING", "-DNEEDS_OFFSET")
        status, tests, total = check(path)
        skipped = [t for t in tests if t["result"] == "skip"]
        assert status == 0 and total["skipped"] == len(skipped) >= 5, (status, total)
        assert all("needs settings (offset" in t["reason"] for t in skipped), skipped
        return f"{len(skipped)} skipped"


def test_a_plugin_built_with_a_sanitizer_is_skipped_with_a_reason():
    with h.workspace("asan") as (directory, _):
        status, tests, total = check(compile_broken(directory, "NOTHING", "-fsanitize=address"))
        assert status == 0 and total["passed"] == 1 and total["skipped"] == len(tests) - 1, total
        assert all("built with libasan" in t["reason"] for t in tests if t["result"] == "skip"), tests


def test_exit_status_of_wrong_usage_is_two():
    example = os.path.join(h.ROOT, "Plugins", "Example", "build", "libtompion-example.so")
    for arguments in ([], ["/nowhere/libnone.so"], [example, "--limit", "0"], [example, "--limit", "soon"], [example, "--test", "nonsense"],
                      [example, "--setting", "x"], [example, "--nonsense"], ["/dev/zero"], [h.ROOT]):
        result = subprocess.run([CHECK, *arguments], capture_output=True, text=True, timeout=30)
        assert result.returncode == 2 and result.stderr and not result.stdout, (arguments, result)
    # A setting that it does not take would skip tests for nothing: which, and what would be right.
    for setting, wanted in (("ofset=0.5", r"ofset.*no such setting; it has offset, noselect"), ("source[0].offset=1", r"no such setting"),
                            ("offset=99", r"offset: .*refuses it: a number of seconds from -10 to 10")):
        result = subprocess.run([CHECK, example, "--setting", "noselect=true", "--setting", setting], capture_output=True, text=True, timeout=30)
        assert result.returncode == 2 and re.search(wanted, result.stderr) and not result.stdout, (setting, result)
    with tempfile.TemporaryDirectory(prefix="tompion-pipe-") as directory:
        pipe = os.path.join(directory, "libpipe.so")
        os.mkfifo(pipe)  # whoever opens it waits
        result = subprocess.run([CHECK, pipe], capture_output=True, text=True, timeout=10)
        assert result.returncode == 2 and "no plain file" in result.stderr, result


def test_a_plugin_that_prints_spoils_no_json():
    with h.workspace("prints") as (directory, _):
        loud = os.path.join(directory, "loud.c")
        with open(loud, "w") as f:
            f.write('#include <stdio.h>\n__attribute__((constructor)) static void shout(void) { puts("ok\\tforged"); fflush(stdout); }\n')
        path = compile_broken(directory, "NOTHING", loud)
        result = subprocess.run([CHECK, path, "--json", "--test", "module"], capture_output=True, text=True, timeout=60)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        assert len(lines) == 2 and result.returncode == 0, result
        assert "forged" in result.stderr, result
