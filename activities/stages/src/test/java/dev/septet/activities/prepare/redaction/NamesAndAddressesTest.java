package dev.septet.activities.prepare.redaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.prepare.KeyedDigest;
import dev.septet.activities.prepare.SourceRun;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Replacement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of persons and postal addresses: what is one, and what only looks like one. */
class NamesAndAddressesTest {
    private static final KeyedDigest KEY = new KeyedDigest("key".getBytes(StandardCharsets.UTF_8));

    @TempDir
    Path folder;

    private static Redactor redactor(Replacement replacement, NameFile.Names names) {
        return new Redactor(new RedactSpec(EnumSet.of(Kind.NAME, Kind.ADDRESS), replacement), KEY, names);
    }

    private static String masked(String text) {
        return redactor(Replacement.MASK, NameFile.Names.NONE).redacted(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        my name is emily watson, hello                      | my name is [NAME], hello
        Ich heiße Dörte Xylander.                           | Ich heiße [NAME].
        Frau Dr. Zwiebelfisch rief an.                      | Frau Dr. [NAME] rief an.
        Mr. J. R. Okonkwo's order is late.                  | Mr. [NAME]'s order is late.
        Le dossier de Jean-Pierre Durand est clos.          | Le dossier de [NAME] est clos.
        El contrato de José García López termina.           | El contrato de [NAME] termina.
        Please ask Anna van der Meer about it.              | Please ask [NAME] about it.
        Signed: GARCIA, Anna                                | Signed: [NAME]
        Send it to 12 Main Street, Springfield, IL 62704.   | Send it to [ADDRESS].
        Flat at 10 Downing Street, London SW1A 2AA          | Flat at [ADDRESS]
        Ich wohne Hauptstraße 5a, 10115 Berlin.             | Ich wohne [ADDRESS].
        Am Markt 3, 07743 Jena                              | [ADDRESS]
        J'habite 12 bis, rue de la Paix, 75002 Paris.       | J'habite [ADDRESS].
        Vivo en Calle Mayor, 5, 28013 Madrid.               | Vivo en [ADDRESS].
        Abito in Via Giuseppe Verdi 12, 20121 Milano (MI)   | Abito in [ADDRESS]
        ul. Długa 7/3, 00-238 Warszawa                      | [ADDRESS]
        Keizersgracht 174, 1016 DW Amsterdam                | [ADDRESS]
        Rua Augusta 1500, 01304-001 São Paulo               | [ADDRESS]
        P.O. Box 1234 and Postfach 10 20 30                 | [ADDRESS] and [ADDRESS]\
        """)
    void findsNamesAndAddresses(String text, String expected) {
        assertThat(masked(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mark the box, and may Rose Hill be green.",
                "Robert Bosch GmbH pays 12345 Euro.",
                "We flew to San Francisco and Santa Monica.",
                "Dear Customer, hello World, hi Team!",
                "Kind regards,\nSupport Team",
                "Will Grant Park close in May 2024?",
                "Der Stellplatz 12 und der Lösungsweg 3 sind frei.",
                "Order 90210 has 15 items, see Chapter 4 Section 2.",
                "Version 12 runs on Windows 11 since 2 June 2024."
            })
    void wordsThatLookLikeNamesStay(String text) {
        assertThat(masked(text)).isEqualTo(text);
    }

    @Test
    void aPartOfANameThatWasFoundIsTheSamePerson() {
        Redactor pseudonyms = redactor(Replacement.PSEUDONYM, NameFile.Names.NONE);
        assertThat(pseudonyms.redacted(
                        "Emily Watson and Peter Müller wrote. Emily is angry, Mr. Müller is not, Tom is away."))
                .isEqualTo("[NAME_1] and [NAME_2] wrote. [NAME_1] is angry, Mr. [NAME_2] is not, Tom is away.");
        Redactor hash = redactor(Replacement.HASH, NameFile.Names.NONE);
        assertThat(hash.redacted("Emily Watson called.")).isEqualTo(hash.redacted("EMILY WATSON called."));
    }

    @Test
    void aFileOfNamesIsFoundInEachForm() throws IOException {
        Path file = folder.resolve("customers.txt");
        Files.writeString(file, "\ufeff# customers\nQuux Fnord\nZyx\n\nDe la Croix-Bar, Aé\n");
        Redactor own = redactor(Replacement.MASK, new NameFile(file, "customers.txt", "").read());
        assertThat(own.redacted("quux fnord, FNORD, Quux; Zyx but zyx; Quux alone; Aé De la Croix-Bar"))
                .isEqualTo("[NAME], [NAME]; [NAME] but zyx; [NAME] alone; Aé De la Croix-Bar");
    }

    @Test
    void aWrongFileOfNamesIsRefused() throws IOException {
        Path file = folder.resolve("names.txt");
        Files.writeString(file, "Quux Fnord\n4711\n");
        NameFile names = new NameFile(file, "names.txt", "");
        assertThatThrownBy(names::read)
                .isInstanceOf(DatasetProblem.class)
                .hasMessage("names.txt:2: expected a name of 1 to 8 words with letters");
        Files.writeString(file, "# nobody\n");
        assertThatThrownBy(names::read).hasMessage("names.txt: has no names; write one name in each line");
        Files.write(file, new byte[] {'a', (byte) 0xff});
        assertThatThrownBy(names::read).hasMessage("names.txt: is not UTF-8; save it as UTF-8");
    }

    @Test
    void aPipelineRedactsItsCustomers() throws IOException {
        Files.writeString(folder.resolve("customers.txt"), "Quux Fnord\n");
        StringBuilder rows = new StringBuilder();
        for (int row = 0; row < 30; row++) {
            rows.append(String.format(
                    Locale.ROOT,
                    "{\"prompt\": \"Quux Fnord of 12 Main Street wants %d lamps\", \"completion\": \"ok\"}%n",
                    row));
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
        SourceRun run = SourceRun.of(
                folder, "dataset 'rows.jsonl'\nredact name, address, names: 'customers.txt', replacement: pseudonym");
        assertThat(run.card().redactions()).containsEntry("name", 30L).containsEntry("address", 30L);
        assertThat(run.out().resolve("redactions.jsonl"))
                .content()
                .contains("NAME")
                .doesNotContain("Quux");
        assertThat(run.out().resolve("train.jsonl"))
                .content()
                .contains("[NAME_1] of [ADDRESS_1] wants")
                .doesNotContain("Fnord");
    }

    /** The time grows with the length of the text. */
    @Test
    @Timeout(180)
    void staysFastOnHostileText() {
        for (String part : new String[] {
            "A ",
            "Anna ",
            "12 A B C D ",
            "Am A ",
            "1 Aaaa-",
            "de la ",
            "Rue A de la ",
            "Hallo, ",
            "Aa' ",
            "12 Aa Street, ",
            "via A, "
        }) {
            masked(part.repeat(20_000 / part.length()));
        }
    }
}
