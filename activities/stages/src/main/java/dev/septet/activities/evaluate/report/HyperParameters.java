package dev.septet.activities.evaluate.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.setup.SetupReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The hyper-parameters of a training, one line for each block of the file. */
public final class HyperParameters {
    /** How a stage is retried and what is saved say nothing about the model. */
    private static final Set<String> OTHERS = Set.of("policy", "checkpoint", "validateEvery", "onWarning");

    private static final int LONGEST = 300;

    private HyperParameters() {}

    /**
     * The lines.
     *
     * @param found what {@code setup} chose; null when it is not known
     */
    public static List<SummaryLine> of(TrainSpec train, SetupSpec setup, @Nullable SetupReport found) {
        List<SummaryLine> lines = new ArrayList<>();
        SpecJson.mapper().valueToTree(train).properties().forEach(field -> {
            if (!OTHERS.contains(field.getKey())) {
                lines.add(new SummaryLine(DataCard.words(field.getKey()), value(field.getValue())));
            }
        });
        if (found != null && setup.search() != null) {
            lines.add(new SummaryLine("learning rate found by the search", Double.toString(found.learningRate())));
            if (found.rank() > 0) {
                lines.add(new SummaryLine("rank found by the search", Integer.toString(found.rank())));
            }
        }
        lines.add(new SummaryLine("seed", Long.toString(setup.seed())));
        lines.add(new SummaryLine("precision", setup.precision().name().toLowerCase(Locale.ROOT)));
        return lines;
    }

    private static String value(JsonNode node) {
        String text = text(node);
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }

    private static String text(JsonNode node) {
        if (node.isObject()) {
            List<String> parts = new ArrayList<>();
            if (node.path("type").isTextual()) {
                parts.add(node.path("type").asText());
            }
            node.properties().forEach(field -> {
                if (!field.getKey().equals("type")) {
                    parts.add(DataCard.words(field.getKey()) + " " + text(field.getValue()));
                }
            });
            return String.join(", ", parts);
        }
        if (node.isArray()) {
            List<String> parts = new ArrayList<>();
            node.forEach(item -> parts.add(text(item)));
            return String.join(" ", parts);
        }
        return node.asText();
    }
}
