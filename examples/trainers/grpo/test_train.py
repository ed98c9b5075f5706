"""Runs train.py as Septet does, for some steps on the quickstart's model. Run: $(.ci/python-env trl) test_train.py"""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from reward import reward
from trainer_contract import TrainerContract


class GrpoTrainer(TrainerContract, unittest.TestCase):
    supervised = False
    engine_order = False
    requests = {
        "batchSize": 2,
        "accumulate": 1,
        "stepsPerEpoch": 25,
        "validationRows": 0,
        "options": {"answers": 2, "answerTokens": 8},
    }

    def setUp(self):
        super().setUp()
        script = self.run_folder / "reward.py"
        script.write_text("def reward(completions, **_): return [len(said[0]['content']) for said in completions]")
        self.command = (sys.executable, HERE / "train.py", script)


class RewardOfRecords(unittest.TestCase):
    def test_more_right_fields_are_better(self):
        right = '{"team":"repair","product":"laptop"}'
        said = [right, '{"team":"repair","product":"phone"}', "I do not know", "[1]"]
        completions = [[{"role": "assistant", "content": text}] for text in said]
        self.assertEqual(reward(completions, [right] * 4), [1.0, 0.25, 0.0, 0.0])


if __name__ == "__main__":
    unittest.main()
