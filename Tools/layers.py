# SPDX-License-Identifier: Apache-2.0
"""Compares the column "imports" of Docs/architecture.md with Package.swift: a line for each target where they differ.

    layers.py TREE           prints what differs
    layers.py TREE --write   writes the column anew

A row names one target or several; what it imports is of all of them together, in the order of Package.swift, without themselves."""

import os
import re
import sys


def balanced(text, start):
    """The text between the bracket at `start` and its partner."""
    depth = 0
    for i in range(start, len(text)):
        if text[i] in "([":
            depth += 1
        elif text[i] in ")]":
            depth -= 1
            if depth == 0:
                return text[start + 1:i]
    raise ValueError(f"no partner for the bracket at {start}")


def targets(path):
    """Each target's own dependencies in the package."""
    with open(path) as f:
        text = re.sub(r"//.*", "", f.read())
    text = text[text.index("targets: [\n"):]
    found = {}
    for call in re.finditer(r"(?<![\w.])(pure|edge|plugin|\.target|\.executableTarget|\.systemLibrary)\(", text):
        inner = balanced(text, call.end() - 1)
        name = re.search(r'"(\w[\w-]*)"', inner).group(1)
        brackets = re.search(r"dependencies:\s*\[", inner) if call.group(1).startswith(".") else re.search(r"\[", inner)
        if call.group(1) == "plugin":
            found[name] = [re.search(r"of: \"(\w+)\"", inner).group(1), "CTompionProvider"]
            continue
        inside = balanced(inner, brackets.end() - 1) if brackets else ""
        inside = re.sub(r"\.product\([^)]*\)", "", inside)
        found[name] = re.findall(r'"(\w+)"', inside)
    return found


def main():
    tree = sys.argv[1]
    found = targets(os.path.join(tree, "Package.swift"))
    order = list(found)
    path = os.path.join(tree, "Docs", "architecture.md")
    with open(path) as f:
        lines = f.read().split("\n")
    first = lines.index("| target | kind | duty | imports |") + 2
    told = set()
    for at in range(first, len(lines)):
        if not lines[at].startswith("|"):
            break
        cells = [cell.strip() for cell in lines[at].strip("|").split("|")]
        names = re.split(r",\s*", cells[0])
        told.update(names)
        unknown = [name for name in names if name not in found]
        if unknown:
            print(f"Docs/architecture.md:{at + 1}: Package.swift has no target {unknown[0]}")
            continue
        imports = {d for name in names for d in found[name]} - set(names)
        wanted = ", ".join(sorted(imports, key=order.index)) or "–"
        if cells[3] != wanted:
            if "--write" in sys.argv:
                lines[at] = f"| {' | '.join(cells[:3] + [wanted])} |"
            else:
                print(f"Docs/architecture.md:{at + 1}: {cells[0]} imports {wanted}, by Package.swift "
                      "(python3 Tools/layers.py . --write mends it)")
    for name in found:
        if name not in told and os.path.isdir(os.path.join(tree, "Sources", name)):
            print(f"Docs/architecture.md: the table of targets lacks {name}")
    if "--write" in sys.argv:
        with open(path, "w") as f:
            f.write("\n".join(lines))


main()
