"""Writes corpus.jsonl, texts with labelled personal data, and presidio.json, what Presidio's pattern recognizers find in it.

Usage: pip install presidio-analyzer==2.2.366 Faker==40.63.0; python presidio.py

Presidio runs without a language model: its recognizers of patterns and check digits need none. Words around a value count as
context. A finding has a score of at least 0.4, the score of Presidio's recognizer of phone numbers.
"""

import json
import pathlib
import random

import spacy
from faker import Faker
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.predefined_recognizers import CreditCardRecognizer

HERE = pathlib.Path(__file__).parent
TEXTS = 2000
LEAST_SCORE = 0.4

LOCALES = {"en": "en_US", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "it": "it_IT", "pl": "pl_PL"}

# Septet's kinds, and Presidio's entities of the same kind.
KINDS = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "CREDIT_CARD": "CARD",
    "IBAN_CODE": "IBAN",
    "US_SSN": "SSN",
    "IP_ADDRESS": "IP",
    "ES_NIF": "NATIONAL_ID",
    "ES_NIE": "NATIONAL_ID",
    "IT_FISCAL_CODE": "NATIONAL_ID",
    "PL_PESEL": "NATIONAL_ID",
    "UK_NHS": "NATIONAL_ID",
    "UK_NINO": "NATIONAL_ID",
    "DE_TAX_ID": "NATIONAL_ID",
    "US_ITIN": "NATIONAL_ID",
}

FRAMES = {
    "en": ["My {word} is {value}.", "Please use {value} from now on.", "{word}: {value}", "I changed it, the new {word} ({value}) works."],
    "de": ["Meine {word} ist {value}.", "Bitte nehmen Sie ab jetzt {value}.", "{word}: {value}", "Die neue {word} ({value}) geht."],
    "fr": ["Mon {word} est {value}.", "Merci d'utiliser {value} maintenant.", "{word} : {value}", "Le nouveau {word} ({value}) marche."],
    "es": ["Mi {word} es {value}.", "Use {value} a partir de ahora.", "{word}: {value}", "El nuevo {word} ({value}) funciona."],
    "it": ["Il mio {word} è {value}.", "Usate {value} da oggi.", "{word}: {value}", "Il nuovo {word} ({value}) va bene."],
    "pl": ["Mój {word} to {value}.", "Od dzisiaj proszę używać {value}.", "{word}: {value}", "Nowy {word} ({value}) działa."],
}

WORDS = {
    "EMAIL": {"en": "email", "de": "E-Mail-Adresse", "fr": "courriel", "es": "correo", "it": "indirizzo e-mail", "pl": "e-mail"},
    "PHONE": {"en": "phone number", "de": "Telefonnummer", "fr": "numéro de téléphone", "es": "teléfono", "it": "telefono", "pl": "telefon"},
    "CARD": {"en": "credit card", "de": "Kreditkarte", "fr": "carte", "es": "tarjeta", "it": "carta", "pl": "numer karty"},
    "IBAN": {"en": "IBAN", "de": "IBAN", "fr": "IBAN", "es": "IBAN", "it": "IBAN", "pl": "IBAN"},
    "SSN": {"en": "social security number"},
    "IP": {"en": "IP address", "de": "IP-Adresse", "fr": "adresse IP", "es": "dirección IP", "it": "indirizzo IP", "pl": "adres IP"},
    "NATIONAL_ID": {"en": "NHS number", "de": "Steuer-ID", "es": "NIF", "it": "codice fiscale", "pl": "PESEL"},
}

HARMLESS = [
    "{n8}", "{n6}-{n3}", "order {n10}", "2024-{mm}-{dd} {hh}:{mi}", "{n4} {n4}", "v{n1}.{n2}.{n1}", "EUR {n3}.{n2}",
    "ticket #{n7}", "{hh}:{mi}:{mi}", "ISBN 978-3-{n2}-{n6}-{n1}", "serial {n12}", "@user{n3}", "{n5}/{n4}", "{n9}",
]


def digits(rng, count):
    return "".join(rng.choice("0123456789") for _ in range(count))


def nhs(rng):
    while True:
        number = str(rng.randint(4, 9)) + digits(rng, 8)
        check = 11 - sum((10 - i) * int(d) for i, d in enumerate(number)) % 11
        if check != 10:
            number += str(check % 11)
            return f"{number[:3]} {number[3:6]} {number[6:]}"


def german_tax(rng):
    places = rng.sample("0123456789", 9)
    places.insert(rng.randint(1, 9), rng.choice(places[:3]))
    if places[0] == "0":
        return german_tax(rng)
    product = 10
    for digit in places:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return "".join(places) + str((11 - product) % 10)


def value(rng, fake, kind, language):
    if kind == "EMAIL":
        return fake.email()
    if kind == "PHONE":
        return fake.phone_number().split("x")[0].strip()
    if kind == "CARD":
        number = fake.credit_card_number(card_type=rng.choice(["visa16", "mastercard", "amex", "discover"]))
        grouped = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
        return grouped if len(number) == 16 and rng.random() < 0.5 else number
    if kind == "IBAN":
        number = fake.iban()
        return number if rng.random() < 0.5 else " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    if kind == "SSN":
        return fake.ssn()
    if kind == "IP":
        return fake.ipv4() if rng.random() < 0.6 else fake.ipv6()
    return {
        "en": lambda: nhs(rng),
        "de": lambda: german_tax(rng),
        "es": lambda: fake.nif() if rng.random() < 0.7 else fake.nie(),
        "it": lambda: fake.ssn(),
        "pl": lambda: fake.pesel(),
    }[language]()


def harmless(rng):
    shape = rng.choice(HARMLESS)
    for count in range(1, 13):
        shape = shape.replace("{n%d}" % count, digits(rng, count))
    two = lambda low, high: f"{rng.randint(low, high):02d}"
    return shape.replace("{mm}", two(1, 12)).replace("{dd}", two(1, 28)).replace("{hh}", two(0, 23)).replace("{mi}", two(0, 59))


def corpus():
    rng = random.Random(17)
    fakes = {}
    for language, locale in LOCALES.items():
        fakes[language] = Faker(locale)
        fakes[language].seed_instance(17)
    for number in range(TEXTS):
        language = list(LOCALES)[number % len(LOCALES)]
        parts, spans, length = [], [], 0
        for _ in range(rng.randint(1, 3)):
            frame = rng.choice(FRAMES[language])
            kinds = [kind for kind in WORDS if language in WORDS[kind]]
            if rng.random() < 0.35:
                kind, word, text = None, "code", harmless(rng)
            else:
                kind = rng.choice(kinds)
                word, text = WORDS[kind][language], value(rng, fakes[language], kind, language)
            sentence = frame.format(word=word, value=text)
            if kind:
                start = length + frame.format(word=word, value="\0").index("\0")
                spans.append([kind, start, start + len(text)])
            parts.append(sentence)
            length += len(sentence) + 1
        yield {"language": language, "text": " ".join(parts), "spans": spans}


class BlankEngine(NlpEngine):
    """Tokens without a language model; a token's lemma is its small letters."""

    def __init__(self):
        self.nlp = {language: spacy.blank(language) for language in LOCALES}

    def load(self):
        pass

    def is_loaded(self):
        return True

    def process_text(self, text, language):
        doc = self.nlp[language](text)
        return NlpArtifacts(
            entities=[],
            tokens=doc,
            tokens_indices=[token.idx for token in doc],
            lemmas=[token.text.lower() for token in doc],
            nlp_engine=self,
            language=language,
        )

    def process_batch(self, texts, language, **kwargs):
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word, language):
        return self.nlp[language].vocab[word].is_stop

    def is_punct(self, word, language):
        return self.nlp[language].vocab[word].is_punct

    def get_supported_entities(self):
        return []

    def get_supported_languages(self):
        return list(LOCALES)


def main():
    rows = list(corpus())
    registry = RecognizerRegistry(supported_languages=list(LOCALES))
    registry.load_predefined_recognizers(languages=list(LOCALES))
    registry.recognizers = [one for one in registry.recognizers if "Spacy" not in type(one).__name__]
    for language in LOCALES:  # by default, Presidio registers cards for some languages only
        registry.add_recognizer(CreditCardRecognizer(supported_language=language))
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=BlankEngine(), supported_languages=list(LOCALES))
    counts = {kind: {"planted": 0, "found": 0, "wrong": 0} for kind in WORDS}
    for row in rows:
        entities = [entity for entity in KINDS if entity in analyzer.get_supported_entities(row["language"])]
        results = analyzer.analyze(row["text"], row["language"], entities=entities, score_threshold=LEAST_SCORE)
        found = {(KINDS[one.entity_type], one.start, one.end) for one in results}
        for kind, start, end in row["spans"]:
            counts[kind]["planted"] += 1
            counts[kind]["found"] += any(f[0] == kind and f[1] <= start and f[2] >= end for f in found)
        for kind, start, end in found:
            right = any(s[0] == kind and s[1] < end and start < s[2] for s in row["spans"])
            counts[kind]["wrong"] += not right
    with (HERE / "corpus.jsonl").open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    (HERE / "presidio.json").write_text(json.dumps(counts, indent=1) + "\n")
    print(json.dumps(counts))


main()
