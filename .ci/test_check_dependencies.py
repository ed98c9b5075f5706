"""What check_dependencies.py refuses, and what it lets pass. Run: python3 .ci/test_check_dependencies.py"""

import datetime
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

CHECK = pathlib.Path(__file__).parent / "check_dependencies.py"


def component(group, name, version, licence):
    return {"group": group, "name": name, "version": version, "licenses": [{"license": {"id": licence}}]}


class CheckDependencies(unittest.TestCase):
    def check(self, components, lock="tqdm==4.70.1\n", *options):
        with tempfile.TemporaryDirectory() as folder:
            bom = pathlib.Path(folder, "bom.json")
            bom.write_text(json.dumps({"components": components}))
            locked = pathlib.Path(folder, "some.lock")
            locked.write_text(lock)
            done = subprocess.run(
                [sys.executable, CHECK, bom, "--locks", locked, *options], capture_output=True, text=True, check=False
            )
            return done.returncode, done.stdout + done.stderr

    def online(self, answer, *options):
        """What is said with a server that answers by this function of the queries; and the queries."""
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
                asked.extend(queries)
                body = json.dumps({"results": answer(queries)}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}/v1/querybatch"
            status, said = self.check(
                [component("org.yaml", "snakeyaml", "2.5", "Apache-2.0")], "tqdm==4.70.1\n", "--online", url, *options
            )
            server.shutdown()
        return status, said, asked

    def test_the_database_is_asked_for_each_package(self):
        status, said, asked = self.online(lambda queries: [{} for _ in queries])
        self.assertEqual(status, 0, said)
        self.assertIn("vulnerabilities known up to now; 0 problems", said)
        self.assertEqual(
            asked,
            [
                {"package": {"ecosystem": "Maven", "name": "org.yaml:snakeyaml"}, "version": "2.5"},
                {"package": {"ecosystem": "PyPI", "name": "tqdm"}, "version": "4.70.1"},
            ],
        )

    def test_a_new_advisory_is_named(self):
        status, said, _ = self.online(lambda queries: [{"vulns": [{"id": "GHSA-new"}]}, {}])
        self.assertEqual(status, 1)
        self.assertIn("org.yaml:snakeyaml 2.5: GHSA-new; update it", said)

    def test_an_accepted_advisory_is_accepted_by_each_of_its_ids(self):
        with tempfile.TemporaryDirectory() as folder:
            known = pathlib.Path(folder, "known.json")
            accepted = {"package": "pypi:tqdm", "version": "4.70.1", "advisory": "CVE-1, GHSA-1", "why": "it shows no bar"}
            known.write_text(json.dumps({"vulnerable": [], "accepted": [accepted]}))
            for found, status in (("GHSA-1", 0), ("GHSA-2", 1)):
                done = self.online(lambda queries: [{}, {"vulns": [{"id": found}]}], "--vulnerabilities", known)
                self.assertEqual(done[0], status, done)

    def test_a_database_that_does_not_answer_is_no_clean_list(self):
        status, said, _ = self.online(lambda queries: [])
        self.assertEqual(status, 1)
        self.assertIn("does not answer", said)
        status, said = self.check([component("a", "b", "1", "MIT")], "", "--online", "http://127.0.0.1:9/")
        self.assertEqual(status, 1)
        self.assertIn("does not answer", said)
        self.assertNotIn("Traceback", said)

    def test_a_clean_list_passes(self):
        status, said = self.check([component("org.yaml", "snakeyaml", "2.5", "Apache-2.0")])
        self.assertEqual(status, 0, said)
        self.assertIn("1 libraries and 1 Python packages checked; vulnerabilities known up to 20", said)

    def test_a_known_vulnerability_is_named_with_its_mend(self):
        status, said = self.check([component("org.yaml", "snakeyaml", "1.33", "Apache-2.0")])
        self.assertEqual(status, 1)
        self.assertIn("org.yaml:snakeyaml 1.33: CVE-2022-1471, fixed in 2.0", said)

    def test_versions_are_compared_as_numbers(self):
        status, said = self.check([component("commons-io", "commons-io", "2.9.0", "Apache-2.0")])
        self.assertEqual(status, 1, said)
        status, said = self.check([component("com.google.guava", "guava", "33.7.2-jre", "Apache-2.0")])
        self.assertEqual(status, 0, said)
        status, said = self.check([component("org.yaml", "snakeyaml", "2.0-rc1", "Apache-2.0")])
        self.assertEqual(status, 1, said)

    def test_an_entry_of_another_line_of_versions_is_passed_over(self):
        status, said = self.check([component("com.google.protobuf", "protobuf-java", "3.25.8", "BSD-3-Clause")])
        self.assertEqual(status, 0, said)
        status, said = self.check([component("com.google.protobuf", "protobuf-java", "4.27.0", "BSD-3-Clause")])
        self.assertEqual(status, 1, said)

    def aged(self, dated, *options):
        with tempfile.TemporaryDirectory() as folder:
            known = pathlib.Path(folder, "known.json")
            known.write_text(json.dumps({"dated": dated, "vulnerable": []}))
            return self.check([component("a", "b", "1", "MIT")], "", "--vulnerabilities", known, *options)

    def test_only_an_advisory_that_is_accepted_for_this_version_passes_and_is_named(self):
        accepted = {"package": "a:b", "version": "1", "advisory": "CVE-1, GHSA-1", "why": "it reads no file"}
        wrong = ({"version": "2"}, {"package": "a:c"}, {"advisory": "CVE-2"}, {"why": ""})
        for changed, status in (({}, 0), *((change, 1) for change in wrong)):
            with tempfile.TemporaryDirectory() as folder:
                known = pathlib.Path(folder, "known.json")
                vulnerable = [{"package": "a:b", "below": "3", "advisory": "CVE-1"}]
                known.write_text(json.dumps({"vulnerable": vulnerable, "accepted": [{**accepted, **changed}]}))
                done = self.check([component("a", "b", "1", "MIT")], "", "--vulnerabilities", known)
            self.assertEqual(done[0], status, done)
            self.assertEqual("accepted: a:b 1: CVE-1, GHSA-1: it reads no file" in done[1], status == 0, done)

    def test_an_old_list_stops_a_release_and_no_other_run(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        for days, status, said in ((0, 0, "0 problems"), (89, 0, "0 problems"), (92, 1, "92 days ago; the limit is 90")):
            done = self.aged(str(today - datetime.timedelta(days=days)), "--release")
            self.assertEqual(done[0], status, done)
            self.assertIn(said, done[1])
            self.assertEqual("days ago" in done[1], status == 1, done)
        status, said = self.aged("2025-10-31")
        self.assertEqual(status, 0, said)
        self.assertIn("septet: warning: ", said)
        for word in ("known.json knows advisories up to 2025-10-31 only", ".ci/dependencies --online", "set `dated`", "0 problems"):
            self.assertIn(word, said)

    def test_a_list_without_a_date_is_old(self):
        for dated in (None, "last week", 2025):
            status, said = self.aged(dated, "--release")
            self.assertEqual(status, 1)
            self.assertIn("has no date; set `dated`", said)
            self.assertEqual(self.aged(dated)[0], 0)

    def test_an_unknown_licence_is_named(self):
        status, said = self.check([component("example", "copyleft", "1.0", "GPL-3.0-only")])
        self.assertEqual(status, 1)
        self.assertIn("example:copyleft 1.0: licence GPL-3.0-only is not in licences.json", said)

    def test_python_packages_are_checked_too(self):
        status, said = self.check([component("a", "b", "1", "MIT")], lock="Jinja2==3.1.5 \\\n    --hash=sha256:0\n")
        self.assertEqual(status, 1)
        self.assertIn("pypi:jinja2 3.1.5: CVE-2025-27516", said)

    def test_an_empty_list_is_no_pass(self):
        status, said = self.check([])
        self.assertEqual(status, 1)
        self.assertIn("names no library", said)


if __name__ == "__main__":
    unittest.main()
