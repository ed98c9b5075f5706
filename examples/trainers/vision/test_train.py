"""Runs train.py as Septet does, on pictures. Run: $(.ci/python-env media) test_train.py"""

import json
import pathlib
import shutil
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import pictures
import vision_part
from trainer_contract import MODEL, ROWS, TrainerContract, write_rows


class VisionTrainer(TrainerContract, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.made = self.run_folder / "made"
        pictures.make(self.made, ROWS + 10)
        vision_part.make(MODEL, self.made / "vision")
        self.command = [
            *(sys.executable, HERE / "train.py"),
            *("--images", self.made / "images", "--vision", self.made / "vision"),
        ]

    def lay(self):
        shutil.copytree(MODEL, self.run_folder / "model")
        rows = [json.loads(line) for line in (self.made / "tickets.jsonl").read_text().splitlines()]
        write_rows(self.run_folder / "data", "train", rows[:ROWS], pairs=False)
        write_rows(self.run_folder / "data", "validation", rows[ROWS:], pairs=False)

    def test_only_pictures_of_the_operators_folder_are_opened(self):
        (self.made / "secret.png").write_bytes(b"not for a dataset")
        (self.made / "images" / "link.png").symlink_to(self.made / "secret.png")
        for named, message in [
            ("<image:../secret.png>", "the folder of this trainer has no file '../secret.png'"),
            (f"<image:{self.made}/secret.png>", f"the folder of this trainer has no file '{self.made}/secret.png'"),
            ("<image:link.png>", "the folder of this trainer has no file 'link.png'"),
            ("<image:absent.png>", "the folder of this trainer has no file 'absent.png'"),
            ("<image:\0.png>", "the folder of this trainer has no file '\\x00.png'"),
            ("no picture", "row 1 names 0 pictures; a row needs one, such as <image:desk.png>"),
        ]:
            with self.subTest(named):
                self.prepare()
                rows = (self.run_folder / "data" / "train.jsonl").read_text().splitlines()
                messages = [{"role": "user", "content": named}, {"role": "assistant", "content": "{}"}]
                rows[0] = json.dumps({"messages": messages})
                (self.run_folder / "data" / "train.jsonl").write_text("\n".join(rows) + "\n")
                self.finish(78)
                self.assertEqual(self.said().splitlines()[-1], message)

    def test_a_file_that_is_no_picture_is_refused(self):
        (self.made / "images" / "0000.png").write_text("not a picture")
        self.prepare()
        self.finish(78)
        self.assertIn("0000.png is not a PNG or JPEG picture", self.said())


if __name__ == "__main__":
    unittest.main()
