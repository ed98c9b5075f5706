package dev.septet.activities.prepare.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.prepare.JsonLinesFile;
import dev.septet.activities.time.CpuTime;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Replacement;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Internet addresses, secrets, dates of birth and national identifiers, and replacement by pseudonyms. */
class NewKindsTest {
    private static String masked(Kind kind, String text) {
        return Redactor.masking(EnumSet.of(kind), List.of()).redacted(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from 192.168.0.17, port 80|from [IP], port 80",
                "host 8.8.8.8.|host [IP].",
                "see 2001:db8::8a2e:370:7334 now|see [IP] now",
                "fe80::1ff:fe23:4567:890a|[IP]",
                "::1 and ::ffff:10.0.0.1|[IP] and [IP]",
                "2001:0db8:0000:0000:0000:ff00:0042:8329|[IP]",
                "version 10.20.30.40|version 10.20.30.40",
                "1.2.3.4.5 and 256.1.1.1|1.2.3.4.5 and 256.1.1.1",
                "at 12:30:45 from 00:1a:2b:3c:4d:5e|at 12:30:45 from 00:1a:2b:3c:4d:5e",
                "std::vector and a::b|std::vector and a::b",
                "1:2:3:4:5:6:7:8:9|1:2:3:4:5:6:7:8:9"
            })
    void findsInternetAddresses(String text, String clean) {
        assertThat(masked(Kind.IP, text)).isEqualTo(clean);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "key AKIAIOSFODNN7EXAMPLE here|key [SECRET] here",
                "ghp_16C7e42F292c6912E7710c838347Ae178B4a|[SECRET]",
                "password: hunter2!x|password: [SECRET]",
                "DB_PASSWORD=Tr0ub4dor&3|DB_PASSWORD=[SECRET]",
                "\"api_key\": \"9f86d081884c7d65\"|\"api_key\": \"[SECRET]\"",
                "mein Passwort ist Sommer2024.|mein Passwort ist [SECRET].",
                "postgres://app:s3cretpw@db/x|postgres://app:[SECRET]@db/x",
                "the password is forgotten|the password is forgotten",
                "token: required field|token: required field",
                "the secret is patience|the secret is patience",
                "sk-short|sk-short"
            })
    void findsSecrets(String text, String clean) {
        assertThat(masked(Kind.SECRET, text)).isEqualTo(clean);
    }

    @Test
    void findsTokensAndPrivateKeysAsAWhole() {
        String jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
        assertThat(masked(Kind.SECRET, "bearer " + jwt + " ok")).isEqualTo("bearer [SECRET] ok");
        String pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc=\n-----END RSA PRIVATE KEY-----";
        assertThat(masked(Kind.SECRET, "a " + pem + " b")).isEqualTo("a [SECRET] b");
        assertThat(masked(Kind.SECRET, "a " + pem.substring(0, 40))).isEqualTo("a [SECRET]");
        assertThat(masked(Kind.SECRET, pem.replace("PRIVATE", "PUBLIC"))).contains("MIIEow");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "born on 17 May 1990 in Leeds|born on [BIRTH_DATE] in Leeds",
                "DOB: 05/17/1990|DOB: [BIRTH_DATE]",
                "date_of_birth=1990-05-17;|date_of_birth=[BIRTH_DATE];",
                "geboren am 17.05.1990|geboren am [BIRTH_DATE]",
                "Geburtsdatum: 17. Mai 1990|Geburtsdatum: [BIRTH_DATE]",
                "n\u00E9e le 3 f\u00E9vrier 1985|n\u00E9e le [BIRTH_DATE]",
                "fecha de nacimiento: 17 de mayo de 1990|fecha de nacimiento: [BIRTH_DATE]",
                "data urodzenia 1990-05-17|data urodzenia [BIRTH_DATE]",
                "1990-05-17 (date of birth)|[BIRTH_DATE] (date of birth)",
                "the order of 17 May 2024|the order of 17 May 2024",
                "born in Leeds and raised by two aunts until the great flood of 17 May 1990|born in Leeds and raised by"
                        + " two aunts until the great flood of 17 May 1990"
            })
    void findsDatesOfBirth(String text, String clean) {
        assertThat(masked(Kind.BIRTH_DATE, text)).isEqualTo(clean);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SVNR 1237 010180",
                "85.07.30-033.28",
                "529.982.247-25",
                "Steuer-ID 86 095 742 719",
                "12345678Z",
                "X1234567L",
                "131052-308T",
                "2 55 08 14 168 025 38",
                "AB 12 34 56 C",
                "NHS number 943 476 5919",
                "2341 2341 2346",
                "RSSMRA85T10A562S",
                "BSN 111222333",
                "44051401359",
                "811218-9876",
                "912-70-1234",
                "536-90-4399"
            })
    void findsNationalIdentifiersAndNoneWithAnotherCheckDigit(String value) {
        String text = "about " + value + ", thanks";
        assertThat(masked(Kind.NATIONAL_ID, text)).endsWith("[NATIONAL_ID], thanks");
        if (value.matches(".*\\d") && !value.contains("-70-") && !value.equals("536-90-4399")) {
            int last = value.charAt(value.length() - 1) - '0';
            String other = value.substring(0, value.length() - 1) + (last + 1) % 10;
            assertThat(masked(Kind.NATIONAL_ID, "about " + other)).isEqualTo("about " + other);
        }
    }

    @Test
    void onlyDeclaredCountriesCount() {
        RedactSpec spanish = new RedactSpec(Set.of(Kind.NATIONAL_ID), Replacement.MASK, List.of(), List.of("ES"), null);
        PersonalDataDetector detector = PersonalDataDetector.of(Kind.NATIONAL_ID, spanish, NameFile.Names.NONE);
        assertThat(detector.find("12345678Z")).hasSize(1);
        assertThat(detector.find("44051401359")).isEmpty();
        assertThat(masked(Kind.NATIONAL_ID, "order 111222333"))
                .as("without its word")
                .isEqualTo("order 111222333");
    }

    @Test
    void aPseudonymIsTheSameWithinARowAndStartsAgainInTheNext() throws IOException {
        RedactSpec spec = new RedactSpec(Set.of(Kind.EMAIL), Replacement.PSEUDONYM);
        try (Redaction redaction = new Redaction(spec, new byte[] {1}, JsonLinesFile.none())) {
            Row first =
                    new CompletionRow("a@b.org and c@d.org", "I wrote to C@d.org and e@f.org", new RowPlace("r", 1));
            CompletionRow clean = (CompletionRow) redaction.apply(first).orElseThrow();
            assertThat(clean.prompt()).isEqualTo("[EMAIL_1] and [EMAIL_2]");
            assertThat(clean.completion()).isEqualTo("I wrote to [EMAIL_2] and [EMAIL_3]");
            Row second = new CompletionRow("c@d.org", "ok", new RowPlace("r", 2));
            assertThat(((CompletionRow) redaction.apply(second).orElseThrow()).prompt())
                    .isEqualTo("[EMAIL_1]");
        }
    }

    /** Texts that would make a search with backtracking slow. */
    @Test
    void hostileTextsTakeTimeInProportionToTheirLength() {
        Redactor all = Redactor.masking(EnumSet.of(Kind.IP, Kind.SECRET, Kind.BIRTH_DATE, Kind.NATIONAL_ID), List.of());
        for (String piece : List.of(
                "1:",
                "a::",
                "1.1.1.",
                "password: ",
                "token=a",
                "eyJ",
                "eyJaaaaaaaa.",
                "-----BEGIN ",
                "a://b:",
                "born ",
                "born 1",
                "1 May ",
                "geb. 1.1.",
                "1",
                "12345678",
                "AB 12 ",
                "-----BEGIN PRIVATE KEY",
                "password password")) {
            String text = piece.repeat(100_000 / piece.length());
            CpuTime start = CpuTime.start();
            all.redacted(text);
            assertThat(start.used()).as(piece).isLessThan(Duration.ofSeconds(5));
        }
    }

    /** The same words over and over: their surroundings must not be searched again for each of them. */
    @ParameterizedTest
    @CsvSource({
        "SECRET, '-----BEGIN '",
        "SECRET, '-----BEGIN PRIVATE KEY '",
        "BIRTH_DATE, 'born '",
        "BIRTH_DATE, 'born 1 1 '"
    })
    void aMegabyteOfOneWordTakesNoLongTime(Kind kind, String piece) {
        String text = piece.repeat(1_000_000 / piece.length());
        CpuTime start = CpuTime.start();
        masked(kind, text);
        assertThat(start.used()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void findsPrivateKeysWithAndWithoutTheirLastLine() {
        String key = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----";
        assertThat(masked(Kind.SECRET, "a " + key + " b " + key + " c")).isEqualTo("a [SECRET] b [SECRET] c");
        assertThat(masked(Kind.SECRET, "a -----BEGIN PRIVATE KEY-----\nabc " + key + " c"))
                .isEqualTo("a [SECRET][SECRET] c");
        assertThat(masked(Kind.SECRET, "a -----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE----- " + key))
                .isEqualTo("a -----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE----- [SECRET]");
        assertThat(masked(Kind.SECRET, key + " -----BEGIN PRIVATE KEY-----\nabc"))
                .isEqualTo("[SECRET] [SECRET]");
    }

    @Test
    void findsBirthDatesBeforeAndAfterTheirWords() {
        assertThat(masked(Kind.BIRTH_DATE, "born 1 May 1990, and born on March 3, 1991 in Rome"))
                .isEqualTo("born [BIRTH_DATE], and born on [BIRTH_DATE] in Rome");
        assertThat(masked(Kind.BIRTH_DATE, "1990-01-02 (date of birth)")).isEqualTo("[BIRTH_DATE] (date of birth)");
        assertThat(masked(Kind.BIRTH_DATE, "born 12, 1990")).isEqualTo("born 12, 1990");
        assertThat(masked(Kind.BIRTH_DATE, "born in a small town, and much, much later, on 1 May 1990, he left"))
                .isEqualTo("born in a small town, and much, much later, on 1 May 1990, he left");
    }

    /** One person is one pseudonym in the row and in its kept columns. */
    @Test
    void theKeptColumnsShareThePseudonymsOfTheirRow() throws IOException {
        RedactSpec spec = new RedactSpec(Set.of(Kind.EMAIL, Kind.CARD), Replacement.PSEUDONYM);
        Map<String, JsonNode> columns = new LinkedHashMap<>();
        columns.put("author", TextNode.valueOf("e@f.org"));
        columns.put("card", LongNode.valueOf(4111111111111111L));
        columns.put("age", IntNode.valueOf(41));
        columns.put("paid", BooleanNode.TRUE);
        try (Redaction redaction = new Redaction(spec, new byte[] {1}, JsonLinesFile.none())) {
            Row row = new CompletionRow("a@b.org", "e@f.org", new RowPlace("r", 1));
            Redaction.Clean clean = redaction.apply(row, new RowMeta(columns)).orElseThrow();
            assertThat(clean.row()).isEqualTo(new CompletionRow("[EMAIL_1]", "[EMAIL_2]", row.place()));
            assertThat(clean.meta().values().toString())
                    .isEqualTo("{author=\"[EMAIL_2]\", card=\"[CARD_1]\", age=41, paid=true}");
            assertThat(redaction.counts()).containsEntry("card", 1L).containsEntry("email", 3L);
        }
    }

    @Test
    void aNameOfTheCardIsRedactedAndShort() throws IOException {
        RedactSpec spec = new RedactSpec(Set.of(Kind.EMAIL), Replacement.PSEUDONYM);
        try (Redaction redaction = new Redaction(spec, new byte[] {1}, JsonLinesFile.none())) {
            assertThat(redaction.name("of a@b.org")).isEqualTo("of [EMAIL_1]");
            assertThat(redaction.name("x".repeat(50) + " ann@example.com")).isEqualTo("x".repeat(50) + " [EMAIL_1]");
            assertThat(redaction.name("x".repeat(100))).hasSize(60);
        }
    }
}
