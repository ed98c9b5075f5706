package dev.septet.activities.prepare.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.prepare.KeyedDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Names of persons and postal addresses in 2,000 generated texts in six languages, with words and numbers that look like
 * some. {@code people.py} made the texts, and the figures of Presidio with spaCy's models.
 */
class PeopleTest {
    private static final Path FOLDER = Path.of("src/test/resources/dev/septet/activities/prepare/redaction");
    private static final Path PAGE = Path.of("../../.github/docs/names-and-addresses.md");

    private static final class Count {
        private int planted;
        private int found;
        private int wrong;

        double recall() {
            return 100.0 * found / planted;
        }

        double precision() {
            return 100.0 * found / Math.max(1, found + wrong);
        }
    }

    @Test
    void findsAsMuchAsThePageSays() throws IOException {
        Redactor redactor = new Redactor(
                new RedactSpec(Set.of(Kind.NAME, Kind.ADDRESS), RedactSpec.Replacement.MASK),
                new KeyedDigest(new byte[] {0}));
        Map<String, Count> names = new TreeMap<>();
        Map<String, Count> addresses = new TreeMap<>();
        List<String> misses = new ArrayList<>();
        for (String line : Files.readAllLines(FOLDER.resolve("people.jsonl"))) {
            JsonNode row = SpecJson.mapper().readTree(line);
            String language = row.path("language").asText();
            List<PersonalDataSpan> spans = redactor.find(row.path("text").asText());
            count(row, spans, Kind.NAME, names.computeIfAbsent(language, any -> new Count()), misses);
            count(row, spans, Kind.ADDRESS, addresses.computeIfAbsent(language, any -> new Count()), misses);
        }
        JsonNode theirs =
                SpecJson.mapper().readTree(FOLDER.resolve("people.json").toFile());
        StringBuilder table = new StringBuilder();
        names.forEach((language, name) -> {
            JsonNode other = theirs.path(language);
            Count presidio = new Count();
            presidio.planted = other.path("planted").asInt();
            presidio.found = other.path("found").asInt();
            presidio.wrong = other.path("wrong").asInt();
            Count address = java.util.Objects.requireNonNull(addresses.get(language));
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %.1f %% | %s | %.1f %% | %s | %d | %.1f %% | %.1f %% |%n",
                    language,
                    name.planted,
                    name.recall(),
                    other.isMissingNode() ? "no model" : String.format(Locale.ROOT, "%.1f %%", presidio.recall()),
                    name.precision(),
                    other.isMissingNode() ? "no model" : String.format(Locale.ROOT, "%.1f %%", presidio.precision()),
                    address.planted,
                    address.recall(),
                    address.precision()));
            assertThat(other.isMissingNode() || presidio.planted == name.planted)
                    .as("the same texts")
                    .isTrue();
        });
        if (System.getProperty("people.misses") != null) {
            Files.write(Path.of(System.getProperty("people.misses")), misses);
        }
        assertThat(Files.readString(PAGE)).contains(table);
    }

    static void count(JsonNode row, List<PersonalDataSpan> spans, Kind kind, Count count, List<String> misses) {
        String text = row.path("text").asText();
        for (JsonNode span : row.path("spans")) {
            if (span.path(0).asText().equals(kind.name())) {
                int start = span.path(1).asInt();
                int end = span.path(2).asInt();
                count.planted++;
                boolean found =
                        spans.stream().anyMatch(one -> one.kind() == kind && one.start() <= start && one.end() >= end);
                count.found += found ? 1 : 0;
                if (!found) {
                    misses.add("missed " + kind + " " + row.path("language") + ": "
                            + text.substring(start, end).replace('\n', '/') + " <- " + text.replace('\n', '/'));
                }
            }
        }
        for (PersonalDataSpan one : spans) {
            boolean right = one.kind() != kind;
            for (JsonNode span : row.path("spans")) {
                right |= span.path(1).asInt() < one.end()
                        && one.start() < span.path(2).asInt();
            }
            count.wrong += right ? 0 : 1;
            if (!right) {
                misses.add("wrong " + kind + " " + row.path("language") + ": "
                        + text.substring(one.start(), one.end()).replace('\n', '/') + " <- " + text.replace('\n', '/'));
            }
        }
    }
}
