package dev.septet.activities.evaluate.rival;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both indexes find what their formulas say. */
class NearestRowsTest {
    @TempDir
    Path folder;

    /** BM25 by its formula, on words that Lucene does not change. Lucene rounds lengths above 40 words, which no text has. */
    @Test
    void wordsAreRankedByTheFormula() throws IOException {
        Random random = new Random(7);
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < 300; row++) {
            rows.add(text(random, 3 + random.nextInt(30)));
        }
        List<String> questions =
                IntStream.range(0, 20).mapToObj(at -> text(random, 4)).toList();
        try (NearestRows index = words(rows)) {
            List<int[]> found = index.nearest(questions, 10);
            for (int at = 0; at < questions.size(); at++) {
                assertThat(scores(rows, questions.get(at), found.get(at)))
                        .usingComparatorWithPrecision(1e-5)
                        .isEqualTo(best(rows, questions.get(at)));
            }
        }
    }

    @Test
    void equallyNearRowsAreInTheirOrderAndASecondIndexIsEqual() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < 5000; row++) {
            rows.add(row % 1000 == 499 ? "the red fox" : "a text about " + row);
        }
        try (NearestRows index = words(rows);
                NearestRows again = words(rows)) {
            assertThat(index.nearest(List.of("red fox", "nothing shared", ""), 4))
                    .containsExactly(new int[] {499, 1499, 2499, 3499}, new int[0], new int[0]);
            assertThat(again.bytes()).isEqualTo(index.bytes()).isPositive();
        }
    }

    @Test
    void endlessQuestionsAndRowsAreBounded() throws IOException {
        StringBuilder many = new StringBuilder();
        for (int word = 0; word < 50_000; word++) {
            many.append("w").append(word).append(' ');
        }
        try (NearestRows index =
                words(List.of("other", many.toString(), "x".repeat(1_000_000), "AND OR NOT * ? \"w1\""))) {
            assertThat(index.nearest(List.of(many.toString(), "NOT (w1^9 AND *:*"), 2))
                    .containsExactly(new int[] {1, 3}, new int[] {3, 1});
        }
    }

    @Test
    void vectorsAreRankedByTheirCosine() throws IOException {
        Map<String, float[]> vectors = new HashMap<>();
        Random random = new Random(3);
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < 200; row++) {
            rows.add("row " + row);
            double angle = 2 * Math.PI * random.nextDouble();
            vectors.put("row " + row, new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
        }
        vectors.put("row 150", vectors.get("row 20"));
        vectors.put("first", vectors.get("row 20"));
        vectors.put("none", new float[2]);
        List<Integer> parts = new ArrayList<>();
        boolean[] closed = new boolean[1];
        TextVectors model = new TextVectors() {
            @Override
            public List<float[]> of(List<String> texts) {
                parts.add(texts.size());
                return texts.stream().map(vectors::get).toList();
            }

            @Override
            public void close() {
                closed[0] = true;
            }
        };
        try (NearestRows index = new VectorIndex(Files.createDirectory(folder.resolve("vectors")), model)) {
            for (String row : rows) {
                index.add(row);
            }
            index.complete();
            assertThat(index.bytes()).isEqualTo(200L * 2 * Float.BYTES);
            List<int[]> found = index.nearest(List.of("first", "none"), 3);
            assertThat(found.get(0)).startsWith(20, 150).hasSize(3);
            assertThat(found.get(1)).containsExactly(0, 1, 2); // all are equally far
        }
        assertThat(parts).containsExactly(64, 64, 64, 8, 2);
        assertThat(closed[0]).isTrue();
    }

    private int indexes;

    private NearestRows words(List<String> rows) throws IOException {
        WordIndex index = new WordIndex(Files.createDirectory(folder.resolve("words-" + indexes++)));
        for (String row : rows) {
            index.add(row);
        }
        index.complete();
        return index;
    }

    private static String text(Random random, int words) {
        StringBuilder text = new StringBuilder();
        for (int word = 0; word < words; word++) {
            text.append("w")
                    .append((int) (40 * random.nextDouble() * random.nextDouble()))
                    .append(' ');
        }
        return text.toString().strip();
    }

    private static double[] best(List<String> rows, String question) {
        double[] all = scores(rows, question, IntStream.range(0, rows.size()).toArray());
        return Arrays.stream(all)
                .boxed()
                .filter(score -> score > 0)
                .sorted(Comparator.reverseOrder())
                .limit(10)
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** sum of idf tf / (tf + k1 (1 - b + b length / mean length)), with idf = ln(1 + (N - n + 0.5) / (n + 0.5)). */
    private static double[] scores(List<String> rows, String question, int[] chosen) {
        List<List<String>> all =
                rows.stream().map(row -> List.of(row.split(" "))).toList();
        double mean = all.stream().mapToInt(List::size).average().orElseThrow();
        return Arrays.stream(chosen)
                .mapToDouble(at -> {
                    double score = 0;
                    List<String> row = all.get(at);
                    for (String word :
                            List.of(question.split(" ")).stream().distinct().toList()) {
                        long with =
                                all.stream().filter(each -> each.contains(word)).count();
                        double count = row.stream().filter(word::equals).count();
                        double rare = Math.log(1 + (rows.size() - with + 0.5) / (with + 0.5));
                        score += rare * count / (count + 1.2 * (1 - 0.75 + 0.75 * row.size() / mean));
                    }
                    return score;
                })
                .toArray();
    }
}
