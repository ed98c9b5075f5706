"""Runs train.py as Septet does, for some steps on the quickstart's model. Run: python test_train.py"""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from trainer_contract import TrainerContract


class LlamaFactoryTrainer(TrainerContract, unittest.TestCase):
    command = (sys.executable, HERE / "train.py")
    whole = {"method": {"type": "full"}, "expects": "model"}
    engine_order = False


if __name__ == "__main__":
    unittest.main()
