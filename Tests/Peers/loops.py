# SPDX-License-Identifier: Apache-2.0
"""`loop = "single"` has every feature: server, client, control socket, a provider in a child."""

import os
import subprocess
import time

import harness as h
from providers import EXAMPLE


def test_single_does_everything_on_one_thread():
    with h.workspace("single") as (directory, start):
        port = h.free_port()
        server = start(h.Tompion(directory, "server", 'loop = "single"\n' + h.server_configuration(port)))
        text = ('loop = "single"\n' + h.client_configuration([port])
                + f'[provider.example]\nmodule = "{EXAMPLE}"\nplacement = "process"\n')
        client = start(h.Tompion(directory, "client", text)).wait_synced()
        h.wait_for(lambda: abs(client.json("status")["true_error_ns"]) < 50_000, 20, "true error under 50 µs")
        report = h.wait_for(lambda: next((p for p in client.json("providers")["providers"]
                                          if p["name"] == "example" and p["samples"] > 0), None), 15, "the child's samples")
        assert report["process_id"] != 0, report
        for daemon in (server, client):
            assert len(os.listdir(f"/proc/{daemon.pid}/task")) <= 2, "more threads than the loop and the resolver's"
        return f"true error {client.json('status')['true_error_ns']} ns"


def test_threads_have_their_roles_names():
    with h.workspace("threads") as (directory, start):
        daemon = start(h.Tompion(directory, "server", h.server_configuration(h.free_port()))).wait_up()
        names = set()
        for task in os.listdir(f"/proc/{daemon.pid}/task"):
            with open(f"/proc/{daemon.pid}/task/{task}/comm") as f:
                names.add(f.read().strip())
        assert {"tompiond", "capture", "discipline"} <= names, names


def test_events_are_followed():
    with h.workspace("follow") as (directory, start):
        port = h.free_port()
        client = start(h.Tompion(directory, "client", h.client_configuration([port]))).wait_up()
        follower = subprocess.Popen([os.path.join(h.STAGE, "bin", "tompion"), "events", "-f", "--json", "--socket", client.socket],
                                    stdout=subprocess.PIPE, text=True)
        try:
            time.sleep(0.5)
            client.ask("resync")
            os.set_blocking(follower.stdout.fileno(), False)
            seen = []

            def resynced():
                seen.append(follower.stdout.read() or "")
                return "resync" in "".join(seen)
            h.wait_for(resynced, 10, "the follower sees the resync")
        finally:
            follower.terminate()
            follower.wait()
