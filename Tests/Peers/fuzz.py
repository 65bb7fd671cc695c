# SPDX-License-Identifier: Apache-2.0
"""Ten million damaged inputs for each parser of what receivers say (ReferenceWireTests.FuzzTests), optimized: `./Tools/test fuzz`.

A parser that traps ends the process; TOMPION_FUZZ_RUNS in the environment sets another number."""

import os
import re
import subprocess

import harness as h

PARSERS = ("nmea", "ubx", "gpsd", "shm", "sock")


def test_parsers_of_receivers():
    runs = int(os.environ.get("TOMPION_FUZZ_RUNS", 10**7))
    # The package's other tests are not built for it: a package of links to the parser and its tests, optimized.
    with h.workspace("fuzz") as (directory, _):
        for name in ("Sources/Numerics", "Sources/TimeTypes", "Sources/ReferenceWire", "Tests/ReferenceWireTests"):
            os.makedirs(os.path.join(directory, os.path.dirname(name)), exist_ok=True)
            os.symlink(os.path.join(h.ROOT, name), os.path.join(directory, name))
        support = os.path.join(directory, "Tests", "TestSupport")
        os.makedirs(support)
        os.symlink(os.path.join(h.ROOT, "Tests", "TestSupport", "SeededGenerator.swift"), os.path.join(support, "SeededGenerator.swift"))
        with open(os.path.join(directory, "Package.swift"), "w") as f:
            f.write("""// swift-tools-version: 6.2
import PackageDescription
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault")]
let package = Package(name: "Fuzz", targets: [
  .target(name: "Numerics", swiftSettings: settings),
  .target(name: "TimeTypes", swiftSettings: settings),
  .target(name: "ReferenceWire", dependencies: ["TimeTypes"], swiftSettings: settings),
  .target(name: "TestSupport", dependencies: ["Numerics"], path: "Tests/TestSupport", swiftSettings: [.swiftLanguageMode(.v6)]),
  .testTarget(name: "ReferenceWireTests", dependencies: ["ReferenceWire", "TestSupport", "TimeTypes"], swiftSettings: [.swiftLanguageMode(.v6)]),
])
""")
        command = ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--filter", "FuzzTests", "--package-path", directory]
        got = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, TOMPION_FUZZ_RUNS=str(runs)))
        said = dict(re.findall(r"fuzz (\w+): (\d+ executions, \d+ taken)", got.stdout))
        assert got.returncode == 0 and sorted(said) == sorted(PARSERS), got.stdout[-2000:] + got.stderr[-2000:]
        assert all(text.startswith(f"{runs} ") for text in said.values()), said
        return "zero traps: " + "; ".join(f"{name} {said[name]}" for name in PARSERS)
