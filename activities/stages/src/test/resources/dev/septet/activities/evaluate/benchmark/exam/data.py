"""Writes the rows of the task files in tasks/ to data/. The facts are common knowledge; nothing is random:
python data.py"""

import json
from pathlib import Path

HERE = Path(__file__).parent / "data"

CAPITALS = """France Paris|Germany Berlin|Italy Rome|Spain Madrid|Portugal Lisbon|Austria Vienna|Belgium Brussels
Denmark Copenhagen|Sweden Stockholm|Norway Oslo|Finland Helsinki|Greece Athens|Poland Warsaw|Hungary Budapest
Ireland Dublin|Russia Moscow|Ukraine Kyiv|Turkey Ankara|Egypt Cairo|Morocco Rabat|Kenya Nairobi|Ghana Accra
Senegal Dakar|Ethiopia Addis_Ababa|Nigeria Abuja|Japan Tokyo|China Beijing|India New_Delhi|Thailand Bangkok
Vietnam Hanoi|Indonesia Jakarta|Nepal Kathmandu|Iran Tehran|Iraq Baghdad|Israel Jerusalem|Jordan Amman
Canada Ottawa|Mexico Mexico_City|Cuba Havana|Peru Lima|Chile Santiago|Argentina Buenos_Aires|Brazil Brasilia
Colombia Bogota|Venezuela Caracas|Ecuador Quito|Uruguay Montevideo|Australia Canberra|Romania Bucharest
Bulgaria Sofia|Serbia Belgrade|Croatia Zagreb|Latvia Riga|Estonia Tallinn|Lithuania Vilnius|Iceland Reykjavik"""

OPINIONS = {
    1: """The soup was warm and full of flavour.|I would gladly stay in this hotel again.|What a wonderful, funny film.
The staff helped us at once and smiled.|This lamp is bright, cheap and easy to mount.|The concert was the best of the year.
Our guide knew every bird in the forest.|The bread is fresh every morning.|My new bicycle rides like a dream.
The lesson was clear and the teacher patient.|I love how quiet this washing machine is.|A charming book that made me laugh.
The view from the room was splendid.|Delivery was fast and the box was intact.|The garden looks lovely in spring.
Everything worked the first time I tried it.|The children enjoyed every minute.|Great value, I recommend it to everyone.
The coffee here is excellent.|The battery lasts for three full days.""",
    0: """The soup was cold and tasted of nothing.|I will never stay in this hotel again.|What a dull, empty film.
The staff ignored us for an hour.|This lamp broke after two days.|The concert was a painful waste of an evening.
Our guide was rude and always late.|The bread was stale and hard as stone.|My new bicycle fell apart on the first ride.
The lesson was confusing and far too long.|I hate how loud this washing machine is.|A boring book that I could not finish.
The room smelled of smoke and dust.|Delivery took six weeks and the box was crushed.|The garden is full of rubbish.
Nothing worked, and nobody answered my calls.|The children cried and wanted to go home.|Bad value, avoid it if you can.
The coffee here is bitter and weak.|The battery is empty after one hour.""",
}

PASSAGES = """A bee collects nectar and makes honey. Bees live together in a hive.|Do bees make honey?|1|Do bees live alone?|0
The moon moves around the earth once a month. It has no light of its own.|Does the moon move around the earth?|1|Does the moon make its own light?|0
A whale breathes air, although it lives in the sea. It is a mammal.|Does a whale breathe air?|1|Is a whale a fish?|0
Iron rusts when it meets water and air. Gold does not rust.|Does iron rust?|1|Does gold rust?|0
The library opens at nine and closes at six. On Sundays it stays closed.|Is the library open at noon on Monday?|1|Is the library open on Sundays?|0
A triangle has three sides. A square has four equal sides.|Does a triangle have three sides?|1|Does a square have five sides?|0
Penguins are birds that cannot fly. They swim very well.|Can penguins swim?|1|Can penguins fly?|0
Water boils at a hundred degrees at sea level. On high mountains it boils sooner.|Does water boil at a hundred degrees at sea level?|1|Does water boil later on high mountains?|0
The train to the coast leaves every hour. The journey takes two hours.|Does a train leave every hour?|1|Does the journey take five hours?|0
Anna has two brothers and no sister. Her brothers are older than she is.|Does Anna have brothers?|1|Does Anna have a sister?|0
Bread is baked from flour and water. Yeast makes the dough rise.|Is bread baked from flour?|1|Does salt make the dough rise?|0
The old bridge was built of stone. The new one is made of steel.|Was the old bridge built of stone?|1|Is the new bridge made of wood?|0
Owls hunt at night and sleep by day. They eat mice.|Do owls hunt at night?|1|Do owls eat grass?|0
Copper conducts electricity well. Glass does not conduct it.|Does copper conduct electricity?|1|Does glass conduct electricity?|0
The shop sells bread, milk and eggs. It does not sell meat.|Does the shop sell milk?|1|Does the shop sell meat?|0
Spiders have eight legs. Insects have six legs.|Do spiders have eight legs?|1|Do insects have eight legs?|0
The river is wide in spring when the snow melts. In autumn it is narrow.|Is the river wide in spring?|1|Is the river wide in autumn?|0
Tom plays the piano every day. He has never played the violin.|Does Tom play the piano?|1|Does Tom play the violin?|0
The desert is hot by day and cold by night. It hardly ever rains there.|Is the desert cold at night?|1|Does it often rain in the desert?|0
A cat has soft paws and sharp claws. It sees well in the dark.|Does a cat have sharp claws?|1|Is a cat blind in the dark?|0"""

CLOZES = """The sun rises in the|east||We drink water from a|glass||In winter it is very|cold||She opened the door with a|key
He wrote the letter with a|pen||Birds fly high in the|sky||The opposite of black is|white||A week has seven|days
The baby began to|cry||After the rain came a bright|rainbow||You can read a good|book||The dog chased the|cat
Fish swim in the|water||She cut the bread with a|knife||He went to the doctor because he was|sick||The king wore a golden|crown
Please close the window, I am|cold||Two and two make|four||He put on his coat and his|hat||The cow gives us|milk
The teacher wrote on the|board||We sleep at|night||The sky is|blue||She answered the phone and said|hello
The children played in the|garden||He poured the tea into a|cup||They went to the station to catch the|train||At night we can see the moon and the|stars
The carpenter hit the nail with a|hammer||The farmer milks the|cows||Snow is|white||He could not see because it was so|dark
The ship sailed across the|sea||Bees make|honey||She put the letter into an|envelope||The fire was very|hot
The boy kicked the|ball||An hour has sixty|minutes||The clock on the wall shows the|time||Grass is|green"""

SENTENCES = """Early in the morning the fisherman pushed his boat into the cold water and rowed out past the last rocks.
Nobody in the village could say who had built the tower, but everybody agreed that it was older than the church.
When the flour was sifted, she added two eggs, a pinch of salt and a cup of milk, and stirred until the dough was smooth.
The train was late again, so the passengers shared their newspapers and talked about the weather.
A good tool is one that you do not notice while you work with it.
In the third week of May the swallows came back and began to repair their nest under the roof.
He counted the coins twice, put them into the drawer, and turned the small key until it clicked.
The museum keeps the oldest map of the town in a dark room, because light would make its colours fade.
Rain ran down the window while the two sisters argued about the name of the new kitten.
It takes patience to learn an instrument: first the hands must learn, and then the ears.
The road to the mill follows the river for two miles and then turns north into the hills.
My grandfather planted this pear tree in the year in which my mother was born.
A letter arrived on Tuesday; it had no stamp and no address, only a drawing of a ship.
They measured the field with a rope that had a knot after every tenth step.
The baker's daughter delivered the rolls on her bicycle before she went to school.
Before the invention of the clock, people in this valley told the time by the shadow of the mountain.
The recipe says one hour, but the oven is old and needs a little longer.
On clear nights the astronomer invited the children to look through her telescope at the rings of Saturn.
The committee met on Friday and decided to repair the bridge before winter.
A small dog slept on the steps of the town hall and did not move when the mayor came out.
The glass was so thin that it rang like a bell when she touched it with a spoon.
In the attic they found a box of buttons, a broken violin and forty years of newspapers.
The gardener says that you should water roses in the evening and never on their leaves.
Every autumn the whole school walks to the forest to collect chestnuts.
The captain knew the coast so well that he could sail along it in thick fog.
Wool keeps its warmth even when it is wet, and for that reason sailors have always worn it.
The lamp on the corner had been out for a month before somebody called the office.
She learned to read from the labels of tins in her uncle's shop.
Two roads lead to the castle, a steep short one and a gentle long one.
When the snow melts, the meadow becomes a lake on which ducks rest for a few days.
The printer set each letter by hand, and a page took him most of a morning.
His answer was short and polite, and it left no room for another question.
The orchestra tuned its instruments, the lights went down, and somebody in the last row coughed.
A map of the stars hung over the bed, and the boy knew all of their names.
They carried the table through the narrow door by turning it on its side.
The stone wall kept the sheep in and the wind out.
Once a year the river floods the lower market, and the traders move their stalls uphill.
The letter was written in green ink, which the old lady used for good news only.
You can tell the age of a fish by the rings on its scales.
The last bus leaves at ten, and after that it is a walk of six miles."""

PRONOUNS = """The trophy does not fit into the bag because|the trophy|the bag|is too large.|0
The trophy does not fit into the bag because|the trophy|the bag|is too small.|1
The ball broke the window because|the ball|the window|was made of steel.|0
The ball broke the window because|the ball|the window|was made of thin glass.|1
The cat did not catch the mouse because|the cat|the mouse|was too slow.|0
The cat did not catch the mouse because|the cat|the mouse|was too quick.|1
The cup fell from the table because|the cup|the table|stood too near to the edge.|0
The cup fell from the table because|the cup|the table|was shaken by a child.|1
The lorry could not pass under the bridge because|the lorry|the bridge|was too high.|0
The lorry could not pass under the bridge because|the lorry|the bridge|was too low.|1
The knife did not cut the bread because|the knife|the bread|was blunt.|0
The knife did not cut the bread because|the knife|the bread|was hard.|1
The boat could not follow the ship because|the boat|the ship|was too slow.|0
The boat could not follow the ship because|the boat|the ship|was too fast.|1
The nail went through the board because|the nail|the board|was sharp.|0
The nail went through the board because|the nail|the board|was soft.|1
The water filled the jar until|the water|the jar|ran over the rim.|0
The water filled the jar until|the water|the jar|was full.|1
The shoe hurt the foot because|the shoe|the foot|was too narrow.|0
The shoe hurt the foot because|the shoe|the foot|was too wide.|1
The bird escaped from the cage because|the bird|the cage|flew away.|0
The bird escaped from the cage because|the bird|the cage|was left open.|1
The fire burned the paper because|the fire|the paper|was hot.|0
The fire burned the paper because|the fire|the paper|was dry.|1
The key did not open the lock because|the key|the lock|was the wrong one.|0
The key did not open the lock because|the key|the lock|was rusty inside.|1
The child lifted the chair because|the child|the chair|was strong.|0
The child lifted the chair because|the child|the chair|was light.|1
The horse pulled the cart although|the horse|the cart|was tired.|0
The horse pulled the cart although|the horse|the cart|had a broken wheel.|1
The picture hid the stain because|the picture|the stain|was large.|0
The picture hid the stain because|the picture|the stain|was small.|1
The coat covered the dress because|the coat|the dress|was long.|0
The coat covered the dress because|the coat|the dress|was short.|1
The rope held the boat because|the rope|the boat|was thick.|0
The rope held the boat because|the rope|the boat|was light.|1
The dog carried the stick because|the dog|the stick|was trained well.|0
The dog carried the stick because|the dog|the stick|was thrown by its master.|1
The wind moved the leaf because|the wind|the leaf|was strong.|0
The wind moved the leaf because|the wind|the leaf|was light.|1"""


def cells(text, separator="|"):
    return [cell for line in text.split("\n") for cell in line.split(separator) if cell]


def write(name, rows):
    (HERE / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def capitals():
    pairs = [tuple(cell.replace("_", " ") for cell in pair.split(" ", 1)) for pair in cells(CAPITALS)]
    rows = []
    for i, (country, capital) in enumerate(pairs):
        others = [pairs[(i + step) % len(pairs)][1] for step in (7, 13, 22)]
        place = i % 4
        texts = others[:place] + [capital] + others[place:]
        rows.append({
            "country": country,
            "capital": capital,
            "choices": {"label": ["A", "B", "C", "D"], "text": texts},
            "answer": "ABCD"[place],
            "accepted": [capital, "the city of " + capital],
        })
    write("capitals_train.jsonl", rows[:10])
    write("capitals_test.jsonl", rows[10:])


def arithmetic():
    rows = []
    for i in range(60):
        a, b = 3 + 7 * i % 41, 2 + 5 * i % 37
        right = a + b
        options = [right + 10, right - 1, right + 2]
        options.insert(i % 4, right)
        rows.append({"a": a, "b": b, "options": [str(option) for option in options], "label": i % 4})
    write("arithmetic.jsonl", rows)
    words = []
    for i in range(50):
        a, b = 2 + 3 * i % 19, 1 + 2 * i % 13
        what = ["apples", "books", "coins", "stamps", "shells"][i % 5]
        who = ["Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta"][i % 7]
        words.append({
            "question": f"{who} has {a} {what} and gets {b} more. How many {what} does {who} have now?",
            "answer": f"{who} starts with {a} and gets {b}, and {a} + {b} = {a + b}.\n#### {a + b}",
        })
    words[7]["answer"] = words[7]["answer"].replace("#### ", "#### 1,0")  # a number with a comma
    write("sums.jsonl", words)


def main():
    capitals()
    arithmetic()
    opinions = [{"text": text, "label": label} for label in OPINIONS for text in cells(OPINIONS[label])]
    mixed = [opinions[(i * 7) % 40] for i in range(40)]
    write("sentiment_train.jsonl", mixed[:12])
    write("sentiment_test.jsonl", mixed[12:] + [{"text": "Überhaupt not bad – I liked it.", "label": 1}])
    rows = []
    for line in PASSAGES.split("\n"):
        passage, yes, one, no, zero = line.split("|")
        rows += [{"passage": passage, "question": yes, "answer": int(one)}, {"passage": passage, "question": no, "answer": int(zero)}]
    write("yesno.jsonl", rows)
    pairs = [cell.split("|") for line in CLOZES.split("\n") for cell in line.split("||")]
    write("cloze.jsonl", [{"text": f"{start} {end}"} for start, end in pairs])
    write("sentences.jsonl", [{"page": line} for line in SENTENCES.split("\n")])
    rows = []
    for line in PRONOUNS.split("\n"):
        start, first, second, end, label = line.split("|")
        rows.append({"start": start, "first": first, "second": second, "end": end, "label": int(label)})
    write("pronouns.jsonl", rows)
    (HERE / "opposites.csv").write_text(
        "word,opposite\n" + "".join(pair + "\n" for pair in OPPOSITES.split()), encoding="utf-8")


OPPOSITES = """hot,cold big,small up,down left,right young,old rich,poor fast,slow high,low wet,dry hard,soft light,dark
open,closed full,empty early,late near,far good,bad happy,sad strong,weak long,short thick,thin loud,quiet clean,dirty
cheap,expensive sweet,bitter deep,shallow wide,narrow first,last true,false day,night summer,winter love,hate win,lose
begin,end push,pull buy,sell give,take come,go question,answer friend,enemy north,south"""



if __name__ == "__main__":
    main()
