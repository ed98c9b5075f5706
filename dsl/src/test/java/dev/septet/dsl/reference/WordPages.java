package dev.septet.dsl.reference;

import dev.septet.dsl.bind.Kinds;
import dev.septet.dsl.vocabulary.FileDsl;
import dev.septet.dsl.vocabulary.UnitDsl;
import dev.septet.dsl.vocabulary.Words;
import dev.septet.dsl.vocabulary.word.EnumName;
import dev.septet.dsl.vocabulary.word.Word;
import dev.septet.dsl.vocabulary.word.WordParameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A page of Markdown for every block of the language, with an entry for every word. */
final class WordPages {
    private static final List<String> ORDER =
            List.of("pipeline", "prepare", "initialize", "setup", "train", "evaluate", "deploy", "monitor");

    private final Docs docs;
    private final Map<String, Words> blocks = new LinkedHashMap<>();

    WordPages(Docs docs) {
        this.docs = docs;
        Map<String, Words> found = Words.of(FileDsl.class).blocks();
        ORDER.forEach(name -> blocks.put(name, Objects.requireNonNull(found.get(name))));
        new TreeMap<>(found).forEach(blocks::putIfAbsent);
    }

    /** Names of the blocks, as pages are called. */
    Iterable<String> names() {
        return blocks.keySet();
    }

    /** One block's page. */
    String page(String name, String standard) {
        Words words = Objects.requireNonNull(blocks.get(name));
        var page = new StringBuilder("# `%s`\n\n%s\n".formatted(name, docs.type(words.type())));
        words.statements().forEach(word -> entry(page, words, word, ""));
        for (Word value : words.values(Object.class)) {
            entry(page, words, value, " (a value)");
        }
        if (!standard.isEmpty()) {
            page.append("\n## Defaults\n\nA file with only the required words has these values:\n")
                    .append("\n```yaml\n%s```\n".formatted(standard));
        }
        return page.toString();
    }

    private void entry(StringBuilder page, Words words, Word word, String kind) {
        page.append("\n## `%s`%s\n\n%s\n".formatted(word.name(), kind, docs.method(word.owner(), word.name())));
        List<String> rows = new ArrayList<>();
        word.values().forEach(slot -> rows.add(row(words, slot, slot.several() ? "values" : "value")));
        word.options()
                .forEach(slot -> rows.add(row(
                        words,
                        slot,
                        word.freeNames().filter(slot::equals).isPresent() ? "*name*`:`" : "`" + slot.name() + ":`")));
        word.block()
                .ifPresent(block -> rows.add("| block | see [%s](%s.md) | %s |"
                        .formatted(word.name(), word.name(), word.needsBlock() ? "required" : "optional")));
        if (!rows.isEmpty()) {
            page.append("\n| | takes | |\n| --- | --- | --- |\n");
            rows.forEach(row -> page.append(row).append('\n'));
        }
        nouns(page, word);
        page.append("\n```groovy\n%s\n```\n".formatted(word.example()));
        String said = said(words, word);
        if (!said.isEmpty()) {
            page.append('\n').append(said).append('\n');
        }
    }

    private static String row(Words words, WordParameter slot, String label) {
        return "| %s | %s | %s |"
                .formatted(
                        label,
                        code(Kinds.expected(slot, words)).replace("|", "\\|"),
                        slot.optional() ? "optional" : "required");
    }

    /** {@code a number such as 3} with its example as code. */
    private static String code(String taken) {
        int at = taken.indexOf(" such as ");
        return at < 0
                ? taken
                : taken.substring(0, at + 9) + "`" + taken.substring(at + 9).replace(" or ", "` or `") + "`";
    }

    /** What the bare words of a closed list mean, where their comments say so. */
    private void nouns(StringBuilder page, Word word) {
        var slots = new ArrayList<>(word.values());
        slots.addAll(word.options());
        for (WordParameter slot : slots) {
            if (!slot.type().java().isEnum()) {
                continue;
            }
            var lines = new ArrayList<String>();
            for (Object constant : slot.type().java().getEnumConstants()) {
                String meaning = docs.constant((Enum<?>) constant);
                if (!meaning.isEmpty()) {
                    lines.add("* `%s`: %s".formatted(EnumName.of((Enum<?>) constant), meaning));
                }
            }
            if (!lines.isEmpty()) {
                page.append('\n').append(String.join("\n", lines)).append('\n');
            }
        }
    }

    private static String said(Words words, Word word) {
        var said = new ArrayList<String>();
        if (word.required()) {
            said.add(
                    word.requiredUnless().isEmpty()
                            ? "This word is required."
                            : "This word is required, unless the block has `%s`.".formatted(word.requiredUnless()));
        }
        if (word.repeatable()) {
            said.add(said.isEmpty() ? "This word may occur more than once." : "It may occur more than once.");
        }
        List<String> takers = words.statements().stream()
                .filter(taker -> taker.values().stream()
                        .anyMatch(s -> words.isValueOf(word, s.type().java())))
                .map(taker -> "`" + taker.name() + "`")
                .toList();
        if (!takers.isEmpty() && words.value(word.name()).filter(word::equals).isPresent()) {
            said.add("A value of %s.".formatted(String.join(", ", takers)));
        }
        return String.join(" ", said);
    }

    /** The page of units. */
    String units() {
        return "# Units\n\n"
                + "A number with a dimension has a unit: `90.percent`, `2.hours`.\n\n"
                + "| unit | is |\n"
                + "| --- | --- |\n"
                + Words.of(UnitDsl.class).values(Object.class).stream()
                        .map(unit -> "| `%s` | %s |".formatted(unit.name(), docs.method(UnitDsl.class, unit.name())))
                        .collect(Collectors.joining("\n"))
                + "\n";
    }
}
