"""What contract.py reads and writes. Run: python3 test_contract.py"""

import json
import pathlib
import tempfile
import unittest

from contract import Refused, RunFolder, order


class RunFolderTest(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.path = pathlib.Path(made.name)
        (self.path / "control").mkdir()

    def open(self, **request):
        request = {"contract": 1, "resume": None, "checkpointEvery": 5, "keepCheckpoints": 2, **request}
        (self.path / "request.json").write_text(json.dumps(request))
        return RunFolder(self.path)

    def checkpoint(self, run, step):
        asked = run.asked()
        (self.path / "checkpoints" / f"checkpoint-{step}").mkdir(parents=True)
        run.complete(step, asked)

    def names(self, run):
        return [folder.name for folder in run.checkpoints()]

    def test_rows_have_the_order_of_the_engine(self):
        self.assertEqual(order(12, 42, 0), [2, 8, 1, 7, 6, 11, 9, 10, 0, 3, 5, 4])
        self.assertEqual(order(12, -7, 3), [0, 3, 4, 5, 11, 10, 8, 7, 6, 1, 9, 2])

    def test_a_number_that_is_none_is_null(self):
        run = self.open()
        run.metric(1, loss=float("nan"), tokens=None, epoch=0)
        self.assertEqual((self.path / "metrics.jsonl").read_text(), '{"step": 1, "loss": null, "epoch": 0}\n')

    def test_the_newest_checkpoints_are_kept(self):
        run = self.open()
        for step in (5, 10, 100):
            self.checkpoint(run, step)
        self.assertEqual(self.names(run), ["checkpoint-10", "checkpoint-100"])

    def test_a_checkpoint_is_written_once_for_each_request(self):
        run = self.open()
        self.assertEqual([run.checkpoint_due(step) for step in (4, 5)], [False, True])
        (self.path / "control" / "checkpoint").write_text("2\n")
        self.assertTrue(run.checkpoint_due(6))
        self.checkpoint(run, 6)
        self.assertFalse(run.checkpoint_due(7))
        again = self.open(resume="checkpoints/checkpoint-6")
        self.assertFalse(again.checkpoint_due(7))
        (self.path / "control" / "checkpoint").write_text("3\n")
        self.assertTrue(again.checkpoint_due(7))

    def test_an_attempt_begins_without_what_a_killed_one_left(self):
        run = self.open()
        for step in (5, 10):
            self.checkpoint(run, step)
        (self.path / "checkpoints" / "checkpoint-9").mkdir()
        (self.path / "output" / "adapter").mkdir(parents=True)
        again = self.open(resume="checkpoints/checkpoint-5")
        again.discard()
        self.assertEqual(self.names(again), ["checkpoint-5"])
        self.assertFalse((self.path / "output").exists())

    def test_another_contract_is_refused(self):
        with self.assertRaisesRegex(Refused, "contract 1, not 2"):
            self.open(contract=2)


if __name__ == "__main__":
    unittest.main()
