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
        named = '{"auto_map": {"AutoTokenizer": ["repository--own.Tokenizer", null]}}'
        (self.run_folder / "model" / "special_tokens_map.json").write_text(named)
        self.finish(78)
        last = self.said().splitlines()[-1]
        found = "auto_map in special_tokens_map.json, modeling_own.py"
        self.assertEqual(last, f"this trainer runs no code of a model, and the model has {found}")

    def test_layers_that_the_model_lacks_are_refused(self):
        self.prepare(method={**LORA, "targets": ["query"]})
        self.finish(78)
        self.assertIn("the model has no linear layers query", self.said().splitlines()[-1])


if __name__ == "__main__":
    unittest.main()
