# SPDX-License-Identifier: Apache-2.0
"""Follows the pages for authors word for word: their shell blocks, in order, in one shell."""

import os
import re
import shutil
import subprocess

import harness as h


def blocks(page):
    """The ```sh blocks of a page of Docs."""
    with open(os.path.join(h.ROOT, "Docs", page)) as f:
        found = re.findall(r"^```sh\n(.*?)^```$", f.read(), re.M | re.S)
    assert found, f"{page} has no commands"
    return found


def follow(commands, folder, seconds, **environment):
    """Runs blocks as one would type them; what each printed. The first that fails ends it."""
    script = "set -eo pipefail\nset -m\n" + "".join(f"echo '@@@ {i}'\n{block}\n" for i, block in enumerate(commands))
    result = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=seconds,
                            env={**os.environ, **environment}, stdin=subprocess.DEVNULL)
    parts = re.split(r"^@@@ (\d+)\n", result.stdout, flags=re.M)[1:]
    printed = dict(zip(map(int, parts[::2]), parts[1::2]))
    if result.returncode != 0:
        last = max(printed, default=0)
        raise AssertionError(f"block {last + 1} ended with {result.returncode}:\n{commands[last]}\n{printed.get(last, '')[-2000:]}{result.stderr[-2000:]}")
    return [printed[i] for i in range(len(commands))]


def block_with(commands, word):
    return next(i for i, block in enumerate(commands) if word in block)


def long_the_first_provider_ends_in_tompion_sources():
    commands = blocks("first-provider.md")
    with h.workspace("guide") as (directory, _):
        printed = follow(commands, h.ROOT, 900, HOME=directory)
        checks = [p for p in printed if "passed, 0 failed" in p]
        assert len(checks) == 2, printed
        watched = printed[block_with(commands, "sleep 8")]
        assert re.search(r"^\s*n .*wall-clock", watched, re.M), watched
        followed = printed[block_with(commands, "sleep 20")]
        assert re.search(r"^\s*\* .*wall-clock", followed, re.M), followed
        assert "wall-clock" in printed[block_with(commands, "Tools/run")].split("Synchronized")[-1], printed[-1]
        line = next(line for line in followed.splitlines() if "wall-clock" in line)
        return f"{len(commands)} blocks; {line.strip()}"


def test_a_package_of_a_provider_is_built_and_has_what_it_should():
    if not shutil.which("dpkg-deb"):
        raise h.Skip("there is no dpkg-deb here")
    commands = blocks("packaging-a-provider.md")
    with h.workspace("package") as (directory, start):
        made = subprocess.run([os.path.join(h.STAGE, "bin", "tompion"), "new-provider", "my-clock", "--language", "c"], cwd=directory,
                              capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        folder = os.path.join(directory, "my-clock")
        listing = follow(commands, folder, 120)[-1]
        for path in ("usr/lib/tompion/libtompion-my-clock.so", "usr/share/doc/tompion-my-clock/README.md",
                     "usr/share/doc/tompion-my-clock/example.toml", "usr/share/doc/tompion-my-clock/copyright"):
            assert f"./{path}\n" in listing, listing
        assert "root/root" in listing and "DEBIAN" not in listing, listing
        package = next(f for f in os.listdir(os.path.join(folder, "build")) if f.endswith(".deb"))
        root = os.path.join(directory, "root")
        subprocess.run(["dpkg-deb", "--extract", os.path.join(folder, "build", package), root], check=True)
        needed = subprocess.run(["readelf", "-d", f"{root}/usr/lib/tompion/libtompion-my-clock.so"], capture_output=True, text=True, check=True)
        assert re.findall(r"NEEDED.*\[(.*)\]", needed.stdout) == ["libc.so.6"], needed.stdout
        # Installed by that name in the plugin directory, it is found without a module in the configuration.
        text = '\n[clock]\nkind = "virtual"\n[provider.my-clock]\nplacement = "process"\n'
        daemon = start(h.Tompion(directory, "daemon", text, plugins=f"{root}/usr/lib/tompion")).wait_up()
        h.wait_for(lambda: any(p["name"] == "my-clock" and p["samples"] > 0 for p in daemon.json("providers")["providers"]), 20,
                   "the packaged provider runs")
        return package
