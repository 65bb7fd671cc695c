# SPDX-License-Identifier: Apache-2.0
"""ntpsec's ntpdig and Python's ntplib as clients of our server, by IPv4 and IPv6."""

import importlib
import json
import os
import subprocess
import sys

import harness as h


def addresses():
    return ["127.0.0.1"] + (["::1"] if h.has_ipv6() else [])


def ntplib():
    folder = os.path.join(h.CACHE, "python")
    if not os.path.isdir(os.path.join(folder, "ntplib")) and not os.path.exists(os.path.join(folder, "ntplib.py")):
        got = subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder, "ntplib"],
                             capture_output=True, text=True)
        if got.returncode != 0:
            raise h.Skip(f"PyPI's ntplib cannot be installed: {got.stderr.strip()[-200:]}")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("ntplib")
    finally:
        sys.path.remove(folder)


def test_ntplib_asks_our_server():
    library = ntplib()
    with h.workspace("ntplib") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port, ipv6=len(addresses()) > 1))).wait_up()
        notes = []
        for address in addresses():
            for version in (2, 3, 4):
                reply = library.NTPClient().request(address, version=version, port=port, timeout=2)
                assert reply.version == version and reply.mode == 4, (reply.version, reply.mode)
                assert reply.stratum == 1 and reply.leap == 0, (reply.stratum, reply.leap)
                assert abs(reply.offset) < 0.02, f"offset {reply.offset}"
            notes.append(f"{address} {reply.offset * 1e9:.0f} ns")
        return ", ".join(notes)


def test_ntpdig_asks_our_server():
    with h.ntpdig_namespace() as inside, h.workspace("ntpdig") as (directory, start):
        start(h.Tompion(directory, "server", h.server_configuration(123, ipv6=True), wrapper=inside)).wait_up()
        notes = []
        for address in addresses():
            result = subprocess.run([*inside, "ntpdig", "-j", "-t", "2", "-4" if ":" not in address else "-6", address],
                                    capture_output=True, text=True, timeout=20)
            assert result.returncode == 0 and result.stdout.strip(), f"ntpdig {address}: {result.stdout}{result.stderr}"
            answer = json.loads(result.stdout.splitlines()[-1])
            assert abs(float(answer["offset"])) < 0.02 and int(answer["stratum"]) == 1, answer
            notes.append(f"{address} {answer['offset']} s")
        return ", ".join(notes)
