"""What check_bundle.py refuses, and what it lets pass, with real keys. Run: python3 .ci/test_check_bundle.py"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

CHECK = pathlib.Path(__file__).parent / "check_bundle.py"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><artifactId>{name}</artifactId><version>1.2.0</version>
{packaging}{modules}<profiles><profile><id>release</id>{release}</profile><profile><id>long</id>
<modules><module>benchmarks</module></modules></profile></profiles></project>"""


class CheckBundle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        room = tempfile.TemporaryDirectory()
        cls.addClassCleanup(room.cleanup)
        cls.room = pathlib.Path(room.name)
        # A short path: the agent's socket is in this folder.
        cls.home = cls.room / "g"
        cls.home.mkdir(mode=0o700)
        cls.addClassCleanup(
            subprocess.run, ["gpgconf", "--homedir", str(cls.home), "--kill", "all"], check=False, capture_output=True
        )
        cls.keys = {}
        for name in ("release", "other"):
            cls.gpg("--passphrase", "", "--quick-generate-key", f"{name}@example.org", "ed25519", "sign", "never")
            cls.keys[name] = cls.room / f"{name}.asc"
            cls.keys[name].write_bytes(cls.gpg("--armor", "--export", f"{name}@example.org"))
        cls.checkout = cls.room / "checkout"
        for folder, name, packaging, modules, release in (
            ("", "septet", "<packaging>pom</packaging>", ["dsl"], ["release"]),
            ("dsl", "septet-dsl", "", [], []),
            ("release", "septet-release", "", [], []),
        ):
            of = ["".join(["<modules>", *(f"<module>{each}</module>" for each in some), "</modules>"]) for some in (modules, release)]
            (cls.checkout / folder).mkdir(parents=True, exist_ok=True)
            (cls.checkout / folder / "pom.xml").write_text(
                POM.format(name=name, packaging=packaging, modules=of[0], release=of[1])
            )
        cls.whole = cls.room / "whole"
        for name in ("septet", "septet-dsl", "septet-release"):
            folder = cls.whole / "dev/septet" / name / "1.2.0"
            folder.mkdir(parents=True)
            for ending in [".pom"] + ["" if name == "septet" else each for each in (".jar", "-sources.jar", "-javadoc.jar")]:
                if ending:
                    cls.write(folder / f"{name}-1.2.0{ending}")
        cls.write(cls.whole / "dev/septet/septet-release/1.2.0/septet-release-1.2.0-cyclonedx.json")

    @classmethod
    def gpg(cls, *arguments):
        done = subprocess.run(
            ["gpg", "--homedir", str(cls.home), "--batch", "--pinentry-mode", "loopback", *arguments],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    @classmethod
    def write(cls, file, key="release"):
        """A file with its checksums and its signature."""
        file.write_text(f"the bytes of {file.name}")
        for kind in ("md5", "sha1"):
            pathlib.Path(f"{file}.{kind}").write_text(hashlib.new(kind, file.read_bytes()).hexdigest())
        cls.sign(file, key)

    @classmethod
    def sign(cls, file, key):
        cls.gpg("--yes", "--local-user", f"{key}@example.org", "--armor", "--detach-sign", "-o", f"{file}.asc", str(file))

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bundle = pathlib.Path(folder.name, "bundle")
        shutil.copytree(self.whole, self.bundle)
        self.jar = self.bundle / "dev/septet/septet-dsl/1.2.0/septet-dsl-1.2.0.jar"

    def check(self, bundle=None, key="release"):
        done = subprocess.run(
            [sys.executable, CHECK, bundle or self.bundle, "--key", self.keys.get(key, key), "--checkout", self.checkout],
            capture_output=True,
            text=True,
            check=False,
            # No key of this machine counts.
            env={**os.environ, "GNUPGHOME": str(self.home)},
        )
        self.assertNotIn("Traceback", done.stderr)
        return done.returncode, done.stdout + done.stderr

    def refused(self, *words, **options):
        status, said = self.check(**options)
        self.assertEqual(status, 1, said)
        for word in words:
            self.assertIn(word, said)
        return said

    def test_a_whole_bundle_passes_as_a_folder_and_as_a_zip_file(self):
        status, said = self.check()
        self.assertEqual(status, 0, said)
        self.assertIn("10 files and 10 signatures of version 1.2.0 checked", said)
        packed = self.bundle.with_suffix(".zip")
        with zipfile.ZipFile(packed, "w") as out:
            for file in self.bundle.rglob("*"):
                if file.is_file():
                    out.write(file, file.relative_to(self.bundle))
        status, said = self.check(packed)
        self.assertEqual(status, 0, said)

    def test_each_file_of_a_module_is_required(self):
        for ending in (".pom", ".jar", "-sources.jar", "-javadoc.jar"):
            for module in ("septet-dsl", "septet-release"):
                file = self.bundle / f"dev/septet/{module}/1.2.0/{module}-1.2.0{ending}"
                kept = file.read_bytes()
                file.unlink()
                self.refused(f"{module}-1.2.0{ending} is missing", f"{module}-1.2.0{ending}.asc belongs to no file")
                file.write_bytes(kept)

    def test_each_file_needs_a_signature_and_both_checksums(self):
        for file in sorted(self.jar.parent.iterdir()):
            if file.suffix in (".asc", ".md5", ".sha1"):
                kept = file.read_bytes()
                file.unlink()
                self.refused(f"has no {'signature' if file.suffix == '.asc' else 'checksum'}", file.name, "; 1 problems")
                file.write_bytes(kept)

    def test_an_altered_file_is_refused_even_with_new_checksums(self):
        self.jar.write_text("other bytes")
        said = self.refused("septet-dsl-1.2.0.jar: its md5 differs", "its sha1 differs", "; 3 problems")
        self.assertIn("septet-dsl-1.2.0.jar: its signature is of other bytes", said)
        for kind in ("md5", "sha1"):
            pathlib.Path(f"{self.jar}.{kind}").write_text(hashlib.new(kind, b"other bytes").hexdigest())
        self.refused("septet-dsl-1.2.0.jar: its signature is of other bytes", "; 1 problems")

    def test_a_bill_of_materials_is_checked_too(self):
        sbom = self.bundle / "dev/septet/septet-release/1.2.0/septet-release-1.2.0-cyclonedx.json"
        sbom.write_text("{}")
        self.refused("cyclonedx.json: its signature is of other bytes")

    def test_an_altered_checksum_is_refused(self):
        pathlib.Path(f"{self.jar}.sha1").write_text("0" * 40)
        self.refused("septet-dsl-1.2.0.jar: its sha1 differs", "; 1 problems")
        pathlib.Path(f"{self.jar}.sha1").write_text(hashlib.sha1(self.jar.read_bytes()).hexdigest())
        pathlib.Path(f"{self.jar}.sha512").write_text("0" * 128)
        self.refused("septet-dsl-1.2.0.jar: its sha512 differs", "; 1 problems")

    def test_another_key_is_refused_even_if_this_machine_has_it(self):
        self.sign(self.jar, "other")
        self.refused("septet-dsl-1.2.0.jar: its signature is not by the key", "; 1 problems")
        self.refused("; 9 problems", key="other")

    def test_a_signature_of_another_file_or_of_nothing_is_refused(self):
        shutil.copy(f"{self.jar.with_suffix('.pom')}.asc", f"{self.jar}.asc")
        self.refused("septet-dsl-1.2.0.jar: its signature is of other bytes")
        pathlib.Path(f"{self.jar}.asc").write_text("no signature")
        self.refused("septet-dsl-1.2.0.jar: its .asc file is no detached signature")
        self.gpg("--yes", "--local-user", "release@example.org", "--armor", "--sign", "-o", f"{self.jar}.asc", str(self.jar))
        self.refused("septet-dsl-1.2.0.jar: ", "; 1 problems")

    def test_what_belongs_to_no_module_is_named(self):
        folder = self.bundle / "dev/septet/septet-benchmarks/1.2.0"
        folder.mkdir(parents=True)
        self.write(folder / "septet-benchmarks-1.2.0.pom")
        self.refused("septet-benchmarks-1.2.0.pom belongs to no module of version 1.2.0", "; 1 problems")

    def test_a_key_file_has_one_key(self):
        both = self.room / "both.asc"
        both.write_bytes(self.gpg("--armor", "--export"))
        self.refused("has 2 public keys, expected 1", key=both)
        self.refused("there is no key file", key=self.room / "none.asc")
        self.refused("neither a folder nor a zip file", bundle=self.keys["release"])


if __name__ == "__main__":
    unittest.main()
