package dev.septet.activities.evaluate.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The content of a prepared dataset's {@code card.json} as readable lines. The fields are not
 * fixed: texts and numbers are shown, objects field by field, lists by their texts.
 */
public record DataCard(JsonNode root) {
    private static final int MAX = 40;

    /** Lines of the table of labelling functions, which has its own limit. */
    private static final int MAX_LABELS = 40;

    private static final List<String> FIRST = List.of("rows", "splits", "fold", "leakage", "sources", "synthetic");

    /** Reads a card; a missing or unreadable one is empty. */
    public static DataCard read(Path file) throws IOException {
        try {
            return new DataCard(
                    Files.isRegularFile(file)
                            ? SpecJson.mapper().readTree(file.toFile())
                            : SpecJson.mapper().missingNode());
        } catch (JsonProcessingException e) {
            return new DataCard(SpecJson.mapper().missingNode());
        }
    }

    /**
     * All lines except those of {@link #privacy}: those of {@link #FIRST} first. Classes, groups and labels are values of
     * the rows, and the report may leave the company, so only their numbers are shown.
     */
    public List<SummaryLine> data() {
        List<SummaryLine> facts = new ArrayList<>();
        FIRST.forEach(name -> add(facts, words(name), root.path(name)));
        root.properties().forEach(field -> {
            String name = field.getKey();
            switch (name) {
                case "balance" -> balance(facts, field.getValue());
                case "cleaning" -> cleaning(facts, field.getValue());
                default -> {
                    if (!name.equals("redactions") && !FIRST.contains(name)) {
                        add(facts, words(name), field.getValue());
                    }
                }
            }
        });
        List<SummaryLine> shown = atMost(facts, MAX);
        List<SummaryLine> labels = new ArrayList<>();
        add(labels, "cleaning labels", root.path("cleaning").path("labels"));
        shown.addAll(atMost(labels, MAX_LABELS));
        return shown;
    }

    private static List<SummaryLine> atMost(List<SummaryLine> facts, int most) {
        List<SummaryLine> shown = new ArrayList<>(facts.subList(0, Math.min(most, facts.size())));
        if (facts.size() > most) {
            shown.add(new SummaryLine("more lines in card.json", String.valueOf(facts.size() - most)));
        }
        return shown;
    }

    private static void balance(List<SummaryLine> facts, JsonNode balance) {
        balance.properties().forEach(field -> {
            boolean classes = field.getKey().equals("classes");
            add(
                    facts,
                    "balance " + words(field.getKey()),
                    classes ? IntNode.valueOf(field.getValue().size()) : field.getValue());
        });
    }

    private static void cleaning(List<SummaryLine> facts, JsonNode cleaning) {
        cleaning.properties().forEach(step -> {
            String name = "cleaning " + words(step.getKey());
            switch (step.getKey()) {
                case "labels" -> {} // has its own limit
                case "quality" -> {} // the counts of the rows have the sum of its rules
                case "representation" ->
                    step.getValue().properties().forEach(field -> {
                        boolean counts = field.getValue().isObject();
                        if (!field.getKey().equals("labels")) {
                            add(
                                    facts,
                                    name + " " + words(field.getKey()),
                                    counts ? IntNode.valueOf(field.getValue().size()) : field.getValue());
                        }
                    });
                default -> add(facts, name, step.getValue());
            }
        });
    }

    /** Redactions by kind. */
    public List<SummaryLine> privacy() {
        List<SummaryLine> facts = new ArrayList<>();
        JsonNode redactions = root.path("redactions");
        redactions.properties().forEach(field -> add(facts, words(field.getKey()), field.getValue()));
        if (redactions.isNumber()) {
            add(facts, "redactions", redactions);
        }
        return facts;
    }

    /** ISO 639 codes, when the card has them. */
    public List<String> languages() {
        JsonNode languages = root.path("languages");
        return languages.isArray()
                ? StreamSupport.stream(languages.spliterator(), false)
                        .filter(JsonNode::isTextual)
                        .map(JsonNode::textValue)
                        .toList()
                : List.of();
    }

    /** The licence of each source, as the pipeline file declares it. */
    public List<SummaryLine> licences() {
        List<SummaryLine> facts = new ArrayList<>();
        for (JsonNode source : root.path("sources")) {
            if (facts.size() < MAX) {
                facts.add(new SummaryLine(
                        source.path("name").asText(""), source.path("licence").asText("not declared")));
            }
        }
        return facts;
    }

    private static void add(List<SummaryLine> facts, String name, JsonNode value) {
        if (value.isIntegralNumber()) {
            facts.add(new SummaryLine(name, String.format(Locale.ROOT, "%,d", value.longValue())));
        } else if (value.isValueNode() && !value.isNull()) {
            facts.add(new SummaryLine(name, value.asText()));
        } else if (value.isObject()) {
            // Names of splits need no prefix: "test rows", not "splits test rows".
            String prefix = name.equals("splits") ? "" : name + " ";
            value.properties().forEach(field -> add(facts, prefix + words(field.getKey()), field.getValue()));
        } else if (value.isArray() && !value.isEmpty() && value.get(0).isTextual()) {
            List<String> texts = new ArrayList<>();
            value.forEach(text -> texts.add(text.asText()));
            facts.add(new SummaryLine(name, String.join(", ", texts)));
        } else if (value.isArray()
                && !value.isEmpty()
                && value.get(0).path("name").isTextual()) {
            value.forEach(item -> facts.add(named(name, item)));
        }
    }

    /** An item of a list, such as a source, in one line. */
    private static SummaryLine named(String list, JsonNode item) {
        List<SummaryLine> facts = new ArrayList<>();
        item.properties().forEach(field -> {
            if (!field.getKey().equals("name")) {
                add(facts, words(field.getKey()), field.getValue());
            }
        });
        String singular = list.endsWith("s") ? list.substring(0, list.length() - 1) : list;
        return new SummaryLine(
                singular + " " + item.path("name").asText(),
                facts.stream().map(fact -> fact.name() + " " + fact.value()).collect(Collectors.joining(", ")));
    }

    /** Converts {@code longestRow} to {@code longest row}. */
    static String words(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
