package dev.septet.activities.evaluate.comparison;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.report.DisplayText;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The content of a {@code results.json}. It may come from another machine, so nothing in it is trusted.
 *
 * @param verdict null when the file has none that is known
 * @param gate each check of the gate with its verdict and reason
 * @param lineage digests of the inputs, by name
 * @param settings of the evaluation, by name
 * @param facts what other parts of the file say in single values, such as costs
 */
public record ResultsFile(
        @Nullable Verdict verdict,
        List<GateLine> gate,
        List<MeasuredValue> values,
        Map<String, String> lineage,
        Map<String, String> settings,
        List<SummaryLine> facts,
        ExamRecord exam) {
    /** The name of the file in the folder of an evaluation. */
    public static final String NAME = "results.json";

    private static final long MOST_BYTES = 64L << 20;
    private static final int VERSION = 1;
    private static final int MOST_FACTS = 500;
    private static final int MOST_DEPTH = 4;
    private static final int LONGEST = 2000;

    /** Parts that are read as values, or that say nothing in single values. */
    private static final Set<String> READ = Set.of(
            "benchmarks",
            "contamination",
            "errorClusters",
            "exam",
            "fairness",
            "grounding",
            "abstention",
            "judges",
            "labels",
            "lineage",
            "power",
            "reliability",
            "safety",
            "scores",
            "sets",
            "settings",
            "slices",
            "trainingWarnings",
            "verdict",
            "version");

    /** A check of the gate. */
    public record GateLine(String check, String verdict, String why) {}

    public ResultsFile {
        gate = List.copyOf(gate);
        values = List.copyOf(values);
        lineage = Map.copyOf(lineage);
        settings = Map.copyOf(settings);
        facts = List.copyOf(facts);
    }

    /**
     * Reads a file.
     *
     * @throws ComparisonProblem naming the file and what it has instead of an evaluation's results
     */
    public static ResultsFile read(Path file) throws IOException {
        return of(json(file), file.toString());
    }

    /** The JSON of a file of results, or of the output of {@code septet report --json}. */
    public static JsonNode json(Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes > MOST_BYTES) {
            throw new ComparisonProblem(String.format(
                    Locale.ROOT,
                    "%s: has %,d bytes, but results have at most %,d; is it the file of an evaluation?",
                    file,
                    bytes,
                    MOST_BYTES));
        }
        try {
            return SpecJson.mapper().readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException damaged) {
            var at = damaged.getLocation();
            throw new ComparisonProblem(
                    "%s:%s: is not JSON; copy the file of the evaluation again"
                            .formatted(file, at == null ? "1" : at.getLineNr() + ":" + at.getColumnNr()),
                    damaged);
        }
    }

    /**
     * Reads the JSON of results.
     *
     * @param name of the file, for messages
     */
    public static ResultsFile of(JsonNode root, String name) {
        if (!root.isObject() || !root.path("scores").isArray()) {
            throw new ComparisonProblem(
                    "%s: has no scores, so it is not the results.json of an evaluation; name its folder, its results.json, or the output of `septet report --json`"
                            .formatted(name));
        }
        if (root.path("version").asInt() != VERSION) {
            throw new ComparisonProblem(String.format(
                    Locale.ROOT,
                    "%s: has version %s, but this Septet reads version %d; use the Septet that wrote it",
                    name,
                    text(root.path("version")),
                    VERSION));
        }
        ExamRecord exam = ExamRecord.of(root);
        Map<String, String> lineage = texts(root.path("lineage"));
        List<GateLine> gate = new ArrayList<>();
        for (JsonNode score : root.path("scores")) {
            gate.add(new GateLine(text(score.path("metric")), text(score.path("verdict")), text(score.path("why"))));
        }
        return new ResultsFile(
                verdict(root.path("verdict").asText()),
                gate,
                new ResultValues(root, exam, lineage).all(name),
                lineage,
                texts(root.path("settings")),
                facts(root),
                exam);
    }

    /** A fact of the lineage, such as {@code base model}; null when it is not recorded. */
    @Nullable
    String lineage(String name) {
        return lineage.get(name);
    }

    private static @Nullable Verdict verdict(String word) {
        for (Verdict verdict : Verdict.values()) {
            if (verdict.name().equals(word)) {
                return verdict;
            }
        }
        return null;
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.properties().stream()
                .filter(field -> field.getValue().isValueNode())
                .limit(MOST_FACTS)
                .forEach(field -> texts.put(shown(field.getKey()), text(field.getValue())));
        return texts;
    }

    /** Every single value in the other parts, by its path. */
    private static List<SummaryLine> facts(JsonNode root) {
        List<SummaryLine> facts = new ArrayList<>();
        double cost = 0;
        long tokens = 0;
        for (JsonNode judge : root.path("judges")) {
            cost += judge.path("cost").asDouble();
            tokens += judge.path("tokens").asLong();
        }
        if (root.has("judges")) {
            facts.add(new SummaryLine("tokens of judges", Long.toString(tokens)));
            facts.add(new SummaryLine("cost of judges", Double.toString(cost)));
        }
        JsonNode clusters = root.path("errorClusters");
        if (clusters.isObject()) {
            facts.add(
                    new SummaryLine("failed rows by " + text(clusters.path("metric")), text(clusters.path("failed"))));
            facts.add(new SummaryLine(
                    "error clusters", Integer.toString(clusters.path("clusters").size())));
        }
        if (root.has("trainingWarnings")) {
            facts.add(new SummaryLine(
                    "training warnings",
                    Integer.toString(root.path("trainingWarnings").size())));
        }
        root.properties().forEach(field -> {
            if (!READ.contains(field.getKey())) {
                collect(shown(field.getKey()), field.getValue(), 0, facts);
            }
        });
        return facts;
    }

    private static void collect(String path, JsonNode node, int depth, List<SummaryLine> facts) {
        if (facts.size() >= MOST_FACTS || depth > MOST_DEPTH) {
            return;
        }
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> collect(path + "." + shown(field.getKey()), field.getValue(), depth + 1, facts));
        } else if (node.isArray()) {
            int at = 0;
            for (JsonNode each : node) {
                collect(String.format(Locale.ROOT, "%s[%d]", path, at++), each, depth + 1, facts);
            }
        } else if (!node.isNull()) {
            facts.add(new SummaryLine(path, text(node)));
        }
    }

    static String text(JsonNode value) {
        return value.isMissingNode() ? "missing" : DisplayText.of(value.asText(), LONGEST);
    }

    private static String shown(String name) {
        return DisplayText.of(name, 100);
    }
}
