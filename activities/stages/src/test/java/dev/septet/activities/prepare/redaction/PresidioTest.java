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
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Compares the detectors with Presidio 2.2.366 on 2,000 generated texts in six languages: for every kind that both know,
 * recall and precision are not worse. {@code presidio.py} made the texts and Presidio's figures.
 */
class PresidioTest {
    private static final Path FOLDER = Path.of("src/test/resources/dev/septet/activities/prepare/redaction");
    private static final Path PAGE = Path.of("../../.github/docs/datasets.md");

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
    void findsAsMuchAsPresidio() throws IOException {
        EnumSet<Kind> kinds = EnumSet.copyOf(RedactSpec.CONTACT_AND_ACCOUNT);
        kinds.add(Kind.IP);
        kinds.add(Kind.NATIONAL_ID);
        Map<Kind, Count> ours = new EnumMap<>(Kind.class);
        kinds.forEach(kind -> ours.put(kind, new Count()));
        List<String> lines = Files.readAllLines(FOLDER.resolve("corpus.jsonl"));
        assertThat(lines).hasSize(2000);
        for (String line : lines) {
            count(SpecJson.mapper().readTree(line), kinds, ours);
        }
        JsonNode theirs =
                SpecJson.mapper().readTree(FOLDER.resolve("presidio.json").toFile());
        StringBuilder table = new StringBuilder();
        ours.forEach((kind, count) -> {
            JsonNode other = theirs.path(kind.name());
            Count presidio = new Count();
            presidio.planted = other.path("planted").asInt();
            presidio.found = other.path("found").asInt();
            presidio.wrong = other.path("wrong").asInt();
            table.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %d | %.1f %% | %.1f %% | %.1f %% | %.1f %% |%n",
                    kind.name().toLowerCase(Locale.ROOT),
                    count.planted,
                    count.recall(),
                    presidio.recall(),
                    count.precision(),
                    presidio.precision()));
            assertThat(presidio.planted).as("the same texts").isEqualTo(count.planted);
            assertThat(count.recall()).as("recall of %s\n%s", kind, table).isGreaterThanOrEqualTo(presidio.recall());
            assertThat(count.precision())
                    .as("precision of %s\n%s", kind, table)
                    .isGreaterThanOrEqualTo(presidio.precision());
        });
        assertThat(Files.readString(PAGE)).contains(table);
    }

    /** Findings of all kinds together, as a pipeline finds them. */
    private static void count(JsonNode row, EnumSet<Kind> kinds, Map<Kind, Count> counts) {
        String text = row.path("text").asText();
        List<PersonalDataSpan> spans = new Redactor(
                        new RedactSpec(kinds, RedactSpec.Replacement.MASK), new KeyedDigest(new byte[] {0}))
                .find(text);
        counts.forEach((kind, count) -> {
            for (JsonNode span : row.path("spans")) {
                if (span.path(0).asText().equals(kind.name())) {
                    count.planted++;
                    boolean found = spans.stream()
                            .anyMatch(one -> one.kind() == kind
                                    && one.start() <= span.path(1).asInt()
                                    && one.end() >= span.path(2).asInt());
                    count.found += found ? 1 : 0;
                }
            }
            for (PersonalDataSpan one : spans) {
                boolean right = false;
                for (JsonNode span : row.path("spans")) {
                    right |= span.path(0).asText().equals(one.kind().name())
                            && span.path(1).asInt() < one.end()
                            && one.start() < span.path(2).asInt();
                }
                count.wrong += one.kind() == kind && !right ? 1 : 0;
            }
        });
    }
}
