# SPDX-License-Identifier: Apache-2.0
"""Judges the last line of `./Tools/run --seconds 30 --json`: synchronized, and within 50 µs of this host's clock."""

import json
import sys

LIMIT_NS = 50_000

try:
    result = json.loads(sys.argv[1])
    verdict = result["synced"] is True and abs(result["error_ns"]) <= LIMIT_NS
    verdict = verdict and {"offset_ns", "frequency_ppb", "samples"} <= result.keys() and result["samples"] > 0
except (ValueError, KeyError, TypeError, IndexError) as error:
    verdict, result = False, f"{error!r} in {sys.argv[1:]}"
print(result)
sys.exit(0 if verdict else 1)
