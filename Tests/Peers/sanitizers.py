# SPDX-License-Identifier: Apache-2.0
"""The sample ring under ThreadSanitizer, which also has to see a ring whose memory order was weakened; and the addresses of sockets
that any thread may ask for."""

import glob
import os
import shutil
import subprocess
import tempfile

import harness as h

DRIVER = os.path.join(h.ROOT, "Tests", "ThreadSanitizer", "Ring", "main.swift")


def swiftc(*arguments):
    compiler = shutil.which("swiftc") or "/opt/swift/usr/bin/swiftc"
    if not os.path.exists(compiler):
        raise h.Skip("there is no swiftc")
    return subprocess.run([compiler, *arguments], capture_output=True, text=True, timeout=300)


def build(directory, ring):
    """The driver with the ring's sources in `ring`, instrumented."""
    common = ["-sanitize=thread", "-O", "-swift-version", "6", "-I", directory]
    modules = [("TimeTypes", os.path.join(h.ROOT, "Sources", "TimeTypes"), []),
               ("SampleRing", ring, ["-enable-upcoming-feature", "InternalImportsByDefault"])]
    objects = []
    for name, folder, flags in modules:
        objects.append(os.path.join(directory, name + ".o"))
        result = swiftc(*common, *flags, "-wmo", "-parse-as-library", "-module-name", name, "-emit-module",
                        "-emit-module-path", os.path.join(directory, name + ".swiftmodule"), "-emit-object",
                        "-o", objects[-1], *sorted(glob.glob(os.path.join(folder, "*.swift"))))
        assert result.returncode == 0, result.stderr[-2000:]
    program = os.path.join(directory, "ring")
    result = swiftc(*common, DRIVER, *objects, "-o", program)
    assert result.returncode == 0, result.stderr[-2000:]
    return program


def test_socket_addresses_under_thread_sanitizer():
    with tempfile.TemporaryDirectory(prefix="tompion-tsan-") as directory:
        need_thread_sanitizer(directory)
        program = os.path.join(directory, "addresses")
        result = swiftc("-sanitize=thread", "-O", "-swift-version", "6", "-o", program,
                        os.path.join(h.ROOT, "Sources", "ProviderHost", "Kernel", "SocketAddressTable.swift"),
                        os.path.join(h.ROOT, "Tests", "ThreadSanitizer", "Addresses", "main.swift"))
        assert result.returncode == 0, result.stderr[-2000:]
        result = run(program)
        assert result.returncode == 0 and "WARNING" not in result.stderr, (result.stdout + result.stderr)[-3000:]
        return result.stdout.strip()


def run(program):
    environment = dict(os.environ, TSAN_OPTIONS="exitcode=66:halt_on_error=1:symbolize=0", SWIFT_BACKTRACE="enable=no")
    return subprocess.run([program], capture_output=True, text=True, timeout=90, env=environment)


def need_thread_sanitizer(directory):
    source = os.path.join(directory, "empty.swift")
    with open(source, "w") as f:
        f.write('print("runs")\n')
    program = os.path.join(directory, "empty")
    result = swiftc("-sanitize=thread", source, "-o", program)
    if result.returncode != 0:
        raise h.Skip(f"ThreadSanitizer is not in this toolchain: {result.stderr.strip().splitlines()[-1:]}")
    result = run(program)
    if result.returncode != 0 or "runs" not in result.stdout:
        raise h.Skip(f"a program under ThreadSanitizer does not run here: {result.stderr.strip()[:200]}")


def test_ring_under_thread_sanitizer():
    with tempfile.TemporaryDirectory(prefix="tompion-tsan-") as directory:
        need_thread_sanitizer(directory)
        sources = os.path.join(h.ROOT, "Sources", "SampleRing")
        result = run(build(directory, sources))
        assert result.returncode == 0 and "WARNING" not in result.stderr, (result.stdout + result.stderr)[-3000:]
        report = result.stdout
        # The same with every release weakened: what does not see that proves nothing.
        weak = os.path.join(directory, "weak")
        shutil.copytree(sources, weak)
        changed = 0
        for path in glob.glob(os.path.join(weak, "SampleRing+*.swift")):
            with open(path) as f:
                text = f.read()
            changed += text.count("ordering: .releasing")
            with open(path, "w") as f:
                f.write(text.replace("ordering: .releasing", "ordering: .relaxed"))
        assert changed >= 6, f"only {changed} releases found to weaken"
        result = run(build(directory, weak))
        assert "data race" in result.stderr, "a ring without release stores was not found out"
        return report.strip().replace("\n", "; ")
