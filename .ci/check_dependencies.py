"""Checks a CycloneDX bill of materials and the Python locks: licences and known vulnerabilities.

Usage: check_dependencies.py BOM [--licences FILE] [--vulnerabilities FILE] [--locks FILE ...] [--online [URL]] [--release]

With --online, the database of OSV (https://google.github.io/osv.dev/post-v1-querybatch/) is asked as well.

An entry of `accepted` in the file of vulnerabilities accepts an advisory for one version of a package. It has `package`, `version`,
`advisory` (all ids of it, separated by commas, because databases use different ones) and `why`. The output names it. Nothing checks
the entries of `undecided`: of these advisories, no page names the affected versions.

A list of vulnerabilities that is dated more than 90 days ago is a warning, and with --release a problem.
"""

import argparse
import datetime
import json
import pathlib
import re
import sys
import urllib.request

HERE = pathlib.Path(__file__).parent
OSV = "https://api.osv.dev/v1/querybatch"
AT_ONCE = 500
SECONDS = 60
OLDEST = datetime.timedelta(days=90)


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


def advisories(packages, url):
    """Pairs of a package, with its version, and the id of an advisory that OSV knows for it."""
    for begin in range(0, len(packages), AT_ONCE):
        part = packages[begin : begin + AT_ONCE]
        queries = []
        for name, version in part:
            ecosystem, name = ("PyPI", name.removeprefix("pypi:")) if name.startswith("pypi:") else ("Maven", name)
            queries.append({"package": {"ecosystem": ecosystem, "name": name}, "version": version})
        request = urllib.request.Request(
            url, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            results = json.load(answer)["results"]
        if len(results) != len(part):
            raise ValueError(f"{len(part)} packages were asked for, and {len(results)} answered")
        for package, result in zip(part, results):
            for found in result.get("vulns", []):
                yield package, found["id"]


def aged(known, file):
    """Why the list is too old, and how to refresh it; empty when it is not."""
    try:
        dated = datetime.date.fromisoformat(known["dated"])
    except (KeyError, TypeError, ValueError):
        return f"{file} has no date; set `dated` to the day up to which advisories were collected, such as 2026-01-31"
    age = datetime.datetime.now(datetime.timezone.utc).date() - dated
    if age <= OLDEST:
        return ""
    return (
        f"{file} knows advisories up to {dated} only, {age.days} days ago; the limit is {OLDEST.days}. To refresh it, run"
        " .ci/dependencies --online where the network is reachable, update what it names, add those advisories to `vulnerable`,"
        " and set `dated` to that day"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bom", type=pathlib.Path)
    parser.add_argument("--licences", type=pathlib.Path, default=HERE / "licences.json")
    parser.add_argument("--vulnerabilities", type=pathlib.Path, default=HERE / "known-vulnerabilities.json")
    parser.add_argument("--locks", type=pathlib.Path, nargs="*", default=sorted(HERE.glob("*.lock")))
    parser.add_argument("--online", nargs="?", const=OSV, metavar="URL")
    parser.add_argument("--release", action="store_true")
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
    packages = list(dict.fromkeys([(name, version) for name, version, _ in shipped] + python))
    accepted = set()
    for entry in known.get("accepted", []):
        if not all(entry.get(field) for field in ("package", "version", "advisory", "why")):
            problems.append(f"{options.vulnerabilities.name}: {entry} is accepted without package, version, advisory and why")
            continue
        package = entry["package"], entry["version"]
        if package in packages:
            print(f"septet: accepted: {' '.join(package)}: {entry['advisory']}: {entry['why']}", file=sys.stderr)
        else:
            print(f"septet: warning: {' '.join(package)} is accepted and not used; remove the entry", file=sys.stderr)
        accepted.update((*package, id) for id in entry["advisory"].split(", "))
    for name, version in packages:
        for entry in vulnerable(name, version, known["vulnerable"]):
            if not all((name, version, id) in accepted for id in entry["advisory"].split(", ")):
                problems.append(f"{name} {version}: {entry['advisory']}, fixed in {entry['below']}")
    if options.online:
        try:
            for (name, version), advisory in advisories(packages, options.online):
                if (name, version, advisory) not in accepted:
                    problems.append(f"{name} {version}: {advisory}; update it, or accept it in {options.vulnerabilities.name}")
        except (OSError, ValueError, KeyError) as e:
            problems.append(f"{options.online} does not answer: {e}; try again, or leave out --online")
    old = aged(known, options.vulnerabilities)
    if old and options.release:
        problems.append(old)
    elif old:
        print("septet: warning: " + old, file=sys.stderr)
    for problem in problems:
        print("septet: " + problem, file=sys.stderr)
    print(
        f"{len(shipped)} libraries and {len(python)} Python packages checked;"
        f" vulnerabilities known up to {'now' if options.online else known.get('dated')}; {len(problems)} problems"
    )
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
