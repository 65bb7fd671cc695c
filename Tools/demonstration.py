# SPDX-License-Identifier: Apache-2.0
"""The live table of ./Tools/run: starts server and client from the stage, asks the client each second, ends both."""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STAGE = os.path.join(ROOT, ".build", "stage")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="run", description="Tompion at work on a virtual clock of this machine.")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="how long (default 60, at least 5)")
    parser.add_argument("--server", metavar="HOST[:PORT]", help="follow a real server instead of one on loopback")
    parser.add_argument("--provider", metavar="PATH.so", help="run a provider of your own beside it, in a child process")
    parser.add_argument("--setting", action="append", default=[], metavar="KEY=VALUE", help="a setting of that provider; may be repeated")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    options = parser.parse_args(arguments)
    if not 5 <= options.seconds <= 86400:
        parser.error(f"--seconds {options.seconds}: a number from 5 to 86400 is right")
    if options.provider is not None:
        options.provider = os.path.abspath(os.path.join(os.environ.get("TOMPION_FROM", ""), options.provider))
    if options.provider is not None and not os.path.isfile(options.provider):
        parser.error(f"--provider {options.provider}: there is no such file; build your plugin first")
    if options.setting and options.provider is None:
        parser.error("--setting is one of your provider's: --provider PATH.so is missing")
    for setting in options.setting:
        if not re.fullmatch(r"[A-Za-z0-9_-]+=.*", setting):
            parser.error(f"--setting {setting}: KEY=VALUE is right, and the value as it would stand in the configuration")
    options.host, options.port = None, 123
    if options.server is not None:
        match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\[\]:]+)|([0-9A-Fa-f:]+:[0-9A-Fa-f:.]*))(?::(\d+))?", options.server)
        if not match:
            parser.error(f"--server {options.server}: HOST, HOST:PORT or [IPv6]:PORT is right")
        options.host = match[1] or match[2] or match[3]
        options.port = int(match[4] or 123)
        if not 1 <= options.port <= 65535:
            parser.error(f"--server {options.server}: a port from 1 to 65535 is right")
    return options


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Daemon:
    def __init__(self, directory, name, configuration):
        self.name, self.socket = name, os.path.join(directory, f"{name}.sock")
        self.log = os.path.join(directory, f"{name}.log")
        path = os.path.join(directory, f"{name}.toml")
        with open(path, "w") as f:
            f.write(f'state_directory = "{directory}/{name}"\nuser = "none"\n{configuration}\n[control]\nsocket = "{self.socket}"\n')
        os.makedirs(os.path.join(directory, name), exist_ok=True)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([os.path.join(STAGE, "bin", "tompiond"), "--config", path],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def ask(self, what):
        if self.process.poll() is not None:
            with open(self.log, errors="replace") as f:
                sys.exit(f"run: the {self.name} ended with {self.process.returncode}:\n{f.read()[-2000:]}")
        result = subprocess.run([os.path.join(STAGE, "bin", "tompion"), what, "--json", "--socket", self.socket],
                                capture_output=True, text=True, timeout=10)
        return json.loads(result.stdout) if result.returncode == 0 and result.stdout else None

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def provider_table(options):
    """Name and configuration of the provider that was asked for: a child of its own, whatever it is."""
    if options.provider is None:
        return None, ""
    path = options.provider
    name = os.path.basename(path).removesuffix(".so").removeprefix("lib").removeprefix("tompion-")
    name = re.sub(r"[^A-Za-z0-9_-]", "-", name)
    settings = "".join(f"{key} = {value}\n" for key, value in (setting.split("=", 1) for setting in options.setting))
    return name, f'[provider.{name}]\nmodule = {json.dumps(path)}\nplacement = "process"\n{settings}'


def provider_report(client, name):
    """What became of it: (in words, as values), None = nothing is known."""
    providers, sources = client.ask("providers"), client.ask("sources")
    report = next((p for p in (providers or {}).get("providers", []) if p["name"] == name), None)
    if report is None:
        return None
    own = [s for s in (sources or {}).get("sources", []) if s.get("provider") == name]
    text = f"Provider {name}: {report['state']}, {report['samples']} samples"
    text += "".join(f"\n  source {s['name']}: {s['state']}, {s['samples']} samples" for s in own)
    if report.get("last_error"):
        text += f"\n  it said: {report['last_error']}"
    return text, {"name": name, "state": report["state"], "samples": report["samples"], "sources": [s["name"] for s in own],
                  "last_error": report.get("last_error", "")}


def may_set_clocks():
    """Whether this process holds CAP_SYS_TIME (bit 25), in force or within reach."""
    with open("/proc/self/status") as f:
        sets = {line.split(":")[0]: int(line.split()[1], 16) for line in f if line.startswith("Cap")}
    return any(sets[name] >> 25 & 1 for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"))


def span(nanoseconds):
    """An interval with three figures and its unit."""
    if nanoseconds is None:
        return "-"
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if abs(nanoseconds) >= size:
            return f"{nanoseconds / size:+.3f} {unit}"
    return f"{nanoseconds:+.0f} ns"


def why(client):
    """What `tompion why` says; "" where nobody answers."""
    reason = ((client.ask("why") if client.process.poll() is None else None) or {}).get("why", "")
    return "".join(c if c.isprintable() else "?" for c in reason)


def main():
    if sys.argv[1:2] == ["--check"]:
        parse(sys.argv[2:])
        return
    options = parse(sys.argv[1:])
    if may_set_clocks():
        sys.exit("run: started with CAP_SYS_TIME, which nothing here may have; start it by ./Tools/run")
    terminal = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    directory = tempfile.mkdtemp(prefix="tompion-run-")
    daemons = []
    history = []
    reason = ""
    name, table = provider_table(options)
    provider = None
    try:
        host, port = options.host, options.port
        if host is None:
            host, port = "127.0.0.1", free_port()
            daemons.append(Daemon(directory, "server", f"""
[clock]
kind = "system"
steer = false
local_stratum = 1
[provider.ntp-server]
listen = ["127.0.0.1:{port}"]
"""))
            print(f"A Tompion server on 127.0.0.1:{port} gives this host's time.")
        polls = "min_poll = 0\nmax_poll = 1" if options.host is None else "min_poll = 4\nmax_poll = 6"
        client = Daemon(directory, "client", f"""
[clock]
kind = "virtual"
initial_offset = 0.25
initial_frequency_ppm = 40.0
[[source]]
address = "{host}"
port = {port}
iburst = true
{polls}
{table}
""")
        daemons.append(client)
        print(f"A Tompion client follows {host}:{port} with a virtual clock that starts 250 ms ahead and 40 ppm fast." + ("" if name else "\n"))
        if name:
            print(f"Provider {name} runs beside it, in a child process.\n")
        print(f"{'time':>5}  {'true error':>13}  {'offset':>13}  {'frequency':>12}  {'jitter':>11}  {'source':<22} state")
        start = time.monotonic()
        for second in range(1, options.seconds + 1):
            time.sleep(max(0.0, start + second - time.monotonic()))
            status, sources = client.ask("status"), client.ask("sources")
            if not status:
                continue
            history.append(status)
            provider = provider_report(client, name) if name else None
            source = next((s for s in (sources or {}).get("sources", []) if s.get("provider") != name), {})
            frequency = status.get("frequency_ppb")
            state = "synchronized" if status["synchronized"] else source.get("state", "starting")
            colour = ("\033[32m" if status["synchronized"] else "\033[33m") if terminal else ""
            print(f"{time.monotonic() - start:4.0f}s  {span(status.get('true_error_ns')):>13}  {span(status.get('offset_ns')):>13}  "
                  f"{'-' if frequency is None else f'{frequency / 1000:+.3f} ppm':>12}  {span(status.get('jitter_ns')):>11}  "
                  f"{source.get('address') or host:<22} {colour}{state}{chr(27) + '[0m' if colour else ''}", flush=True)
        if history and not history[-1]["synchronized"]:
            reason = why(client)
    except KeyboardInterrupt:
        pass
    finally:
        for daemon in reversed(daemons):
            daemon.stop()
        if not history:
            for daemon in daemons:
                with open(daemon.log, errors="replace") as f:
                    sys.stderr.write(f"--- {daemon.name} ---\n{f.read()[-2000:]}\n")
        shutil.rmtree(directory, ignore_errors=True)
    if not history:
        sys.exit("run: the client never answered on its control socket; its log is above")
    last = history[-1]
    settled = [s["true_error_ns"] for s in history if s["synchronized"] and s.get("true_error_ns") is not None][-max(3, len(history) // 3):]
    print()
    if last["synchronized"] and settled:
        rms = (sum(e * e for e in settled) / len(settled)) ** 0.5
        print(f"Synchronized: true error {span(last['true_error_ns'])} at the end, rms {span(rms).lstrip('+')} and at most "
              f"{span(max(map(abs, settled))).lstrip('+')} over the last {len(settled)} readings.")
    else:
        print(reason or "Not synchronized.")
    if provider:
        print(provider[0])
    if options.json:
        print(json.dumps({"synced": last["synchronized"], "error_ns": last.get("true_error_ns"), "offset_ns": last.get("offset_ns"),
                          "frequency_ppb": last.get("frequency_ppb"), "samples": last.get("samples", 0),
                          **({"provider": provider[1] if provider else None} if name else {})}))
    runs = name is None or (provider is not None and provider[1]["state"] == "running")
    sys.exit(0 if last["synchronized"] and runs else 1)


main()
