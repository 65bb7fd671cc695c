# SPDX-License-Identifier: Apache-2.0
"""Hostile servers of our own: each answer is refused, counted by its reason, and the clock does not move."""

import os
import socket
import struct
import threading
import time

import harness as h

NTP_EPOCH = 2208988800


class Stub:
    """Answers NTP requests on loopback with what `answer` makes of an honest reply."""

    def __init__(self, answer):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]
        self.answer = answer
        self.requests = []
        self.ports = []
        self.running = True
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while self.running:
            try:
                request, peer = self.socket.recvfrom(2048)
            except OSError:
                continue
            self.requests.append(request)
            self.ports.append(peer[1])
            now = time.time()
            for reply in self.answer(request, now):
                self.socket.sendto(reply, peer)

    def stop(self):
        self.running = False
        self.thread.join(2)
        self.socket.close()


def stamp(seconds):
    return struct.pack(">Q", int((seconds + NTP_EPOCH) * 2**32) & (2**64 - 1))


def reply(request, now, leap=0, version=4, mode=4, stratum=1, refid=b"STUB", shift=0.0, origin=None):
    return (struct.pack(">BBbb", leap << 6 | version << 3 | mode, stratum, 6, -20) + b"\0\0\0\0" + b"\0\0\0\1" + refid
            + stamp(now + shift) + (request[40:48] if origin is None else origin) + stamp(now + shift) + stamp(now + shift))


HOSTILE = {
    "stratum 16": lambda q, t: [reply(q, t, stratum=16)],
    "leap 3": lambda q, t: [reply(q, t, leap=3)],
    "wrong nonce": lambda q, t: [reply(q, t, origin=os.urandom(8))],
    "zero origin": lambda q, t: [reply(q, t, origin=bytes(8))],
    "truncated": lambda q, t: [reply(q, t)[:40]],
    "mode 3 back": lambda q, t: [reply(q, t, mode=3)],
    "kiss RATE": lambda q, t: [reply(q, t, leap=3, stratum=0, refid=b"RATE")],
    "kiss DENY": lambda q, t: [reply(q, t, leap=3, stratum=0, refid=b"DENY")],
    "noise": lambda q, t: [os.urandom(n) for n in (0, 1, 47, 48, 68, 120, 1500)],
}


def test_each_hostile_answer_is_refused():
    notes = []
    for name, answer in HOSTILE.items():
        stub = Stub(answer)
        try:
            with h.workspace("stub") as (directory, start):
                client = start(h.Tompion(directory, "client", h.client_configuration([stub.port]))).wait_up()
                h.wait_for(lambda: len(stub.requests) >= (1 if "kiss" in name else 2), 15, f"{name}: the client asks")
                time.sleep(0.3)
                status = client.json("status")
                source = client.json("sources")["sources"][0]
                assert not status["synchronized"], f"{name}: synchronized: {status}"
                assert source["samples"] == 0, f"{name}: a sample was taken: {source}"
                assert abs(status["true_error_ns"]) < 1_000_000, f"{name}: the clock moved: {status}"
                why = client.ask("why").stdout.strip()
                assert why, name
                notes.append(f"{name}: {source['last_error'] or why}")
        finally:
            stub.stop()
    return "\n     ".join([""] + notes)


def test_three_days_ahead_is_too_big():
    stub = Stub(lambda q, t: [reply(q, t, shift=3 * 86400.0)])
    try:
        with h.workspace("too-big") as (directory, start):
            client = start(h.Tompion(directory, "client", h.client_configuration([stub.port]))).wait_up()
            events = h.wait_for(
                lambda: [e for e in client.json("events")["events"] if e["number"] == 34], 15, "a TOO_BIG event")
            assert "127.0.0.1" in events[0]["text"], events[0]
            status = client.json("status")
            assert not status["synchronized"] and abs(status["true_error_ns"]) < 1_000_000, status
            why = client.ask("why").stdout.strip()
            assert "local clock suspect" in why, why
            # Counted each, told once a minute.
            h.wait_for(lambda: client.json("status")["too_big"] >= 3, 15, "three refused samples")
            told = [e for e in client.json("events")["events"] if e["number"] == 34]
            assert len(told) == 1, told
            client.ask("resync", "--force")
            h.wait_for(lambda: client.json("status")["true_error_ns"] > 2 * 86400 * 10**9, 30, "the forced resync steps")
            return why
    finally:
        stub.stop()


def test_requests_say_nothing_of_us():
    """Data minimisation, a fresh nonce and a fresh port a request, never port 123."""
    stub = Stub(lambda q, t: [reply(q, t)])
    try:
        with h.workspace("minimal-requests") as (directory, start):
            start(h.Tompion(directory, "client", h.client_configuration([stub.port]))).wait_synced()
            h.wait_for(lambda: len(stub.requests) >= 6, 20, "six requests")
            for request in stub.requests:
                assert len(request) == 48 and request[0] & 7 == 3 and request[0] >> 3 & 7 == 4, request.hex()
                assert request[1] == 0 and request[4:40] == bytes(36), f"a request says more than it must: {request.hex()}"
            nonces = {request[40:48] for request in stub.requests}
            assert len(nonces) == len(stub.requests) and bytes(8) not in nonces
            assert len(set(stub.ports)) >= len(stub.ports) - 1 and 123 not in stub.ports, stub.ports
    finally:
        stub.stop()
