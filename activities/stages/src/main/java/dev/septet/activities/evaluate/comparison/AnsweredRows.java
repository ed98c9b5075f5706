package dev.septet.activities.evaluate.comparison;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of a set with the tuned model's answers, from the file of predictions of an evaluation.
 *
 * @param digests digest of each row's prompt and reference, in the order of the file
 * @param outcomes the tuned model's outcome on each row
 */
record AnsweredRows(List<String> digests, List<Outcome> outcomes) {
    /** The longest line that a file can have, and more than the file of a useful set of rows. */
    private static final long MOST_BYTES = 512L << 20;

    /**
     * The rows of a set that are in memory together, of all compared runs. Runs with equal rows share the texts of their
     * prompts and references. The first run that does not fit, and the runs after it, are compared without pairs.
     */
    static final class Memory {
        /** Half of the heap that Java takes by default on a computer with 8 GB. */
        static final long MOST_CHARACTERS = 512L << 20;

        /** What a row takes beside its texts. */
        private static final int ROW = 400;

        private final Map<String, String> texts = new HashMap<>();
        private final long most;
        private long used;

        Memory(long most) {
            this.most = most;
        }

        /** The same text, once for all runs. It is counted with its line, so an equal one gives its length back. */
        private String shared(String text) {
            String known = texts.putIfAbsent(text, text);
            if (known == null) {
                return text;
            }
            used -= text.length();
            return known;
        }
    }

    AnsweredRows {
        digests = List.copyOf(digests);
        outcomes = List.copyOf(outcomes);
    }

    /**
     * Reads the predictions of a set.
     *
     * @param folder of the evaluation
     * @param set empty for the test split
     * @param memory of all runs whose rows are compared
     * @return empty when there is no such file, or the memory does not suffice
     * @throws ComparisonProblem naming the file and the line that cannot be read
     */
    static Optional<AnsweredRows> read(Path folder, String set, Memory memory) throws IOException {
        if (!set.matches("[A-Za-z0-9_.-]*")) {
            return Optional
                    .empty(); // a set of a pipeline file has such a name; another one could lead out of the folder
        }
        Path file = folder.resolve(set.isEmpty() ? "predictions.jsonl" : "predictions-%s.jsonl".formatted(set));
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MOST_BYTES) {
            return Optional.empty();
        }
        List<String> digests = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode node = SpecJson.mapper().readTree(line);
                if (!node.path("prompt").isTextual()
                        || !node.path("reference").isTextual()
                        || !node.path("after").isObject()) {
                    throw unreadable(file, digests.size() + 1);
                }
                memory.used += Memory.ROW + line.length();
                String prompt = memory.shared(node.path("prompt").textValue());
                String reference = memory.shared(node.path("reference").textValue());
                if (memory.used > memory.most) {
                    return Optional.empty();
                }
                Prediction after = SpecJson.mapper().treeToValue(node.path("after"), Prediction.class);
                digests.add(Sha256.of(prompt.length() + ":" + prompt + reference));
                outcomes.add(new Outcome(
                        prompt,
                        reference,
                        after.answer(),
                        after.loss(),
                        after.tokens(),
                        after.rejectedLoss(),
                        after.facts()));
            }
        } catch (JsonProcessingException | CharacterCodingException damaged) {
            throw unreadable(file, digests.size() + 1);
        }
        return Optional.of(new AnsweredRows(digests, outcomes));
    }

    private static ComparisonProblem unreadable(Path file, int line) {
        return new ComparisonProblem(String.format(
                Locale.ROOT,
                "%s:%d: is not a prediction, expected an object with prompt, reference and after; copy the evaluation's folder again, or leave the file out to compare without pairs",
                file,
                line));
    }

    /**
     * For each row of {@code other}, the place of the same row here. Equal rows are matched in their order.
     *
     * @return empty when the rows are not the same
     */
    Optional<int[]> places(AnsweredRows other) {
        if (other.digests.size() != digests.size()) {
            return Optional.empty();
        }
        Map<String, List<Integer>> known = new HashMap<>();
        for (int row = digests.size() - 1; row >= 0; row--) {
            known.computeIfAbsent(digests.get(row), digest -> new ArrayList<>()).add(row);
        }
        int[] places = new int[digests.size()];
        for (int row = 0; row < places.length; row++) {
            List<Integer> left = known.get(other.digests.get(row));
            if (left == null || left.isEmpty()) {
                return Optional.empty();
            }
            places[row] = left.remove(left.size() - 1);
        }
        return Optional.of(places);
    }

    /** The number of rows that both have. */
    long shared(AnsweredRows other) {
        Map<String, Integer> known = new HashMap<>();
        digests.forEach(digest -> known.merge(digest, 1, Integer::sum));
        return other.digests.stream()
                .filter(digest -> known.merge(digest, -1, Integer::sum) >= 0)
                .count();
    }

    /** The same rows in another order. */
    AnsweredRows ordered(int[] places) {
        List<String> rows = new ArrayList<>();
        List<Outcome> answers = new ArrayList<>();
        for (int place : places) {
            rows.add(digests.get(place));
            answers.add(outcomes.get(place));
        }
        return new AnsweredRows(rows, answers);
    }
}
