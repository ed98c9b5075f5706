"""Checks a CycloneDX bill of materials and the Python locks: licences and known vulnerabilities.

Usage: check_dependencies.py BOM [--licences FILE] [--vulnerabilities FILE] [--locks FILE ...]
"""

import argparse
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent


def version_key(version):
    """1.10.0 is above 1.9.0; a word such as "rc1" is below its release."""
    parts = re.findall(r"\d+|[a-zA-Z]+", version)
    numbers = []
    for part in parts:
        if not part.isdigit():
            release = part.lower() in ("final", "ga", "jre", "android", "release")
            if not release:
                numbers = numbers + [0] * (7 - len(numbers)) + [-1]
            break
        numbers.append(int(part))
    # 2.0 is 2.0.0, and above 2.0-rc1.
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return numbers + [0] * (8 - len(numbers))


def libraries(bom):
    for component in bom.get("components", []):
        if component.get("group") == "dev.septet":
            continue
        name = f"{component.get('group', '')}:{component['name']}"
        licences = []
        for entry in component.get("licenses", []):
            licence = entry.get("license", {})
            licences.append(entry.get("expression") or licence.get("id") or licence.get("name") or "")
        yield name, component["version"], licences


def locked(lock):
    for line in lock.read_text().splitlines():
        match = re.match(r"([A-Za-z0-9._-]+)==(\S+)", line)
        if match:
            yield "pypi:" + match[1].lower().replace("_", "-"), match[2]


def vulnerable(name, version, entries):
    for entry in entries:
        if entry["package"] != name:
            continue
        if "from" in entry and version_key(version) < version_key(entry["from"]):
            continue
        if version_key(version) < version_key(entry["below"]):
            yield entry


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bom", type=pathlib.Path)
    parser.add_argument("--licences", type=pathlib.Path, default=HERE / "licences.json")
    parser.add_argument("--vulnerabilities", type=pathlib.Path, default=HERE / "known-vulnerabilities.json")
    parser.add_argument("--locks", type=pathlib.Path, nargs="*", default=sorted(HERE.glob("*.lock")))
    options = parser.parse_args()
    policy = json.loads(options.licences.read_text())
    known = json.loads(options.vulnerabilities.read_text())
    shipped = list(libraries(json.loads(options.bom.read_text())))
    python = [package for lock in options.locks for package in locked(lock)]
    if not shipped:
        sys.exit(f"septet: {options.bom} names no library; was it written by .ci/dependencies?")
    problems = []
    for name, version, licences in shipped:
        allowed = policy["libraries"].get(name, []) + policy["allowed"]
        if not any(licence in allowed for licence in licences):
            said = ", ".join(licences) or "none"
            problems.append(f"{name} {version}: licence {said} is not in {options.licences.name}")
    for name, version in [(name, version) for name, version, _ in shipped] + python:
        for entry in vulnerable(name, version, known["vulnerable"]):
            problems.append(f"{name} {version}: {entry['advisory']}, fixed in {entry['below']}")
    for problem in problems:
        print("septet: " + problem, file=sys.stderr)
    print(
        f"{len(shipped)} libraries and {len(python)} Python packages checked;"
        f" vulnerabilities known up to {known['dated']}; {len(problems)} problems"
    )
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
