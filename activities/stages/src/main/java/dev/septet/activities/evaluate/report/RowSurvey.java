package dev.septet.activities.evaluate.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.transform.RecordFields;
import dev.septet.activities.prepare.quality.DetectedLanguage;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/** Languages and labels of some prepared rows, which are chosen by their content, so that equal data gives equal numbers. */
final class RowSurvey {
    /** Number of rows that are looked at; detecting a language takes about a quarter of a millisecond. */
    static final int ROWS = 2000;

    /** Number of different answers up to which answers are labels. */
    private static final int LABELS = 30;

    private static final int LONGEST_LABEL = 60;
    private static final int LONGEST_TEXT = 500;
    private static final int LANGUAGES = 15;

    /** Fields without texts that a person wrote. */
    private static final Set<String> OTHER = Set.of("source", "role", RowMeta.FIELD, "tools", "weight", "name");

    private record Chosen(long order, String line) {}

    private final PriorityQueue<Chosen> rows = new PriorityQueue<>(
            Comparator.comparingLong(Chosen::order).thenComparing(Chosen::line).reversed());
    private long all;

    /** Adds a row's line. */
    void add(String line) {
        all++;
        byte[] digest = Sha256.start().digest(("survey\n" + line).getBytes(StandardCharsets.UTF_8));
        rows.add(new Chosen(ByteBuffer.wrap(digest).getLong(), line));
        if (rows.size() > ROWS) {
            rows.remove();
        }
    }

    /** What the numbers are about. */
    String note() {
        return all <= ROWS
                ? ""
                : String.format(Locale.ROOT, "Of %,d training rows, chosen from %,d. ", (long) ROWS, all);
    }

    /** Numbers of rows by language, most frequent first. */
    Map<String, Long> languages() {
        Map<String, Long> counts = new TreeMap<>();
        for (ObjectNode row : records()) {
            StringBuilder text = new StringBuilder();
            texts(row, text);
            counts.merge(
                    DetectedLanguage.of(text.toString())
                            .map(language -> name(language.code()))
                            .orElse("too short to detect"),
                    1L,
                    Long::sum);
        }
        return mostFrequent(counts, LANGUAGES, "other languages");
    }

    /** Numbers of rows by answer, when the answers are a few short ones; otherwise empty. */
    Map<String, Long> labels() {
        Map<String, Long> counts = new TreeMap<>();
        long answered = 0;
        for (ObjectNode row : records()) {
            if (!(new RecordFields(row).get("answer") instanceof String answer)) {
                continue;
            }
            answered++;
            counts.merge(answer.strip(), 1L, Long::sum);
            if (answer.length() > LONGEST_LABEL || counts.size() > LABELS) {
                return Map.of();
            }
        }
        return counts.size() < 2 || answered < 3L * counts.size()
                ? Map.of()
                : mostFrequent(counts, LABELS, "other answers");
    }

    private List<ObjectNode> records() {
        List<ObjectNode> records = new ArrayList<>();
        for (Chosen row :
                rows.stream().sorted(Comparator.comparingLong(Chosen::order)).toList()) {
            try {
                if (SpecJson.mapper().readTree(row.line()) instanceof ObjectNode record) {
                    records.add(record);
                }
            } catch (JsonProcessingException damaged) {
                // The dataset's digest was verified, so its rows are readable.
            }
        }
        return records;
    }

    private static void texts(JsonNode node, StringBuilder text) {
        if (text.length() > LONGEST_TEXT) {
            return;
        }
        if (node.isTextual()) {
            text.append(node.textValue()).append('\n');
        } else if (node.isObject()) {
            node.properties().forEach(field -> {
                if (!OTHER.contains(field.getKey())) {
                    texts(field.getValue(), text);
                }
            });
        } else {
            node.forEach(item -> texts(item, text));
        }
    }

    private static String name(String code) {
        String name = Locale.forLanguageTag(code).getDisplayLanguage(Locale.ENGLISH);
        return name.isEmpty() || name.equals(code) ? code : name + " (" + code + ")";
    }

    private static Map<String, Long> mostFrequent(Map<String, Long> counts, int most, String others) {
        Map<String, Long> sorted = new LinkedHashMap<>();
        long rest = 0;
        for (Map.Entry<String, Long> each : counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .toList()) {
            if (sorted.size() < most) {
                sorted.put(each.getKey(), each.getValue());
            } else {
                rest += each.getValue();
            }
        }
        if (rest > 0) {
            sorted.put(others, rest);
        }
        return sorted;
    }
}
