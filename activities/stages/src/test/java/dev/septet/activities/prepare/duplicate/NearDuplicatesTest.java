package dev.septet.activities.prepare.duplicate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.MessageToolCall;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec.RowText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
class NearDuplicatesTest {
    @TempDir
    private Path folder;

    private static CleaningSpec.NearDuplicates spec(double similarity) {
        return new CleaningSpec.NearDuplicates(similarity, RowText.BOTH);
    }

    private static Row text(String text, int line) {
        return new TextRow(text, new RowPlace("rows.jsonl", line));
    }

    /** Places of the removed rows. */
    private static Set<Integer> removed(NearDuplicates near, List<String> texts) throws IOException {
        Set<Integer> removed = new TreeSet<>();
        for (int i = 0; i < texts.size(); i++) {
            if (near.removes(text(texts.get(i), i + 1))) {
                removed.add(i);
            }
        }
        return removed;
    }

    /** Seeded texts of random words; every fourth is an earlier one with some of its words replaced. */
    static List<String> generated(int count, long seed) {
        Random random = new Random(seed);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i % 4 == 3) {
                String[] words = texts.get(random.nextInt(texts.size())).split(" ");
                int changes = random.nextInt(8);
                for (int change = 0; change < changes; change++) {
                    words[random.nextInt(words.length)] = word(random);
                }
                texts.add(String.join(" ", words));
            } else {
                StringBuilder text = new StringBuilder(word(random));
                int words = 20 + random.nextInt(30);
                for (int word = 1; word < words; word++) {
                    text.append(' ').append(word(random));
                }
                texts.add(text.toString());
            }
        }
        return texts;
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        int syllables = 1 + random.nextInt(3);
        for (int i = 0; i < syllables; i++) {
            word.append("bdfgklmnprst".charAt(random.nextInt(12))).append("aeiou".charAt(random.nextInt(5)));
        }
        return word.toString();
    }

    /** Every removed row is similar to a kept one before it, and at least the bound of similar rows is removed. */
    @ParameterizedTest
    @ValueSource(doubles = {0.7, 0.8, 0.9})
    void findsWhatAComparisonOfAllPairsFinds(double similarity) throws IOException {
        List<String> texts = generated(2000, 7);
        List<long[]> shingles =
                texts.stream().map(Shingles::normalized).map(Shingles::of).toList();
        Set<Integer> removed;
        try (NearDuplicates near = new NearDuplicates(spec(similarity), folder.resolve("s" + similarity))) {
            removed = removed(near, texts);
            assertThat(near.leftOut()).isZero();
        }
        List<Integer> kept = new ArrayList<>();
        int similar = 0;
        int found = 0;
        for (int i = 0; i < texts.size(); i++) {
            boolean duplicate = false;
            for (int before : kept) {
                duplicate |= Shingles.similarity(shingles.get(before), shingles.get(i)) >= similarity;
            }
            similar += duplicate ? 1 : 0;
            found += removed.contains(i) ? 1 : 0;
            assertThat(duplicate || !removed.contains(i)).as("row %s", i).isTrue();
            if (!removed.contains(i)) {
                kept.add(i);
            }
        }
        assertThat(similar).isGreaterThan(100);
        assertThat((double) found / similar).isGreaterThanOrEqualTo(Bands.RECALL);
    }

    @Test
    void theBandsReachTheRecallAtEverySimilarity() {
        for (double similarity = 0.7; similarity <= 1; similarity += 0.01) {
            Bands bands = Bands.of(Math.min(1, similarity));
            assertThat(bands.recall(similarity)).isGreaterThanOrEqualTo(Bands.RECALL);
            assertThat(bands.recall(similarity / 4)).as("false candidates").isLessThan(0.01);
            assertThat(bands.count()).isLessThanOrEqualTo(26);
        }
        assertThat(Bands.of(0.8)).isEqualTo(new Bands(20, 7));
    }

    @Test
    void theFileAndTheMemoryGiveTheSameClusters() throws IOException {
        List<String> texts = generated(3000, 11);
        try (NearDuplicates stored = new NearDuplicates(spec(0.8), folder.resolve("texts"));
                NearDuplicates sampled = new NearDuplicates(spec(0.8), null)) {
            assertThat(removed(stored, texts)).isEqualTo(removed(sampled, texts));
            assertThat(stored.clusters()).isEqualTo(sampled.clusters()).isNotEmpty();
            NearDuplicates.Cluster first = stored.clusters().get(0);
            assertThat(first.size()).isEqualTo(first.others().size() + 1);
            assertThat(first.kept()).startsWith("rows.jsonl:");
        }
    }

    @Test
    void aTemplateWithManyRowsIsBoundedAndCounted() throws IOException {
        Random random = new Random(3);
        List<String> texts = new ArrayList<>();
        String template = "please sort this message of a customer into one of our classes and answer with its name ";
        for (int i = 0; i < 2000; i++) {
            texts.add(template + word(random) + " " + word(random) + " " + word(random) + " " + word(random)
                    + word(random));
        }
        try (NearDuplicates near = new NearDuplicates(spec(0.9), null)) {
            removed(near, texts);
            assertThat(near.leftOut()).isPositive();
        }
    }

    @Test
    void spellingDoesNotHideADuplicateAndTheDeclaredTextDecides() throws IOException {
        try (NearDuplicates near = new NearDuplicates(spec(1), null)) {
            assertThat(removed(near, List.of("The Caf\u00E9, is OPEN today!", "the cafe\u0301 is open today")))
                    .containsExactly(1);
        }
        Row one = new CompletionRow("where is my parcel", "it is on its way", new RowPlace("r", 1));
        Row two = new CompletionRow("where is my parcel", "a refund was sent", new RowPlace("r", 2));
        for (RowText on : RowText.values()) {
            try (NearDuplicates near = new NearDuplicates(new CleaningSpec.NearDuplicates(0.8, on), null)) {
                assertThat(near.removes(one)).isFalse();
                assertThat(near.removes(two)).isEqualTo(on == RowText.PROMPT);
            }
        }
    }

    @Test
    void hashesAreSortedWhateverTheyAre() {
        Random random = new Random(3);
        for (int length : new int[] {0, 1, 2, 3, 50, 999, 5000}) {
            for (long mask : new long[] {-1, 3, Long.MIN_VALUE | 1, 0xFFFF_FFFFL, 0}) {
                long[] hashes = random.longs(length).map(hash -> hash & mask).toArray();
                long[] expected = hashes.clone();
                Arrays.sort(expected);
                assertThat(Shingles.sorted(hashes)).isEqualTo(expected);
            }
        }
    }

    @Test
    void shortAndHostileTextsHaveShingles() {
        assertThat(Shingles.of("abc")).hasSize(1).isNotEqualTo(Shingles.of("abd"));
        assertThat(Shingles.normalized("!!!")).isEqualTo("!!!");
        assertThat(Shingles.of(Shingles.normalized(""))).hasSize(1);
        assertThat(Shingles.normalized("\uFDFA".repeat(300_000)).length()).isLessThanOrEqualTo(Shingles.MAX_CHARACTERS);
        assertThat(Shingles.normalized("\u4F60\u597D\uFF0C\u4E16\u754C")).isEqualTo("\u4F60\u597D \u4E16\u754C");
        assertThat(Shingles.similarity(Shingles.of("abcdef"), Shingles.of("abcdeg")))
                .isEqualTo(1.0 / 3);
    }

    /**
     * The pairs that datasketch 2.0.0 finds (32 bands of 8 permutations) and whose exact similarity is at least
     * 0.8, in the same texts by the same 5-grams of characters.
     */
    @Test
    void removesTheRowsThatDatasketchFinds() throws IOException {
        Path resources = Path.of("src/test/resources/dev/septet/activities/prepare/duplicate");
        List<String> texts = Files.readAllLines(resources.resolve("texts.txt"), StandardCharsets.UTF_8);
        Set<Integer> expected = new HashSet<>();
        for (String line : Files.readAllLines(resources.resolve("datasketch.txt"), StandardCharsets.UTF_8)) {
            expected.add(Integer.valueOf(line));
        }
        try (NearDuplicates near = new NearDuplicates(spec(0.8), null)) {
            assertThat(removed(near, texts)).containsAll(expected);
        }
        assertThat(expected).hasSizeGreaterThan(50);
    }

    private static final String LONG = "a customer wrote to us about an order that did not arrive in time ";

    private static Row pair(String rejected) {
        return PreferenceRow.of(LONG, "we are sorry", rejected, new RowPlace("r", 1));
    }

    private static Row chat(String system, String reasoning, String argument, String schema) {
        Message call = new Message(
                ChatRole.ASSISTANT,
                null,
                reasoning,
                List.of(new MessageToolCall(null, "find", TextNode.valueOf(argument))),
                null,
                null,
                true);
        return new ChatRow(
                List.of(new Message(ChatRole.SYSTEM, system), new Message(ChatRole.USER, LONG), call),
                List.of(TextNode.valueOf(schema)),
                new RowPlace("r", 1));
    }

    /** Each kind of text counts, however long the texts are that two rows share. */
    @Test
    void rowsThatDifferInOneTextOnlyAreKept() throws IOException {
        String parcels = "the parcels of the last year, by their numbers";
        List<Row> rows = List.of(
                pair("go away"),
                pair("we do not care at all"),
                chat("be kind", "", "a", "s"),
                chat("answer as a pirate would", "", "a", "s"),
                chat("be kind", "think of the last order first", "a", "s"),
                chat("be kind", "", parcels + LONG, "s"),
                chat("be kind", "", "a", parcels));
        try (NearDuplicates near = new NearDuplicates(spec(0.7), folder.resolve("texts"))) {
            for (Row row : rows) {
                assertThat(near.removes(row)).as(row.toString()).isFalse();
            }
            for (Row row : rows) {
                assertThat(near.removes(row)).as(row.toString()).isTrue();
            }
        }
    }

    @Test
    void aContextMessageWithoutContentIsNoWord() {
        Message call = new Message(
                ChatRole.ASSISTANT,
                null,
                null,
                List.of(new MessageToolCall("c", "find", TextNode.valueOf("x"))),
                null,
                null,
                true);
        Row row = new ChatRow(
                List.of(
                        new Message(ChatRole.USER, "q"),
                        call,
                        new Message(ChatRole.TOOL, "found"),
                        new Message(ChatRole.ASSISTANT, "a")),
                new RowPlace("r", 1));
        assertThat(RowTexts.of(row).question()).isEqualTo("q\n\nfound");
        assertThat(RowTexts.all(row).get(0)).doesNotContain("null").contains("\"find\"");
    }

    /** Plain texts have no prompt: nothing to compare is not equal to nothing to compare. */
    @Test
    void aRowWithoutTheComparedTextIsNoDuplicate() throws IOException {
        try (NearDuplicates near =
                new NearDuplicates(new CleaningSpec.NearDuplicates(0.8, RowText.PROMPT), folder.resolve("none"))) {
            assertThat(removed(near, List.of("one text", "another text", "one text")))
                    .isEmpty();
            assertThat(near.clusters()).isEmpty();
        }
    }
}
