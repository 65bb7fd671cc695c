# SPDX-License-Identifier: Apache-2.0
"""Beside another time daemon nothing is steered, and the other is named."""

import os

import harness as h

STEER = 'kind = "system"\nsteer = true\n'


def refusal(start, directory, port):
    daemon = start(h.Tompion(directory, "second", h.client_configuration([port], clock=STEER))).wait_up()
    status = h.wait_for(lambda: (lambda s: s["steering"] == "refused" and s)(daemon.json("status")), 10, "steering is refused")
    assert daemon.running()
    return status["steering_reason"]


def test_a_running_chronyd_is_named():
    with h.workspace("rival-chronyd") as (directory, start):
        port = h.free_port()
        rival = start(h.chronyd(directory, "rival", f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 1"))
        reason = refusal(start, directory, port)
        assert "chronyd" in reason and str(rival.pid) in reason, reason
        return reason


def test_a_second_tompiond_is_named():
    with h.workspace("rival-tompiond") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        rival = start(h.Tompion(directory, "first", h.client_configuration([port], clock=STEER))).wait_up()
        reason = refusal(start, directory, port)
        assert "tompiond" in reason and str(rival.pid) in reason, reason
        return reason


def test_virtual_clocks_live_beside_anybody():
    with h.workspace("no-rival") as (directory, start):
        port = h.free_port()
        start(h.chronyd(directory, "rival", f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 1"))
        client = start(h.Tompion(directory, "client", h.client_configuration([port]))).wait_synced()
        assert client.json("status")["steering"] == "steering"
