"""Fine-tunes the real Whisper tiny.en, twice. Needs espeak-ng. Run: $(.ci/python-env media) test_example.py"""

import pathlib
import tempfile
import unittest

from example import SECONDS, Example


class RealWeights(unittest.TestCase):
    def test_fewer_words_are_wrong_and_a_kill_changes_no_loss(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        example = Example(folder, steps=20)
        example.prepare()
        before, _ = example.measure(SECONDS)
        example.kill_after(7)
        example.finish()
        killed = example.losses()
        after, _ = example.measure(SECONDS, example.run / "output" / "adapter")
        self.assertGreater(before, 0.3)
        self.assertLess(after, 0.1)

        example.begin()
        example.finish()
        self.assertEqual(list(killed), list(range(1, 21)))
        for step, loss in example.losses().items():
            self.assertAlmostEqual(killed[step], loss, delta=1e-4)


if __name__ == "__main__":
    unittest.main()
