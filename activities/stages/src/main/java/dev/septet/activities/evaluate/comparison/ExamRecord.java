package dev.septet.activities.evaluate.comparison;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.metric.ExpressionScore;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.safety.SafetyAnswer;
import dev.septet.activities.evaluate.safety.SafetyFindings;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an evaluation measured, as {@code exam} of {@code results.json}: metrics with their arguments, expressions of scores, and
 * the digest of the chat template. Two runs' values are compared only if these agree. Bounds are left out, because they do
 * not change a value. Of judges, votes and JSON schemas there is only a digest.
 *
 * @param json the object; empty in results of versions that did not record it
 */
public record ExamRecord(JsonNode json) {
    private static final String NAME = "exam";
    private static final String SCORES = "scores";
    private static final String ARGUMENTS = "arguments";
    private static final String SAFETY = "safety";
    private static final String GROUNDING = "grounding";
    private static final String INCOMPLETE = "incomplete";
    private static final List<String> BOUNDS = List.of("above", "below");

    /** Metrics whose verdicts are beside the answers, so that no argument is needed to compute the value again. */
    private static final Set<String> JUDGED = Set.of("judge", "winRate", "humanWinRate");

    private static final long MOST_BYTES = 64L << 20;

    static ExamRecord of(JsonNode results) {
        return new ExamRecord(results.path(NAME));
    }

    /** What is recorded of one metric on one set; a missing node when nothing is. */
    private JsonNode entry(String metric, String set) {
        for (JsonNode test : json.path("tests")) {
            if (test.path("set").asText("").equals(set)) {
                for (JsonNode one : test.path("metrics")) {
                    if (one.path("name").asText().equals(metric)) {
                        return one;
                    }
                }
                for (JsonNode one : test.path(SCORES)) {
                    if (one.path("name").asText().equals(metric)) {
                        return one;
                    }
                }
            }
        }
        return SpecJson.mapper().missingNode();
    }

    /** Digest of the arguments or of the expression; null when it is not recorded. */
    @Nullable
    String arguments(String metric, String set) {
        return entry(metric, set).path("digest").textValue();
    }

    /** Whether a smaller value is better; null when it is not known. */
    @Nullable
    Boolean lowerIsBetter(String metric, String set) {
        JsonNode recorded = entry(metric, set).path("lowerIsBetter");
        if (recorded.isBoolean()) {
            return recorded.booleanValue();
        }
        return MetricSpec.KNOWN.contains(metric) ? (Boolean) MetricSpec.lowerIsBetter(metric) : null;
    }

    /** Whether the metric reads answers; also true when it is not known. */
    boolean readsAnswer(String metric, String set) {
        JsonNode recorded = entry(metric, set).path("readsAnswer");
        return recorded.isBoolean()
                ? recorded.booleanValue()
                : !MetricSpec.KNOWN.contains(metric) || Metrics.named(metric).readsAnswer();
    }

    /** Digest of the chat template; null when it is not recorded, or the model has none. */
    @Nullable
    String template() {
        return json.path("template").textValue();
    }

    /** Digest of the settings and prompts of the safety checks; null when it is not recorded. */
    @Nullable
    String safety() {
        return json.path(SAFETY).textValue();
    }

    /** Digest of the judges of grounding, and of where the contexts are; null when it is not recorded, or there are none. */
    @Nullable
    String grounding() {
        return json.path(GROUNDING).textValue();
    }

    /** The metric that computes the value again from answers; empty when it cannot be made here. */
    Optional<Metric> metric(String metric, String set) {
        JsonNode recorded = entry(metric, set);
        try {
            if (recorded.has("expression")) {
                return Optional.of(new ExpressionScore(SpecJson.mapper().treeToValue(recorded, ScoreSpec.class)));
            }
            if (recorded.has(ARGUMENTS) || recorded.has("extension")) {
                return Optional.of(Metrics.of(SpecJson.mapper().treeToValue(recorded, MetricSpec.class)));
            }
            boolean known = MetricSpec.KNOWN.contains(metric)
                    && (!recorded.path(INCOMPLETE).asBoolean() || JUDGED.contains(metric));
            return known ? Optional.of(Metrics.named(metric)) : Optional.empty();
        } catch (JsonProcessingException | IllegalArgumentException | ExtensionProblem other) {
            return Optional.empty(); // of another version, or of a jar that is not here
        }
    }

    /**
     * Adds the record to {@code results.json}.
     *
     * @param tests the metrics of each set, by its name; the test split has an empty one
     * @param model folder of the base model, which has the chat template
     * @param safety what the safety checks found; null without them
     */
    public static void write(ObjectNode root, List<Test> tests, Path model, @Nullable SafetyFindings safety)
            throws IOException {
        ObjectNode exam = root.putObject(NAME);
        ArrayNode all = exam.putArray("tests");
        for (Test test : tests) {
            ObjectNode node = all.addObject();
            GroundingSpec grounding = test.spec().checksOrNone().grounding();
            if (!test.set().isEmpty()) {
                node.put("set", test.set());
            } else if (grounding != null && grounding.judge() != null) {
                exam.put(GROUNDING, grounding(grounding));
            }
            ArrayNode metrics = node.putArray("metrics");
            for (MetricSpec metric : test.spec().metrics()) {
                metrics.add(metric(metric));
            }
            if (!test.spec().scores().isEmpty()) {
                ArrayNode scores = node.putArray(SCORES);
                test.spec().scores().forEach(score -> scores.add(score(score)));
            }
        }
        template(model).ifPresent(digest -> exam.put("template", digest));
        if (safety != null) {
            exam.put(SAFETY, safety(safety));
        }
    }

    /** Digest of the settings of the safety checks without their bounds, and of every prompt. */
    private static String safety(SafetyFindings found) {
        ObjectNode spec = (ObjectNode) SpecDigest.tree(found.spec());
        spec.remove(List.of("maxUnsafe", "minRefusals", "maxOverRefusals", "maxAttackSuccess"));
        spec.path("rules").forEach(rule -> ((ObjectNode) rule).remove("max"));
        StringBuilder prompts = new StringBuilder();
        for (SafetyAnswer answer : found.answers()) {
            prompts.append(answer.kind())
                    .append(answer.prompt().length())
                    .append(':')
                    .append(answer.prompt());
        }
        return Sha256.of(SpecDigest.of(spec) + Sha256.of(prompts.toString()));
    }

    /** Digest of the judges and the contexts, without bounds, budget and labels. */
    private static String grounding(GroundingSpec spec) {
        ObjectNode node = (ObjectNode) SpecDigest.tree(spec);
        node.remove(List.of("maxUnsupported", "samples", "minConsistency"));
        ((ObjectNode) node.path("judge"))
                .remove(List.of("budget", "labels", "labelsText", "requestsPerMinute", "concurrency", "unmeasured"));
        return SpecDigest.of(node);
    }

    /** A set of rows and what is measured on it. */
    public record Test(String set, EvaluateSpec spec) {}

    private static ObjectNode metric(MetricSpec metric) {
        ObjectNode node = (ObjectNode) SpecDigest.tree(metric);
        node.remove(BOUNDS);
        MetricArguments arguments = metric.arguments();
        if (arguments != null && arguments.votes() != null) {
            // Votes are what was measured, and not how: each run has others.
            ((ObjectNode) node.path(ARGUMENTS).path("votes")).remove(List.of("file", "text", "unmeasured"));
        }
        String digest = SpecDigest.of(node);
        if (metric.judged() || (arguments != null && arguments.schemaText() != null)) {
            node.remove(ARGUMENTS);
            node.put(INCOMPLETE, true);
        }
        return node.put("digest", digest)
                .put("lowerIsBetter", metric.lowerIsBetter())
                .put("readsAnswer", metric.readsAnswer());
    }

    private static ObjectNode score(ScoreSpec score) {
        ObjectNode node = SpecJson.mapper().valueToTree(score);
        node.remove(BOUNDS);
        node.put("digest", SpecDigest.of(((ObjectNode) SpecDigest.tree(score)).remove(BOUNDS)));
        if (score.above() != null || score.below() != null) {
            node.put("lowerIsBetter", score.lowerIsBetter());
        }
        return node;
    }

    /** Digest of a model folder's chat template. */
    private static Optional<String> template(Path model) throws IOException {
        List<String> texts = new ArrayList<>();
        Path own = model.resolve("chat_template.jinja");
        if (readable(own)) {
            texts.add(Files.readString(own));
        }
        Path config = model.resolve("tokenizer_config.json");
        if (texts.isEmpty() && readable(config)) {
            JsonNode node = SpecJson.mapper().readTree(config.toFile()).path("chat_template");
            if (!node.isMissingNode() && !node.isNull()) {
                texts.add(node.isTextual() ? node.textValue() : node.toString());
            }
        }
        return texts.stream().findFirst().map(Sha256::of);
    }

    private static boolean readable(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= MOST_BYTES;
    }
}
