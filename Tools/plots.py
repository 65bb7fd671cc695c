# SPDX-License-Identifier: Apache-2.0
"""Cuts the first plot out of a page of ./Tools/simulate --html and makes a file of its own of it: plots.py PAGE SVG."""

import re
import sys


def main(page, target):
    with open(page, encoding="utf-8") as stream:
        text = stream.read()
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    plot = re.search(r"<svg (.*?)>(.*?)</svg>", text, re.DOTALL)
    if not style or not plot:
        sys.exit(f"plots: there is no plot in {page}")
    with open(target, "w", encoding="utf-8") as stream:
        stream.write(f'<svg xmlns="http://www.w3.org/2000/svg" {plot[1]}>'
                     f'<style>{style[1]}</style><rect width="100%" height="100%" style="fill:var(--paper)"/>{plot[2]}</svg>\n')


if len(sys.argv) != 3 or any(argument.startswith("-") for argument in sys.argv[1:]):
    sys.stderr.write("plots.py: it takes a page and the file to be made; ./Tools/plots calls it\n")
    sys.exit(2)
main(*sys.argv[1:])
