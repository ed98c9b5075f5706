"""Runs train.py as Septet does, for some steps on the quickstart's model. Run: $(.ci/python-env trl) test_train.py"""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from trainer_contract import TrainerContract


class TorchrunTrainer(TrainerContract, unittest.TestCase):
    command = (sys.executable, HERE / "train.py")
    requests = {
        "method": {"type": "full"},
        "expects": "model",
        "learningRate": {"shape": "COSINE", "peak": 1e-4, "warmup": 2},
        "options": {"processes": 2},
    }


if __name__ == "__main__":
    unittest.main()
