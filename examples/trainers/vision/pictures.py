"""Draws pictures of devices, and writes the tickets that name them: `python pictures.py FOLDER`.

A ticket's text does not say which device it is about. Size, place, colours and noise of the pictures are random, with
a seed."""

import argparse
import json
import pathlib
import random

from PIL import Image, ImageDraw

SIDE = 48
TICKETS = {
    "repair": ("It does not turn on.", "The case is broken.", "It makes a strange noise."),
    "returns": ("I want to send it back.", "I ordered the wrong one.", "Please take it back."),
    "shipping": ("It did not arrive.", "The parcel is late.", "Where is my parcel?"),
}


def laptop(draw, x, y, s, colour):
    draw.rectangle((x, y, x + s, y + 0.6 * s), outline=colour, width=2)
    draw.polygon((x - 0.1 * s, y + 0.8 * s, x + 1.1 * s, y + 0.8 * s, x + s, y + 0.6 * s, x, y + 0.6 * s), fill=colour)


def phone(draw, x, y, s, colour):
    draw.rounded_rectangle((x + 0.28 * s, y, x + 0.72 * s, y + s), radius=3, fill=colour)


def camera(draw, x, y, s, colour):
    draw.rectangle((x, y + 0.25 * s, x + s, y + 0.9 * s), fill=colour)
    draw.ellipse((x + 0.3 * s, y + 0.35 * s, x + 0.7 * s, y + 0.8 * s), fill="white", outline="black")


def headset(draw, x, y, s, colour):
    draw.arc((x, y, x + s, y + s), 180, 360, fill=colour, width=3)
    draw.rectangle((x, y + 0.5 * s, x + 0.2 * s, y + 0.9 * s), fill=colour)
    draw.rectangle((x + 0.8 * s, y + 0.5 * s, x + s, y + 0.9 * s), fill=colour)


DEVICES = {"laptop": laptop, "phone": phone, "camera": camera, "headset": headset}


def picture(device, chance):
    made = Image.new("RGB", (SIDE, SIDE), tuple(chance.randint(190, 255) for _ in range(3)))
    size = chance.uniform(26, 36)
    x, y = chance.uniform(4, SIDE - size - 4), chance.uniform(4, SIDE - size - 4)
    colour = tuple(chance.randint(0, 110) for _ in range(3))
    DEVICES[device](ImageDraw.Draw(made), x, y, size, colour)
    for _ in range(60):
        made.putpixel((chance.randrange(SIDE), chance.randrange(SIDE)), tuple(chance.randint(0, 255) for _ in range(3)))
    return made


def make(folder, count=600, seed=3):
    """Writes images/ and tickets.jsonl."""
    chance = random.Random(seed)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    with open(folder / "tickets.jsonl", "w", encoding="utf-8") as file:
        for number in range(count):
            device, team = chance.choice(list(DEVICES)), chance.choice(list(TICKETS))
            picture(device, chance).save(folder / "images" / f"{number:04}.png")
            asked = f"Route the ticket: {chance.choice(TICKETS[team])} <image:{number:04}.png>"
            answer = json.dumps({"team": team, "product": device}, separators=(",", ":"))
            messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
            file.write(json.dumps({"messages": messages}) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    make(options.folder, options.count, options.seed)
