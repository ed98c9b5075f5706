package dev.septet.activities.prepare.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms of addresses that a text cannot have are left out, without another finding. */
class AddressFeaturesTest {
    private static final Path PEOPLE =
            Path.of("src/test/resources/dev/septet/activities/prepare/redaction/people.jsonl");

    /** Parts of addresses in all forms, and of what only looks like one. */
    private static final List<String> PARTS = List.of(
            "12",
            "4",
            "123456",
            "12345",
            "10115",
            "1234 AB",
            "00-950",
            "4200-001",
            "SW1A 1AA",
            "N1 9GU",
            "A1",
            "20a",
            "7bis",
            "Main",
            "Street",
            "St.",
            "Bridge",
            "bridge",
            "Hauptstra\u00dfe",
            "Lange Str.",
            "Ringweg",
            "Am Markt",
            "rue",
            "RUE",
            "rueLepic",
            "avenue",
            "av.",
            "av. de",
            "calle",
            "c/",
            "C. Mayor",
            "via",
            "Viale",
            "v.le",
            "p.zza",
            "ul.",
            "ul",
            "Aleja",
            "al. Jana",
            "pl",
            "Kerkstraat",
            "Gracht",
            "laan",
            "P.O. Box",
            "p. o. box",
            "Postfach:",
            "bo\u00eete postale",
            "PSC",
            "APO AE 09012",
            "Box",
            "Springfield",
            "IL",
            "Paris",
            "Berlin",
            "Le Mans",
            "Warszawa",
            "Z\u00fcrich",
            "de la",
            "d'",
            "dell'",
            "n\u00ba",
            "nr",
            "Apt 4",
            "\u0301",
            "\ud83d\ude00",
            "\u212a",
            "\u00c9lys\u00e9e",
            "(RM)",
            "D-",
            "F-");

    private static final List<String> BETWEEN = List.of(" ", " ", " ", ", ", ",", "\n", "-", "", ".", "  ");

    private final AddressDetector detector = new AddressDetector();

    private void same(String text) {
        assertThat(detector.find(text)).as(text).isEqualTo(detector.findAll(text));
    }

    @Test
    void findsTheSameInGeneratedTexts() throws IOException {
        int found = 0;
        for (String line : Files.readAllLines(PEOPLE)) {
            String text = SpecJson.mapper().readTree(line).path("text").asText();
            same(text);
            found += detector.find(text).size();
        }
        assertThat(found).isGreaterThan(900);
    }

    @Test
    void findsTheSameInRandomParts() {
        Random random = new Random(11);
        int found = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int part = 2 + random.nextInt(8); part > 0; part--) {
                text.append(PARTS.get(random.nextInt(PARTS.size())));
                text.append(BETWEEN.get(random.nextInt(BETWEEN.size())));
            }
            same(text.toString());
            found += detector.find(text.toString()).size();
        }
        assertThat(found).isGreaterThan(2000);
    }

    /** A text that counts how often its characters are read, as a measure of time that no other process changes. */
    private static final class Counted implements CharSequence {
        private final String text;
        private long reads;

        Counted(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            reads++;
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private long reads(String text) {
        Counted counted = new Counted(text);
        var unused = detector.findAll(counted);
        return counted.reads;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Aa ",
                "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "1 Aa ",
                "12345 Aa ",
                "Calle de la ",
                "Via Aa ",
                "1 rue de la Aa ",
                "rue d'Aa-Aa 1234 ",
                "ul. Aa Aa 12 ",
                "Am Aa 1, 1234 ",
                "Aa A1 1A",
                "Postfach 1 ",
                "1 Aa Street ",
                "Aa Aa Aa, IL 1234 "
            })
    void theTimeIsLinearInTheLengthOfHostileTexts(String unit) {
        String text = unit.repeat(4000 / unit.length());
        double each = reads(text) / (double) text.length();
        double eachOfTwice = reads(text + text) / (2.0 * text.length());
        assertThat(eachOfTwice).as("reads of each character").isBetween(each * 0.8, each * 1.1);
    }
}
