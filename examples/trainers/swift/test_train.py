"""Runs train.py as Septet does, for some steps on the quickstart's model. Run: python test_train.py"""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from trainer_contract import LORA, TrainerContract


class SwiftTrainer(TrainerContract, unittest.TestCase):
    command = (sys.executable, HERE / "train.py")
    whole = {"method": {"type": "full"}, "expects": "model"}
    engine_order = False

    def test_a_models_own_code_is_refused(self):
        self.prepare()
        (self.run_folder / "model" / "modeling_own.py").write_text("print('run')\n")
        self.finish(78)
        last = self.said().splitlines()[-1]
        self.assertEqual(last, "this trainer runs no code of a model, and the model has modeling_own.py")

    def test_layers_that_the_model_lacks_are_refused(self):
        self.prepare(method={**LORA, "targets": ["query"]})
        self.finish(78)
        self.assertIn("the model has no linear layers query", self.said().splitlines()[-1])


if __name__ == "__main__":
    unittest.main()
