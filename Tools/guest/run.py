# SPDX-License-Identifier: Apache-2.0
"""Boots a guest for each case of the tests in cases.py, judges what it reports, and prints a table or JSON."""

import argparse
import base64
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time

import cases

HERE = os.path.dirname(os.path.abspath(__file__))
LAB = os.environ.get("TOMPION_LAB") or os.path.expanduser("~/.cache/tompion-lab")
LOGS = os.path.join(LAB, "logs")


class Guest:
    """One boot: the console's text, what the test reported, and why it did not finish, if so."""

    def __init__(self, boot, seed):
        words = [f"test=/tests/{boot.script}.sh"] + [f"{name}={value}" for name, value in boot.words.items()]
        self.values, self.digest, self.trouble, self.skipped = {}, None, None, None
        started = time.monotonic()
        # Its own process group, so that nothing is left behind if this is interrupted.
        process = subprocess.Popen([os.path.join(HERE, "boot"), os.path.join(LAB, "guest.img"), str(seed), *words],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            console, _ = process.communicate(timeout=boot.limit)
        except subprocess.TimeoutExpired:
            self.trouble = f"the guest did not end within {boot.limit} s"
            console = self.end(process)
        except BaseException:
            self.end(process)
            raise
        self.seconds = time.monotonic() - started
        self.console = console.decode(errors="replace").replace("\r", "")
        self.read()
        os.makedirs(LOGS, exist_ok=True)
        self.log = os.path.join(LOGS, "-".join([boot.script, *(str(v) for v in boot.words.values()), str(seed)]) + ".log")
        with open(self.log, "w") as f:
            f.write(re.sub(r"^RECORD .*\n", "", self.console, flags=re.M))
        record = "".join(re.findall(r"^RECORD (\S+)", self.console, re.M))
        if record:
            with open(self.log.removesuffix(".log") + ".record", "wb") as f:
                f.write(gzip.decompress(base64.b64decode(record)))

    @staticmethod
    def end(process):
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[0]

    def read(self):
        for name, number in re.findall(r"^VALUE (\w+) (-?[\d.]+)$", self.console, re.M):
            self.values[name] = float(number)
        digest = re.search(r"^DIGEST (\w+)", self.console, re.M)
        self.digest = digest and digest[1]
        broken = re.search(r"^BROKEN (.*)", self.console, re.M)
        skipped = re.search(r"^SKIPPED (.*)", self.console, re.M)
        status = re.search(r"^GUEST status=(\d+)", self.console, re.M)
        if broken:
            self.trouble = broken[1]
        elif skipped:
            self.skipped = skipped[1]
        elif not self.trouble and not status:
            self.trouble = "the guest ended without a word: " + " ".join(self.console.split())[-200:]
        elif not self.trouble and status[1] != "0":
            self.trouble = f"the test ended with status {status[1]}"


class Printer:
    """The table as it grows, or one JSON object a line."""

    def __init__(self, is_json):
        self.is_json = is_json
        self.counts = {"pass": 0, "fail": 0, "skip": 0}

    def __call__(self, verdict, name, seed, text, guests=()):
        self.counts[verdict] += 1
        if self.is_json:
            record = {"test": name, "seed": seed, "verdict": verdict, "text": text,
                      "guests": [{"values": g.values, "digest": g.digest, "seconds": round(g.seconds, 1)} for g in guests]}
            print(json.dumps(record), flush=True)
        else:
            wall = sum(g.seconds for g in guests)
            print(f"{verdict.upper() if verdict == 'fail' else verdict:4} {name:14} {'' if seed is None else seed:>4} {wall:7.1f} s  {text}",
                  flush=True)

    def remark(self, name, text):
        if self.is_json:
            print(json.dumps({"test": name, "remark": text}), flush=True)
        else:
            print(f"     {name:14}  all            {text}", flush=True)

    def close(self):
        c = self.counts
        if self.is_json:
            print(json.dumps({"passed": c["pass"], "failed": c["fail"], "skipped": c["skip"]}), flush=True)
        else:
            print(f"{c['pass']} passed, {c['fail']} failed, {c['skip']} skipped", flush=True)
        return 0 if c["fail"] == 0 else 1


def arguments():
    parser = argparse.ArgumentParser(prog="guest-test", add_help=False)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--skip", help=argparse.SUPPRESS)
    options = parser.parse_args()
    known = {test.name for test in cases.TESTS}
    for name in options.names:
        if name not in known:
            parser.error(f"there is no test {name}; there are {', '.join(sorted(known))}")
    # A boot takes half a minute: more than this is a slip of the finger.
    if not 1 <= options.seeds <= 100:
        parser.error("--seeds takes a number from 1 to 100")
    return options


def run(case, seed, report):
    """Boots and judges one case; the values of its guests, or nothing where one did not finish."""
    guests = []
    for boot in case.boots:
        guests.append(Guest(boot, seed))
        if guests[-1].skipped:
            report("skip", case.name, seed, guests[-1].skipped, guests)
            return None
        if guests[-1].trouble:
            guest = guests[-1]
            report("fail", case.name, seed, f"{guest.trouble}; see {guest.log}", guests)
            return None
    try:
        report("pass", case.name, seed, case.judge(*(g.values for g in guests)), guests)
    except cases.Failure as failure:
        report("fail", case.name, seed, f"{failure}; see {guests[0].log}", guests)
    except KeyError as missing:
        report("fail", case.name, seed, f"the guest does not say {missing}; see {guests[0].log}", guests)
    return [g.values for g in guests]


def main():
    options = arguments()
    if options.check:
        return 0
    if options.list:
        for test in cases.TESTS:
            print(f"{test.name:10} {test.purpose}")
        return 0
    chosen = [t for t in cases.TESTS if not options.names or t.name in options.names]
    report = Printer(options.json)
    for test in chosen:
        finished = []
        for seed in range(1, (options.seeds if test.takes_seeds else 1) + 1):
            for case in test.cases:
                if options.skip:
                    report("skip", case.name, seed, options.skip)
                else:
                    finished.append(run(case, seed, report))
        if test.summary and len(finished) > 1 and all(finished):
            report.remark(test.name, test.summary(finished))
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
