"""Runs train.py as Septet does, for some steps on the quickstart's model. Run: $(.ci/python-env trl) test_train.py"""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from trainer_contract import TrainerContract


class TrlTrainer(TrainerContract, unittest.TestCase):
    command = (sys.executable, HERE / "train.py")
    whole = {"method": {"type": "full"}, "expects": "model"}

    def test_preferences(self):
        self.prepare(objective={"type": "dpo", "beta": 0.1}, rows="preference", steps=6)
        self.finish()
        losses = self.losses()
        self.assertAlmostEqual(losses[1], 0.6931, places=3)
        self.assertLess(losses[6], losses[1])
        self.assertLess(self.metrics()[-1]["validationLoss"], losses[1])
        self.result()


if __name__ == "__main__":
    unittest.main()
