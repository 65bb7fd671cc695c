# SPDX-License-Identifier: Apache-2.0
"""Reads the plugin ABI's headers: constants, structs, function pointers, and the comments that say what they are.

The headers keep to a small part of C on purpose (no enum, bit field, nested struct or function macro but TOMPION_HAS), so that a
few patterns read them wholly; whatever these do not know is an error, never left out in silence."""

import os
import re
from dataclasses import dataclass, field

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INCLUDE = os.path.join(ROOT, "Sources", "CTompionProvider", "include")


@dataclass
class Constant:
    name: str
    value: str
    comment: str
    macro: bool = False


@dataclass
class Field:
    name: str
    type: str                  # "uint32_t", "const char *", "tompion_address_t"; of a function: what it returns
    array: int = 0
    parameters: list = None    # of a function pointer: [(type, name)]
    comment: str = ""
    roles: str = ""            # "control & inited", of a function


@dataclass
class Struct:
    name: str                  # "tompion_sample_t"
    fields: list
    comment: str


@dataclass
class Header:
    path: str                  # "tompion/ext/log.h"
    comment: str
    constants: list = field(default_factory=list)
    structs: list = field(default_factory=list)
    functions: list = field(default_factory=list)   # (declaration, comment)
    sections: list = field(default_factory=list)    # comments that stand alone, as lists of lines


def paths():
    """Every public C header, the core first, drafts not."""
    core = [f"tompion/{name}.h" for name in
            ("base", "stamp", "sample", "host", "command", "provider", "module")]
    ext = sorted(f"tompion/ext/{name}" for name in os.listdir(os.path.join(INCLUDE, "tompion", "ext")) if name.endswith(".h"))
    there = sorted(f"tompion/{name}" for name in os.listdir(os.path.join(INCLUDE, "tompion")) if name.endswith(".h"))
    missing = set(there) - set(core)
    if missing:
        raise SystemExit(f"abi_headers.py: new core headers {sorted(missing)}: add them to paths()")
    return core + ext


def clean(lines):
    return " ".join(line.strip().removeprefix("//").strip() for line in lines).strip()


ROLE = re.compile(r"\s*\[((?:control|capture|any)[^\]]*)\]\.?")


def parse(path, include=INCLUDE):
    with open(os.path.join(include, path)) as f:
        lines = f.read().split("\n")
    if not lines[0].startswith("// SPDX"):
        raise SystemExit(f"{path}: does not begin with its licence")
    i, head = 1, []
    while lines[i].startswith("//"):
        head.append(lines[i])
        i += 1
    header = Header(path, clean(head))
    comment = []

    def fail(what):
        raise SystemExit(f"{path}:{i + 1}: {what}: {lines[i]}")

    while i < len(lines):
        line = lines[i]
        if line.startswith("//"):
            comment.append(line)
            i += 1
            continue
        if not line.strip():
            if comment:
                header.sections.append([line.removeprefix("//").removeprefix(" ") for line in comment])
            comment = []
        elif match := re.match(r"#define (TOMPION_\w+)(\([^)]*\))? ?(.*)$", line):
            value, trailing = match[3], ""
            while value.endswith("\\"):
                i += 1
                value = value[:-1].rstrip() + " " + lines[i].strip()
            if "//" in value and '"' not in value.split("//")[0]:
                value, trailing = (part.strip() for part in value.split("//", 1))
            if not match[1].endswith("_H") and match[1] not in ("TOMPION_STATIC_ASSERT", "TOMPION_EXPORT"):
                header.constants.append(Constant(match[1], value.strip(), clean(comment + [trailing]), bool(match[2])))
                comment = []
        elif line.startswith("#") or line in ('extern "C" {', "}"):
            comment = [] if line.startswith("#") else comment
        elif match := re.match(r"typedef struct (\w+) \{$", line):
            i += 1
            fields = []
            own = []
            while not lines[i].startswith("}"):
                part = lines[i].strip()
                if part.startswith("//"):
                    own.append(part)
                    i += 1
                    continue
                if not part:
                    own = []
                    i += 1
                    continue
                declaration, trailing = part, ""
                while ";" not in declaration.split("//")[0]:
                    i += 1
                    declaration = declaration.split("//")[0].rstrip() + " " + lines[i].strip()
                if "//" in declaration:
                    declaration, trailing = (piece.strip() for piece in declaration.split("//", 1))
                # A comment after a field goes on where the next line is indented to it.
                indent = lines[i].find("//")
                while trailing and indent > 30 and lines[i + 1].find("//") == indent and not lines[i + 1][:indent].strip():
                    i += 1
                    trailing += " " + lines[i].strip().removeprefix("//").strip()
                fields.append(parse_field(declaration, clean(own + [trailing]), fail))
                own = []
                i += 1
            if not re.match(r"\} (\w+);$", lines[i]):
                fail("the end of a struct was expected")
            header.structs.append(Struct(lines[i][2:-1], fields, clean(comment)))
            comment = []
        elif line.startswith("TOMPION_STATIC_ASSERT"):
            while not lines[i].rstrip().endswith(";"):
                i += 1
        elif line.startswith("static inline"):
            header.functions.append((line.rstrip(" {"), clean(comment)))
            while lines[i] != "}":
                i += 1
            comment = []
        elif match := re.match(r"(TOMPION_EXPORT .*|typedef .*);$", line):
            header.functions.append((line.removesuffix(";"), clean(comment)))
            comment = []
        else:
            fail("not understood")
        i += 1
    return header


def parse_parameters(text):
    result = []
    for part in re.split(r",\s*", text.strip()):
        if part in ("void", ""):
            continue
        match = re.match(r"(.*?)(\w+)$", part.strip())
        result.append((match[1].strip().replace("struct tompion_host", "tompion_host_t")
                       .replace("struct tompion_provider", "tompion_provider_t"), match[2]))
    return result


def parse_field(declaration, comment, fail):
    if match := re.match(r"(.*?)\(\*(\w+)\)\((.*)\);$", declaration):
        role = ROLE.search(comment)
        return Field(match[2], match[1].strip(), parameters=parse_parameters(match[3]), comment=ROLE.sub("", comment).strip(),
                     roles=role[1] if role else "")
    if match := re.match(r"(.*?)(\w+)(?:\[(\d+)\])?;$", declaration):
        return Field(match[2], match[1].strip(), array=int(match[3] or 0), comment=comment)
    fail("a field was expected")


def parse_all():
    return [parse(path) for path in paths()]
