# SPDX-License-Identifier: Apache-2.0
"""What ships: one symbol a plugin, no Foundation in the daemon, no path of the build machine."""

import glob
import os
import re
import subprocess

import harness as h


def plugins():
    return sorted(glob.glob(os.path.join(h.PLUGINS, "libtompion-*.so"))) + [example()]


def example():
    return os.path.join(h.ROOT, "Plugins", "Example", "build", "libtompion-example.so")


def test_each_plugin_exports_one_function():
    for path in plugins():
        result = subprocess.run(["nm", "-D", "--defined-only", "--extern-only", path], capture_output=True, text=True, check=True)
        lines = result.stdout.split("\n")[:-1]
        assert len(lines) == 1 and re.match(r"[0-9a-f]+ T tompion_module_v1$", lines[0]), f"{path}: {lines}"


def test_the_daemon_loads_no_foundation():
    with h.workspace("foundation") as (directory, start):
        port = h.free_port()
        server = start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        client = start(h.Tompion(directory, "client", h.client_configuration([port]))).wait_up()
        for daemon in (server, client):
            with open(f"/proc/{daemon.pid}/maps") as f:
                mapped = {line.split()[-1] for line in f if "/" in line}
            assert any("libswiftCore" in path for path in mapped), "the Swift runtime is not where it should be"
            bad = [path for path in mapped if "Foundation" in path or "dispatch" in path]
            assert not bad, bad
            runtime = {path for path in mapped if "libswiftCore" in path}
            assert len(runtime) == 1, f"more than one copy of the runtime: {runtime}"


def test_no_path_of_the_build_machine():
    look_for_paths(h.STAGE)


def long_no_path_of_the_build_machine_in_the_static_build():
    look_for_paths(h.static())


def look_for_paths(stage):
    for stage in (stage,):
        for path in glob.glob(os.path.join(stage, "bin", "*")) + glob.glob(os.path.join(stage, "lib", "tompion", "libtompion-*.so")):
            with open(path, "rb") as f:
                assert h.ROOT.encode() not in f.read(), f"{path} names {h.ROOT}"


def long_the_static_build_needs_no_swift_library():
    result = subprocess.run(["readelf", "-d", os.path.join(h.static(), "bin", "tompiond")], capture_output=True, text=True, check=True)
    assert "NEEDED" in result.stdout and "libswift" not in result.stdout, result.stdout
