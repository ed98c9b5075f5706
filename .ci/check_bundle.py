"""Checks a bundle for Maven Central: that every file has a valid detached signature by the expected key, and right checksums.

Usage: check_bundle.py BUNDLE --key FILE [--checkout FOLDER]

  BUNDLE    a folder or a zip file in the layout of a Maven repository, as .ci/central-bundle writes it
  --key     the public key of the one who releases (gpg --armor --export), from a source that you trust, never from the bundle
  FOLDER    the checkout whose poms say which modules belong to the bundle; this one, by default

Each module needs its pom, and each module with a jar its jar, sources and Javadoc. A bill of materials or any other file that the
bundle has is checked in the same way. Exits with 1 and names each file that is missing, altered, or signed by another key.
"""

import argparse
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
import zipfile

CHECKOUT = pathlib.Path(__file__).parent.parent
NAMESPACE = "{http://maven.apache.org/POM/4.0.0}"
GROUP = "dev/septet"
REQUIRED_SUMS = ("md5", "sha1")  # by Maven Central
SUMS = REQUIRED_SUMS + ("sha256", "sha512")
INDEX = "maven-metadata.xml"


class Refused(Exception):
    """The check cannot begin; the message says why."""


def child(element, name):
    return element.findtext(NAMESPACE + name)


def modules(folder):
    """Pairs of an artifact's name and its packaging: the modules of the poms, with those of the profile `release`."""
    try:
        project = xml.etree.ElementTree.parse(folder / "pom.xml").getroot()
    except (OSError, xml.etree.ElementTree.ParseError) as e:
        raise Refused(f"{folder / 'pom.xml'} cannot be read: {e}") from e
    yield child(project, "artifactId"), child(project, "packaging") or "jar"
    lists = [project.find(NAMESPACE + "modules")]
    for profile in project.iterfind(f"{NAMESPACE}profiles/{NAMESPACE}profile"):
        if child(profile, "id") == "release":
            lists.append(profile.find(NAMESPACE + "modules"))
    for names in lists:
        for name in names if names is not None else ():
            yield from modules(folder / name.text.strip())


def expected(checkout):
    """The files that the bundle must have, by the poms of the checkout."""
    version = child(xml.etree.ElementTree.parse(checkout / "pom.xml").getroot(), "version")
    files = {}
    for artifact, packaging in modules(checkout):
        stem = f"{GROUP}/{artifact}/{version}/{artifact}-{version}"
        files[stem + ".pom"] = None
        if packaging != "pom":
            files.update({f"{stem}{ending}.jar": None for ending in ("", "-sources", "-javadoc")})
    return list(files), version


class Bundle:
    """The files of a folder or of a zip file, by their paths in the repository."""

    def __init__(self, path):
        self.zip = None
        if path.is_dir():
            self.folder = path
            self.names = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}
        elif zipfile.is_zipfile(path):
            self.zip = zipfile.ZipFile(path)
            self.names = {entry.filename for entry in self.zip.infolist() if not entry.is_dir()}
        else:
            raise Refused(f"{path} is neither a folder nor a zip file")

    def read(self, name):
        return self.zip.read(name) if self.zip else (self.folder / name).read_bytes()


class Key:
    """The public key that signs releases, alone in a keyring of its own: no key of this machine counts."""

    def __init__(self, file, room):
        if shutil.which("gpg") is None:
            raise Refused("gpg is not installed; install the package gnupg")
        if not file.is_file():
            raise Refused(f"there is no key file {file}")
        self.room = room
        self.home = room / "gnupg"
        self.home.mkdir(mode=0o700)
        imported = self.gpg("--import", str(file))
        listed = self.gpg("--with-colons", "--list-keys").stdout.decode().splitlines()
        primary = [after.split(":")[9] for line, after in zip(listed, listed[1:]) if line.startswith("pub:")]
        if imported.returncode != 0 or len(primary) != 1:
            raise Refused(f"{file} has {len(primary)} public keys, expected 1; write it with gpg --armor --export KEY")
        self.fingerprint = primary[0]

    def gpg(self, *arguments):
        common = ["gpg", "--homedir", str(self.home), "--batch", "--no-auto-key-retrieve", "--trust-model", "always"]
        return subprocess.run([*common, *arguments], capture_output=True, check=False)

    def problem(self, data, signature):
        """What is wrong with the detached signature of these bytes; empty when nothing is."""
        (self.room / "data").write_bytes(data)
        (self.room / "data.asc").write_bytes(signature)
        done = self.gpg("--status-fd", "1", "--verify", str(self.room / "data.asc"), str(self.room / "data"))
        status = [line.split()[1:] for line in done.stdout.decode(errors="replace").splitlines() if line.startswith("[GNUPG:] ")]
        words = {fields[0] for fields in status}
        if "BADSIG" in words:
            return "its signature is of other bytes: the file or the signature was altered"
        if words & {"NO_PUBKEY", "ERRSIG"}:
            return f"its signature is not by the key {self.fingerprint}"
        if words & {"EXPSIG", "EXPKEYSIG", "REVKEYSIG"}:
            return f"its signature or the key {self.fingerprint} has expired or is revoked"
        # The last field is the primary key, whichever of its subkeys has signed.
        signers = {fields[-1] for fields in status if fields[0] == "VALIDSIG"}
        if done.returncode != 0 or "GOODSIG" not in words or signers != {self.fingerprint}:
            return "its .asc file is no detached signature by OpenPGP"
        return ""


def payload(name):
    """Whether a file is content, and neither a signature nor a checksum."""
    return not name.endswith(tuple("." + ending for ending in ("asc",) + SUMS))


def problems(bundle, required, version, key):
    for name in required:
        if name not in bundle.names:
            yield f"{name} is missing"
    folders = {name.rsplit("/", 1)[0] for name in required}
    for name in sorted(bundle.names):
        if not payload(name):
            of = name.rsplit(".", 1)[0]
            if of not in bundle.names:
                yield f"{name} belongs to no file of the bundle"
            continue
        data = bundle.read(name)
        for kind in SUMS:
            if f"{name}.{kind}" in bundle.names:
                written = bundle.read(f"{name}.{kind}").decode("ascii", errors="replace").split()
                if written[:1] != [hashlib.new(kind, data).hexdigest()]:
                    yield f"{name}: its {kind} differs from {name}.{kind}; one of the two was altered"
            elif kind in REQUIRED_SUMS:
                yield f"{name} has no checksum {name}.{kind}"
        if name.rsplit("/", 1)[-1] == INDEX:
            continue  # Maven writes it without a signature, and Maven Central makes its own
        if name.rsplit("/", 1)[0] not in folders:
            yield f"{name} belongs to no module of version {version}"
        if f"{name}.asc" not in bundle.names:
            yield f"{name} has no signature {name}.asc; build with -Dgpg.skip=false"
            continue
        wrong = key.problem(data, bundle.read(f"{name}.asc"))
        if wrong:
            yield f"{name}: {wrong}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bundle", type=pathlib.Path)
    parser.add_argument("--key", type=pathlib.Path, required=True)
    parser.add_argument("--checkout", type=pathlib.Path, default=CHECKOUT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            required, version = expected(options.checkout)
            bundle = Bundle(options.bundle)
            key = Key(options.key, pathlib.Path(folder))
            found = list(problems(bundle, required, version, key))
        except (Refused, OSError, zipfile.BadZipFile) as e:
            sys.exit(f"septet: {e}")
    for problem in found:
        print("septet: " + problem, file=sys.stderr)
    signed = sum(name.endswith(".asc") for name in bundle.names)
    print(
        f"{sum(map(payload, bundle.names))} files and {signed} signatures of version {version} checked against the key"
        f" {key.fingerprint}; {len(found)} problems"
    )
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
