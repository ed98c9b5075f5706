"""Makes recordings with espeak-ng, and the rows that name them: `python speech.py FOLDER`.

The sentences are about devices with invented names, which no model has heard of. Test sentences are not in the training
rows."""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys

VOICES = ("en-us", "en-gb", "en-gb-scotland", "en-us+f3", "en-gb+m5", "en-029")
OTHER_VOICE = "en-gb-x-rp+f4"  # test rows only
DEVICES = ("Quillon", "Torvane", "Brasket", "Zemira", "Ostelix", "Fendrow")
THINGS = ("dock", "reader", "hub", "scanner")
SENTENCES = (
    "please restart the {device} {thing}",
    "the {device} {thing} does not answer",
    "send a new cable for the {device} {thing}",
    "my {device} is too slow since Monday",
    "the {thing} of the {device} is broken",
    "who can repair a {device} {thing}",
)


def sentences():
    return [
        sentence.format(device=device, thing=thing)
        for sentence in SENTENCES
        for device in DEVICES
        for thing in (THINGS if "{thing}" in sentence else THINGS[:1])
    ]


def speak(text, voice, speed, file):
    subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-w", str(file), "--", text], check=True)


def make(folder, seed=5, test=40):
    """Each training sentence by two voices, and each test sentence by one. Returns the numbers of rows."""
    if not shutil.which("espeak-ng"):
        sys.exit("septet: espeak-ng is missing; install it (Debian: apt-get install espeak-ng)")
    recordings = folder / "recordings"
    recordings.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    said = sentences()
    chance.shuffle(said)
    rows = {
        "test": [(text, chance.choice([*VOICES, OTHER_VOICE])) for text in said[:test]],
        "train": [(text, voice) for text in said[test:] for voice in chance.sample(VOICES, 2)],
    }
    for split, wanted in rows.items():
        with open(folder / f"{split}.jsonl", "w", encoding="utf-8") as file:
            for number, (text, voice) in enumerate(wanted):
                name = f"{split}-{number:04}.wav"
                speak(text, voice, chance.choice([150, 170, 190]), recordings / name)
                file.write(json.dumps({"prompt": name, "completion": text}) + "\n")
    return {split: len(wanted) for split, wanted in rows.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    print(make(parser.parse_args().folder))
