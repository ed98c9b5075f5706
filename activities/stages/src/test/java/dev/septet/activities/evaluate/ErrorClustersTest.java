package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.metric.sampled.MeanStates;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.ErrorClustersSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.llm.gguf.PackagedModel;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.evaluate.EvaluateActivities;
import dev.septet.workflows.evaluate.EvaluateRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the evaluate stage with {@code errorClusters} and {@code slices from:}; the tuned model always answers "ok". */
@Tag("long")
class ErrorClustersTest {
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");

    private static final ErrorClustersSpec LAYER_1 = new ErrorClustersSpec(null, null, null, null, 1);

    @TempDir
    Path folder;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;
    private EvaluateActivities activities;

    /** Texts whose vectors were computed. */
    private int embedded;

    /** Vectors that may still be computed before the process "dies". */
    private int strength = Integer.MAX_VALUE;

    private Embedding embedding = ErrorClustersTest::hashed;
    private String base = "a";

    /** Four of five rows of the first three topics. */
    private static boolean planted(int row) {
        return row % 5 < 3 && row / 5 % 5 != 4;
    }

    /** The vectors that a fake model has of texts. */
    private interface Embedding {
        List<Optional<float[]>> of(List<String> texts, int layer);
    }

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(folder.resolve("store"));
        activities = activities();
    }

    private EvaluateActivities activities() {
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        environment.registerActivitiesImplementations(new EvaluateActivitiesImpl(store, files, new Models()));
        return environment.newActivityStub(EvaluateActivities.class);
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void plantedFailuresOfThreeTopicsAreThreeNamedClusters() throws IOException {
        EvaluationReport report = evaluate(LAYER_1, List.of(), 200, ErrorClustersTest::planted);
        Path out = store.fetch(report.artifact());
        JsonNode found = results(out).path("errorClusters");
        assertThat(found.path("failed").asInt()).isEqualTo(96);
        assertThat(found.path("clusters").size()).isEqualTo(3);
        assertThat(purity(found)).isGreaterThanOrEqualTo(0.9);
        for (JsonNode cluster : found.path("clusters")) {
            assertThat(cluster.path("rate").asDouble()).isBetween(0.7, 0.9);
            assertThat(cluster.path("interval").path("low").asDouble())
                    .isLessThan(cluster.path("rate").asDouble());
        }
        assertThat(words(found))
                .containsAnyOf("refund", "invoice", "money")
                .containsAnyOf("password", "login", "locked")
                .containsAnyOf("courier", "delivery", "tracking");
        assertThat(Files.readString(out.resolve("report.html"))).contains("Error clusters", "Commonest words");
        JsonNode request =
                SpecJson.mapper().readTree(out.resolve("data-request.json").toFile());
        assertThat(request.path("clusters").size()).isEqualTo(3);
        assertThat(Files.readString(out.resolve("data-request.md")))
                .contains("more training rows", "dataset 'data/more-rows.jsonl'");
        assertThat(report.verdict()).isEqualTo(Verdict.GO); // the clusters decide nothing
    }

    @Test
    void aClusterIsASliceOfTheNextExam() throws IOException {
        Path out = store.fetch(
                evaluate(LAYER_1, List.of(), 200, ErrorClustersTest::planted).artifact());
        Files.copy(out.resolve("error-clusters.json"), folder.resolve("error-clusters.json"));
        SliceSpec slices = new SliceSpec("errorCluster", 0.1, null, null, null, "error-clusters.json");
        EvaluationReport report = evaluate(null, List.of(slices), 300, ErrorClustersTest::planted);
        JsonNode table = results(store.fetch(report.artifact())).path("slices").path(0);
        assertThat(table.path("by").asText()).isEqualTo("errorCluster");
        Map<String, JsonNode> byName = new TreeMap<>();
        table.path("slices").forEach(slice -> byName.put(slice.path("name").asText(), slice));
        assertThat(byName).hasSize(4).containsKey("(other)");
        byName.forEach((name, slice) -> {
            if (!name.equals("(other)")) {
                assertThat(slice.path("rows").asInt()).isBetween(50, 65);
                assertThat(slice.path("after").asDouble()).isLessThan(0.35);
                assertThat(slice.path("verdict").asText()).isEqualTo("NO_GO");
            }
        });
        assertThat(Objects.requireNonNull(byName.get("(other)")).path("after").asDouble())
                .isGreaterThan(0.9);
        assertThat(report.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(report.scores()).extracting(Score::metric).contains("exactMatch by errorCluster");

        EvaluationReport better = evaluate(null, List.of(slices), 300, row -> false);
        assertThat(better.verdict()).isEqualTo(Verdict.GO);
    }

    @Test
    void equalRowsGiveEqualBytesAfterKillsAndInOtherStores() throws IOException {
        EvaluationReport whole = evaluate(LAYER_1, List.of(), 200, ErrorClustersTest::planted);
        int once = embedded;
        assertThat(once).isEqualTo(200);
        store = new LocalStore(folder.resolve("other-store"));
        EvaluateActivities others = activitiesOfOtherStore();
        EvaluationReport report = null;
        for (int kills = 0; report == null; kills++) {
            assertThat(kills).isLessThan(40);
            strength = 40;
            try {
                report = others.evaluate(request(LAYER_1, List.of(), 200, ErrorClustersTest::planted));
            } catch (RuntimeException killed) {
                assertThat(killed).rootCause().hasMessageContaining("killed");
            }
        }
        assertThat(report.artifact().sha256()).isEqualTo(whole.artifact().sha256());
    }

    private EvaluateActivities activitiesOfOtherStore() {
        TestActivityEnvironment other = TestActivityEnvironment.newInstance();
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        other.registerActivitiesImplementations(new EvaluateActivitiesImpl(store, files, new Models()));
        return other.newActivityStub(EvaluateActivities.class);
    }

    @Test
    void theFileIsPinnedAndRefusedForAnotherBaseModelBeforeAnythingIsAsked() throws IOException {
        Path out = store.fetch(
                evaluate(LAYER_1, List.of(), 200, ErrorClustersTest::planted).artifact());
        Path file = Files.copy(out.resolve("error-clusters.json"), folder.resolve("error-clusters.json"));
        List<SliceSpec> slices = List.of(new SliceSpec("kind", null, null, null, null, "error-clusters.json"));
        String first =
                evaluate(null, slices, 200, ErrorClustersTest::planted).origin().key();

        ObjectNode renamed = (ObjectNode) SpecJson.mapper().readTree(file.toFile());
        ((ObjectNode) renamed.path("clusters").path(0)).put("name", "refunds & returns");
        Files.writeString(file, renamed.toString());
        EvaluationReport named = evaluate(null, slices, 200, ErrorClustersTest::planted);
        assertThat(named.origin().key()).isNotEqualTo(first);
        assertThat(results(store.fetch(named.artifact())).toString()).contains("refunds & returns");

        base = "another";
        assertThatThrownBy(() -> evaluate(null, slices, 200, ErrorClustersTest::planted))
                .rootCause()
                .hasMessageContaining("`slices from: 'error-clusters.json'`: its clusters are those of the base model")
                .hasMessageContaining("run `errorClusters` with this base model");
    }

    @Test
    void fewFailuresAreNotClustered() throws IOException {
        Path out = store.fetch(evaluate(LAYER_1, List.of(), 100, row -> row < 9).artifact());
        assertThat(results(out).path("errorClusters").path("note").asText())
                .isEqualTo("too few failures to cluster: 9; at least 10 are needed");
        assertThat(embedded).isZero();
        assertThat(out.resolve("error-clusters.json")).doesNotExist();
        assertThat(Files.readString(out.resolve("data-request.md")))
                .contains("No rows are requested: too few failures");
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("No clusters: too few failures to cluster: 9");
    }

    @Test
    void vectorsThatAreNoNumbersAndEmptyTextsAreLeftOut() throws IOException {
        embedding = (texts, layer) -> {
            List<Optional<float[]>> vectors = new ArrayList<>(hashed(texts, layer));
            for (int at = 0; at < texts.size(); at++) {
                if (texts.get(at).contains("refund")) {
                    vectors.set(at, Optional.empty());
                } else if (texts.get(at).contains("parcel")) {
                    vectors.get(at).orElseThrow()[3] = Float.NaN;
                }
            }
            return vectors;
        };
        JsonNode found = clusters(200, ErrorClustersTest::planted);
        long without = PlantedFailures.questions(200).stream()
                .filter(text -> text.contains("refund") || text.contains("parcel"))
                .count();
        assertThat(found.path("withoutVector").asLong()).isEqualTo(without).isPositive();
        assertThat(found.path("clusters").size()).isEqualTo(3);

        base = "b"; // other vectors of equal texts
        embedding = (texts, layer) -> texts.stream()
                .map(text -> Optional.of(new float[] {Float.NaN, 1}))
                .toList();
        assertThat(clusters(205, ErrorClustersTest::planted).path("note").asText())
                .contains("no row has a vector");
    }

    @Test
    void equalTextsAreOneClusterOrNone() throws IOException {
        base = "c"; // other vectors of equal texts
        embedding = (texts, layer) ->
                texts.stream().map(text -> Optional.of(new float[] {1, 2, 3})).toList();
        assertThat(clusters(200, ErrorClustersTest::planted).path("note").asText())
                .isEqualTo("all rows have the same vector, so the failures have no clusters");
        base = "b"; // other vectors of equal texts
        embedding = (texts, layer) -> texts.stream()
                .map(text -> Optional.of(text.contains("concert") ? new float[] {1, 2, 3} : new float[] {3, 2, 1}))
                .toList();
        JsonNode one = clusters(205, ErrorClustersTest::planted);
        assertThat(one.path("clusters").size()).isEqualTo(1);
        assertThat(one.path("clusters").path(0).path("failed").asInt())
                .isEqualTo(one.path("failed").asInt());
        assertThat(one.path("silhouette").isMissingNode()).isTrue();
    }

    @Test
    void manyFailuresAreSampledAndItIsSaid() throws IOException {
        JsonNode found = clusters(10_000, row -> true);
        assertThat(found.path("sampledFrom").asInt()).isEqualTo(10_000);
        assertThat(found.path("rows").asInt()).isEqualTo(5_000);
        assertThat(found.path("failed").asInt()).isEqualTo(5_000);
        assertThat(embedded).isEqualTo(5_000);
        assertThat(found.path("clusters").size()).isBetween(4, 6);
    }

    @Test
    void theTinyModelsHiddenStatesClusterToo() throws IOException {
        Path tiny = TinyPipeline.baseModel();
        assertThat(engineClusters(tiny, null, 100).path("clusters").size()).isPositive();
    }

    /** A real model tells the topics apart by their meaning. */
    @Test
    void aRealModelFindsThePlantedTopics() throws Exception {
        Path real = folder.resolve("smollm2");
        GgufImport.write(PackagedModel.SMOLLM2.gguf(), real, ElementType.F32);
        JsonNode found = engineClusters(real, null, 175);
        assertThat(found.path("clusters").size()).isEqualTo(3);
        assertThat(purity(found)).isGreaterThanOrEqualTo(0.9);
        assertThat(words(found)).contains("refund", "password");
    }

    private JsonNode engineClusters(Path model, @Nullable Integer layer, int count) throws IOException {
        int chosen = layer == null ? MeanStates.middle(ModelConfig.read(model)) : layer;
        Candidate candidate = new Candidate("base model", model, "0".repeat(64), null, null, Precision.FLOAT32);
        try (Subject engine = new EngineSubjects().open(candidate)) {
            embedding = engine::vectors;
            return results(store.fetch(evaluate(
                                    new ErrorClustersSpec(null, null, null, null, chosen),
                                    List.of(),
                                    count,
                                    ErrorClustersTest::planted)
                            .artifact()))
                    .path("errorClusters");
        }
    }

    private JsonNode clusters(int count, IntPredicate fails) throws IOException {
        return results(store.fetch(evaluate(LAYER_1, List.of(), count, fails).artifact()))
                .path("errorClusters");
    }

    /** Share of the examples whose topic is the commonest of their cluster. */
    private static double purity(JsonNode found) {
        int right = 0;
        int all = 0;
        for (JsonNode cluster : found.path("clusters")) {
            Map<String, Integer> topics = new TreeMap<>();
            cluster.path("exampleRows")
                    .forEach(row -> topics.merge(PlantedFailures.topicOf(row.asInt()), 1, Integer::sum));
            right += topics.values().stream().mapToInt(Integer::intValue).max().orElse(0);
            all += cluster.path("exampleRows").size();
        }
        return (double) right / all;
    }

    private static List<String> words(JsonNode found) {
        List<String> words = new ArrayList<>();
        found.path("clusters")
                .forEach(cluster -> cluster.path("words")
                        .forEach(word -> words.add(word.path("word").asText())));
        return words;
    }

    /** The mean of random vectors of the text's words, far from 0 as hidden states are. */
    private static List<Optional<float[]>> hashed(List<String> texts, int layer) {
        List<Optional<float[]>> vectors = new ArrayList<>();
        for (String text : texts) {
            float[] vector = new float[96];
            String[] words = text.toLowerCase(Locale.ROOT).split("[^a-z]+");
            for (String word : words) {
                Random random = new Random(word.hashCode());
                for (int at = 0; at < vector.length; at++) {
                    vector[at] += (float) ((random.nextGaussian() + (at == 7 ? 300 : 5)) / words.length);
                }
            }
            vectors.add(Optional.of(vector));
        }
        return vectors;
    }

    private final class Models implements Subjects {
        @Override
        public Subject open(Candidate candidate) {
            return new Subject() {
                @Override
                public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
                    return rows.stream().map(row -> new Prediction("ok", 1, 2)).toList();
                }

                @Override
                public List<Optional<float[]>> vectors(List<String> texts, int layer) {
                    if (strength < texts.size()) {
                        throw new IllegalStateException("killed");
                    }
                    strength -= texts.size();
                    embedded += texts.size();
                    return embedding.of(texts, layer);
                }

                @Override
                public void close() {}
            };
        }
    }

    private static JsonNode results(Path out) throws IOException {
        return SpecJson.mapper().readTree(out.resolve("results.json").toFile());
    }

    private EvaluationReport evaluate(
            @Nullable ErrorClustersSpec word, List<SliceSpec> slices, int count, IntPredicate fails)
            throws IOException {
        return activities.evaluate(request(word, slices, count, fails));
    }

    private EvaluateRequest request(
            @Nullable ErrorClustersSpec word, List<SliceSpec> slices, int count, IntPredicate fails)
            throws IOException {
        EvaluateSpec spec = new EvaluateSpec(
                List.of(new MetricSpec("exactMatch", null, null)),
                List.of(),
                null,
                null,
                null,
                0,
                8,
                4,
                slices,
                List.of(),
                List.of(),
                word == null ? null : new ExamChecksSpec(null, null, null, null, word),
                null,
                EvaluateSpec.DEFAULT_POLICY);
        ArtifactRef dataset = put(
                "dataset",
                Map.of(
                        "train.jsonl",
                        PlantedFailures.rows(20, row -> false),
                        "validation.jsonl",
                        "",
                        "test.jsonl",
                        PlantedFailures.rows(count, fails),
                        "card.json",
                        String.format(Locale.ROOT, "{\"testRows\":%d}", count)));
        return new EvaluateRequest(
                new RunRef("tickets", "run-1", folder.toString(), "5".repeat(64)),
                spec,
                SetupSpec.DEFAULT,
                new DatasetRef(dataset, 1000, 1, count, 1, 1, 0, 0, 0, ORIGIN),
                new ModelRef(
                        put("model", Map.of("config.json", "{\"name\":\"%s\"}".formatted(base))),
                        "LlamaForCausalLM",
                        1,
                        1,
                        "mit",
                        1,
                        1,
                        ORIGIN),
                new CheckpointRef(
                        put("adapter", Map.of("adapter_config.json", "{\"base_model_name_or_path\":\"models/tiny\"}")),
                        true,
                        put("ledger", Map.of("ledger.jsonl", "{\"step\":0,\"loss\":2.5,\"learningRate\":0.001}\n")),
                        1,
                        2.5,
                        null,
                        "all steps",
                        ORIGIN));
    }

    private ArtifactRef put(String name, Map<String, String> files) throws IOException {
        Fence fence = new Fence("test/" + name, 1);
        store.open(fence);
        Path scratch = store.scratch(fence);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(scratch.resolve(file.getKey()), file.getValue());
        }
        return store.put(scratch, fence);
    }
}
