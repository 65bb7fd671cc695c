# SPDX-License-Identifier: Apache-2.0
"""What a stranger does: begins a provider by `tompion new-provider`, builds it, checks it, runs it. And what goes wrong on the way."""

import json
import os
import re
import shutil
import subprocess

import harness as h

TOMPION = os.path.join(h.STAGE, "bin", "tompion")


def new_provider(directory, *arguments):
    return subprocess.run([TOMPION, "new-provider", *arguments], cwd=directory, capture_output=True, text=True, timeout=30)


def tree(directory):
    return sorted(os.path.relpath(os.path.join(folder, name), directory) for folder, _, names in os.walk(directory) for name in names)


def test_programs_are_told_in_json():
    with h.workspace("author-json") as (directory, _):
        made = new_provider(directory, "gps", "--language", "c", "--json")
        assert made.returncode == 0 and json.loads(made.stdout)["folder"] == "gps", made
        assert os.path.isdir(os.path.join(directory, "gps"))


def begin_build_check_and_run(language, *variables):
    with h.workspace("author") as (directory, start):
        name = "my-2nd-clock"
        made = new_provider(directory, name, "--language", language)
        assert made.returncode == 0, made.stderr
        folder = os.path.join(directory, name)
        for path in tree(folder):
            with open(os.path.join(folder, path)) as f:
                text = f.read() + path
            assert not re.search(r"example.clock|ExampleClock|/opt/tompion", text), f"{path} still has a template's word"
        for target in ("all", "check"):
            goal = [] if target == "all" else [target]
            result = subprocess.run(["make", *goal, *variables], cwd=folder, capture_output=True, text=True, timeout=600)
            assert result.returncode == 0, f"make {target}:\n{result.stdout[-3000:]}{result.stderr[-3000:]}"
            assert "warning" not in result.stdout + result.stderr, f"make {target}:\n{result.stdout}{result.stderr}"
        checked = result.stdout.strip().splitlines()[-1]
        daemon = start(h.Process(["make", "-s", "try", *variables], directory, "daemon", cwd=folder))
        socket = os.path.join(folder, "run", "control.sock")

        def sources():
            assert daemon.running(), daemon.output()
            return subprocess.run([TOMPION, "sources", "--json", "--socket", socket], capture_output=True, text=True, timeout=10).stdout
        text = h.wait_for(lambda: (lambda t: re.search(r'"samples":([2-9]|\d\d)', t) and t)(sources()), 20,
                          f"two samples of {name}: {daemon.output()}")
        assert f'"{name}"' in text, text
        shown = subprocess.run(["make", "-s", "sources"], cwd=folder, capture_output=True, text=True, timeout=10)
        assert name in shown.stdout, shown.stdout + shown.stderr
        installed = subprocess.run(["make", "install", f"DESTDIR={directory}/root", *variables], cwd=folder, capture_output=True, text=True, timeout=60)
        assert installed.returncode == 0, installed.stderr
        assert [p for p in tree(f"{directory}/root") if p.endswith(f"lib/tompion/libtompion-{name}.so")], tree(f"{directory}/root")
        size = os.path.getsize(os.path.join(folder, "build", f"libtompion-{name}.so"))
        return f"{size // 1024} KiB, {checked.split(':')[0]}"


def test_a_new_provider_in_c():
    return begin_build_check_and_run("c")


def test_a_new_provider_in_cpp():
    return begin_build_check_and_run("c++")


def test_a_new_provider_in_swift():
    return begin_build_check_and_run("swift")


def test_a_new_provider_in_embedded_swift():
    """The same sources without the Swift runtime."""
    return begin_build_check_and_run("swift", "EMBEDDED=1")


def test_a_new_provider_in_rust():
    need_cargo()
    return begin_build_check_and_run("rust")


def need_cargo():
    if shutil.which("cargo") and shutil.which("rustc"):
        return
    got = subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "cargo", "rustc"], capture_output=True, text=True)
    if got.returncode != 0 or not shutil.which("cargo"):
        raise h.Skip(f"there is no cargo here, and apt-get does not install it: {got.stderr.strip()[-200:] or 'no reason given'}")


def test_the_rust_crate_has_the_layout_of_c():
    """cargo test: sizes are asserts of the build, offsets are compared with the golden layout. Offline; the crate depends on nothing."""
    need_cargo()
    with h.workspace("crate") as (directory, _):
        shutil.copytree(os.path.join(h.STAGE, "share", "tompion", "rust", "tompion-provider"), f"{directory}/crate")
        result = subprocess.run(["cargo", "test", "--offline", "-q"], cwd=f"{directory}/crate", capture_output=True, text=True, timeout=600)
        assert result.returncode == 0 and re.search(r"^test result: ok\. 1 passed", result.stdout, re.M), result.stdout + result.stderr
        with open(os.path.join(h.ROOT, "Tests", "ProviderHostTests", "ABI", "golden-layout.txt")) as f:
            fields = sum(line.startswith(" ") for line in f)
        with open(f"{directory}/crate/src/abi.rs") as f:
            compared = f.read().count("assert_eq!(")
        assert compared == fields, f"{compared} offsets compared, C has {fields}"
        return f"{fields} offsets"


def test_wrong_beginnings_say_what_would_be_right_and_leave_nothing():
    cases = [
        (("Gps", "--language", "c"), 64, "lower-case"), (("gps--x", "--language", "c"), 64, "lower-case"),
        (("../gps", "--language", "c"), 64, "lower-case"), (("", "--language", "c"), 64, "lower-case"),
        (("2gps", "--language", "c"), 64, "letter"), (("g" * 41, "--language", "c"), 64, "40"),
        (("ntp-client", "--language", "c"), 64, "another"), (("gps",), 64, "--language"),
        (("gps", "--language", "pascal"), 64, "c, c++, swift, rust"), (("gps", "--language", "Rust"), 64, "did you mean rust?"),
        ((), 64, "needs a name"), (("gps", "more", "--language", "c"), 64, "more"), (("gps", "--language", "c", "--force"), 64, "--force"),
    ]
    with h.workspace("wrong") as (directory, _):
        for arguments, status, word in cases:
            result = new_provider(directory, *arguments)
            assert result.returncode == status and word in result.stderr, f"{arguments}: {result.returncode} {result.stderr}"
            assert os.listdir(directory) == [], f"{arguments} left {os.listdir(directory)}"
        with open(os.path.join(directory, "taken"), "w") as f:
            f.write("mine")
        os.makedirs(os.path.join(directory, "full", "of"))
        for name in ("taken", "full"):
            before = sorted(os.listdir(directory))
            result = new_provider(directory, name, "--language", "c")
            assert result.returncode == 1 and "already" in result.stderr, result.stderr
            assert sorted(os.listdir(directory)) == before
        assert open(os.path.join(directory, "taken")).read() == "mine" and os.listdir(os.path.join(directory, "full")) == ["of"]
        result = new_provider("/proc/self", "gps", "--language", "c")
        assert result.returncode == 1 and "cannot write" in result.stderr and "nothing was left" in result.stderr, result.stderr


def test_a_word_of_the_language_is_a_name_like_any_other():
    with h.workspace("word") as (directory, _):
        for name in ("int", "static", "tompion", "provider", "main"):
            result = new_provider(directory, name, "--language", "c")
            assert result.returncode == 0, result.stderr
            subprocess.run(["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", os.path.join(h.STAGE, "include"),
                            os.path.join(directory, name, "provider.c")], check=True)


def test_a_full_disk_leaves_nothing_half_written():
    with h.workspace("full") as (directory, _):
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k,nr_inodes=64", "none", directory], capture_output=True, text=True)
        if made.returncode != 0:
            raise h.Skip(f"no tmpfs can be mounted here: {made.stderr.strip()}")
        try:
            result = new_provider(directory, "gps", "--language", "swift")
            assert result.returncode == 1 and "No space left" in result.stderr, result.stderr
            assert os.listdir(directory) == [], os.listdir(directory)
        finally:
            subprocess.run(["umount", directory], check=True)


def test_without_templates_it_says_what_is_missing():
    with h.workspace("bare") as (directory, _):
        os.makedirs(f"{directory}/bin")
        shutil.copy(TOMPION, f"{directory}/bin/tompion")
        shutil.copytree(os.path.join(h.STAGE, "lib"), f"{directory}/lib")
        result = subprocess.run([f"{directory}/bin/tompion", "new-provider", "gps", "--language", "c"], cwd=directory,
                                capture_output=True, text=True, timeout=30)
        assert result.returncode == 1 and f"{directory}/share/tompion/templates/c" in result.stderr, result.stderr
        assert "gps" not in os.listdir(directory)


THROWS = """
#include <stdexcept>
#include <tompion/provider.hpp>
struct Throws final : tompion::Provider {
  static constexpr tompion_descriptor_t descriptor = tompion::describe(TOMPION_CAPABILITY_INPUT, "org.tompion.test.throws", "throws", "v", "1", "d");
  using Provider::Provider;
  ~Throws() override { host.log(TOMPION_LOG_NOTICE, "destroyed"); }
  tompion_status init() override {
    tompion::Source::set(source.info.name, std::string_view("a name that is longer than the hundred and twenty-seven bytes that a source's name "
                         "may have, so that it has to be cut somewhere before this point here"));
    if (source.add(host) != TOMPION_OK) return TOMPION_ERROR;
    tompion::Source moved = std::move(source);
    if (source || !moved) return TOMPION_ERROR;
    source = std::move(moved);
    if (WHERE == 0) throw std::runtime_error("it threw on purpose");
    return TOMPION_OK;
  }
  tompion_status start() override { if (WHERE == 1) throw 7; host.request_poll(); return TOMPION_OK; }
  void poll(std::int64_t) override { if (WHERE == 2) throw std::bad_alloc(); }
  tompion_status command(const tompion_command_t &) override { if (WHERE == 3) throw std::bad_alloc(); return TOMPION_UNSUPPORTED; }
  tompion::Source source;
};
struct Plain final : tompion::Provider {
  static constexpr tompion_descriptor_t descriptor = tompion::describe(0, "org.tompion.test.plain", "plain", "v", "1", "d");
  static constexpr tompion_setting_schema_t settings[] = {tompion::setting("x", TOMPION_SETTING_STRING, "any")};
  using Provider::Provider;
};
TOMPION_PLUGIN(Throws, Plain)
"""


def test_no_exception_crosses_from_cpp():
    """Two providers in one plugin; what one throws, wherever, is a status and a line in the log, and the process lives."""
    import abi
    rows = []
    with h.workspace("throws") as (directory, _):
        program = abi.first_host(directory)
        source = os.path.join(directory, "throws.cpp")
        with open(source, "w") as f:
            f.write(THROWS)
        for where, wanted, logged in ((0, "refused: throws: init answered -1, error: it threw on purpose", "destroyed"),
                                      (1, "refused: start answered -1, error: an exception that says nothing", ""),
                                      (2, "runs: throws 1", "out of memory"), (3, "runs: throws 1", "out of memory")):
            path = abi.compile_plugin(source, directory, abi.TODAY, f"-DWHERE={where}", f"-Wl,--version-script={h.ROOT}/Plugins/exports.map")
            result = subprocess.run([program, path, "2"], capture_output=True, text=True, timeout=30)
            assert result.returncode in (0, 1) and result.stdout.startswith(wanted), f"{where}: {result.returncode} {result.stdout}{result.stderr}"
            assert logged in result.stderr, f"{where}: {result.stderr}"
            rows.append(result.stdout.strip())
        compiled = abi.compile_plugin(source, directory, abi.TODAY, "-DWHERE=9", f"-Wl,--version-script={h.ROOT}/Plugins/exports.map")
        passed, text = abi.provider_check(compiled)
        assert passed, text
        return "; ".join(rows)
