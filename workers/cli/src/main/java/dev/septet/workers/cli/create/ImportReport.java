package dev.septet.workers.cli.create;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What became of every key of a configuration. */
final class ImportReport {
    /** What became of a key. */
    enum Status {
        /** Septet does the same. */
        TRANSLATED("Translated"),
        /** Septet does something near; the note says what differs. */
        CHANGED("Translated with a difference"),
        /** The key has no translation; the note says what to do. */
        NOT_TRANSLATED("Not translated"),
        /** The tool had no such key when its keys were listed. */
        UNKNOWN("Unknown keys"),
        /** The pipeline means the same without it. */
        NOT_NEEDED("Not needed"),
        /** The file leaves it to the tool's default, and the pipeline states it. */
        DEFAULT("Not in the file: defaults of the tool that the pipeline states");

        private final String title;

        Status(String title) {
            this.title = title;
        }
    }

    /**
     * What became of a key.
     *
     * @param line its line; 0 for a default
     * @param word Septet's word; empty for none
     * @param note what differs, or what to do; empty for nothing
     */
    record Entry(String key, int line, Status status, String word, String note) {}

    private final List<Entry> entries = new ArrayList<>();

    void add(ConfigValue value, Status status, String word, String note) {
        entries.add(new Entry(value.key(), value.line(), status, word, note));
    }

    void standard(String key, String word) {
        entries.add(new Entry(key, 0, Status.DEFAULT, word, ""));
    }

    /** A default of the tool that the pipeline does not have. */
    void standardNotTranslated(String key, String note) {
        entries.add(new Entry(key, 0, Status.NOT_TRANSLATED, "", "The tool's default. " + note));
    }

    /** In the order of the file. */
    List<Entry> entries() {
        return entries.stream()
                .sorted(Comparator.comparingInt((Entry entry) -> entry.line() == 0 ? Integer.MAX_VALUE : entry.line()))
                .toList();
    }

    long count(Status status) {
        return entries.stream().filter(entry -> entry.status() == status).count();
    }

    /** The report for people, by what became of the keys. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Status status : Status.values()) {
            List<Entry> some =
                    entries().stream().filter(entry -> entry.status() == status).toList();
            if (some.isEmpty()) {
                continue;
            }
            lines.add(status.title);
            int width = Math.min(
                    36,
                    some.stream().mapToInt(entry -> entry.key().length()).max().orElse(1));
            for (Entry entry : some) {
                String place = entry.line() == 0 ? "" : String.format(Locale.ROOT, "line %d", entry.line());
                lines.add(String.format(
                                Locale.ROOT,
                                "  %-" + width + "s  %-8s  %s%s%s",
                                entry.key(),
                                place,
                                entry.word(),
                                entry.word().isEmpty() || entry.note().isEmpty() ? "" : ": ",
                                entry.note())
                        .stripTrailing());
            }
        }
        return lines;
    }

    ArrayNode json() {
        ArrayNode keys = SpecJson.mapper().createArrayNode();
        for (Entry entry : entries()) {
            var node = keys.addObject().put("key", entry.key());
            if (entry.line() > 0) {
                node.put("line", entry.line());
            }
            node.put("status", entry.status().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            if (!entry.word().isEmpty()) {
                node.put("word", entry.word());
            }
            if (!entry.note().isEmpty()) {
                node.put("note", entry.note());
            }
        }
        return keys;
    }
}
