# SPDX-License-Identifier: Apache-2.0
"""A command line that makes no sense gets a plain line or two and status 2, from every tool, at once."""

import os
import subprocess
import sys
import tempfile

import harness as h


# What Tools/build does not install finds the Swift runtime where it put it.
RUNTIME = {**os.environ, "LD_LIBRARY_PATH": os.path.join(h.ROOT, ".build", "stage", "lib", "tompion")}


def refused(tool, *arguments):
    """The tool's words; fails unless it ends with 2, quickly, without a traceback and in three lines at most."""
    program = [os.path.join(h.ROOT, "Tools", tool)]
    run = subprocess.run([sys.executable, *program, *arguments] if tool.endswith(".py") else [*program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, timeout=20, env=RUNTIME)
    assert run.returncode == 2, (tool, arguments, run.returncode, run.stdout[-500:])
    assert "Traceback" not in run.stdout and len(run.stdout.splitlines()) <= 3, (tool, arguments, run.stdout)
    return run.stdout


def test_options_that_are_not_there():
    for tool in ("build", "check", "test", "ablation", "guest-test", "format", "plots", "run"):
        assert "--bogus" in refused(tool, "--bogus")


def test_help_does_nothing_else():
    for tool in ("format", "plots", "run", "simulate"):
        run = subprocess.run([os.path.join(h.ROOT, "Tools", tool), "--help"], capture_output=True, text=True, timeout=20, env=RUNTIME)
        assert run.returncode == 0 and f"./Tools/{tool}" in run.stdout and not run.stderr, (tool, run)


def test_run_and_plots_before_they_build():
    for arguments in (["--seconds", "3"], ["--provider", "/nowhere/libnone.so"], ["--setting", "a=1"], ["--server", "a:0"]):
        assert arguments[0] in refused("run", *arguments)
    assert "nowhere" in refused("plots", "nowhere")
    assert "a page and the file" in refused("plots.py", "--help")


def test_ablation():
    for arguments in (["--seeds", "0"], ["--seeds", "x"], ["--seeds"], ["--part", "nothing"], ["nowhere"], ["--json", "/nowhere/at/all"]):
        refused("ablation", *arguments)
    assert "nowhere" in refused("ablation", "nowhere")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as other:
        for text in ("no JSON", "[1]", '{"tree": 5}'):
            other.seek(0)
            other.truncate()
            other.write(text)
            other.flush()
            refused("ablation", "--json", other.name)
            with open(other.name, encoding="utf-8") as stream:
                assert stream.read() == text, "a file that is not its own was written over"


def test_guest_test():
    for arguments in (["nowhere"], ["--seeds", "0"], ["--seeds", "9999999"], ["--seeds", "x"], ["--seeds"], ["--list", "nowhere"]):
        refused("guest-test", *arguments)


def test_simulate_and_bench_before_they_build():
    """`refused` allows them twenty seconds and three lines: neither is enough for a build."""
    for arguments in (["--bogus"], ["--seeds", "0"], ["--seeds=9999999"], ["--seeds", "x"], ["--seeds"], ["--jobs", "-1"], ["nowhere"],
                      ["--replay", "/nowhere"], ["--file", "/nowhere"], ["--trace", "/nowhere/at/all"]):
        assert arguments[-1].split("=")[-1] in (words := refused("simulate", *arguments)) or "/nowhere/at" in words, words
    for arguments in (["--bogus"], ["nowhere"], ["nowhere.at-all"], ["--html"], ["--html", "/nowhere/at/all"], ["--compare", "/nowhere"], ["ring", "--bogus"]):
        refused(os.path.join("..", "Bench", "run"), *arguments)


def test_output_that_cannot_be_written_is_no_success():
    """/dev/full takes nothing, as a full disk does."""
    example = os.path.join(h.ROOT, "Plugins", "Example", "build", "libtompion-example.so")
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file, open("/dev/full", "wb") as full:
        file.write('[clock]\nkind = "virtual"\n')
        file.flush()
        for program, *arguments in (
                ("tompion", "--help"), ("tompion", "--version"), ("tompion", "config", "check", file.name, "--json"), ("tompion", "config", "check", file.name),
                ("tompiond", "--help"), ("tompiond", "--version"), ("tompiond", "--check", "--config", file.name),
                ("provider-check", "--help"), ("provider-check", example, "--test", "symbols")):
            command = [os.path.join(h.STAGE, "bin", program), *arguments]
            seen = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
            assert seen.returncode == 0 and seen.stdout, (command, seen)
            lost = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
            assert lost.returncode == 1 and "could not be written" in lost.stderr, (command, lost)


def test_simulate():
    program = os.path.join(h.ROOT, ".build", "release", "simulate")
    if not os.path.exists(program):
        raise h.Skip("./Tools/simulate has not been built")
    given = os.path.join(h.ROOT, "Scenarios", "given.json")
    with open("/dev/full", "wb") as full:
        for arguments in (["--help"], ["--file", given, "--list"]):
            lost = subprocess.run([program, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=20, env=RUNTIME)
            assert lost.returncode == 1 and "could not be written" in lost.stderr, (arguments, lost)
    with tempfile.TemporaryDirectory() as directory:
        kept = os.path.join(directory, "kept")
        wrong = os.path.join(directory, "wrong.json")
        with open(kept, "w", encoding="utf-8") as stream:
            stream.write("as it was")
        for arguments in (["--seeds", "0"], ["--bogus"], ["nowhere"], ["wan", "--trace", directory], ["wan", "--html", kept + "/below"],
                          ["wan", "--record", "/dev/null"], ["wan", "--trace", kept, "--html", kept], ["wan", "--trace", kept, "--modules", directory]):
            refused(program, "--file", given, *arguments)
        # A frequency with which no counter runs, on the fourth line: told at once, where it hung.
        with open(wrong, "w", encoding="utf-8") as stream:
            stream.write('{"scenarios": {\n "x": {"poll_log2_s": 4, "duration_s": 100, "warm_s": 1,\n  "freq_extra": [{"kind": "trace",\n'
                         '    "seconds": [0, 1], "values": [1e9, -1e9]}], "model": {"base_s": 0.01}}}}')
        words = refused(program, "--file", wrong, "x", "--trace", kept)
        assert "line 4" in words and "x.freq_extra[0].values[0]" in words and "0.01" in words, words
        with open(kept, encoding="utf-8") as stream:
            assert stream.read() == "as it was"
        assert sorted(os.listdir(directory)) == ["kept", "wrong.json"]
