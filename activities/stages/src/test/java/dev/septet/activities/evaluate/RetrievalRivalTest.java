package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.rival.Recommendation;
import dev.septet.activities.evaluate.rival.RivalReport;
import dev.septet.activities.evaluate.rival.RivalReport.Choice;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.RetrievalSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.train.SetupSpec;
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
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the evaluate stage with retrieval as a rival. The prompts are made with the tiny model's tokenizer and chat template. In
 * most tests, functions of the prompt answer: the base model copies the answer of the nearest example, as models do.
 */
@Tag("long")
class RetrievalRivalTest {
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");
    private static final RetrievalSpec WORDS = RetrievalSpec.DEFAULT.with(new CompareSpec(0));

    @TempDir
    Path folder;

    private TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private final List<String> asked = new ArrayList<>();
    private Function<Row, String> tuned = row -> "no";
    private @Nullable Subjects engine;
    private int runs;
    private int stores;
    private @Nullable LocalStore opened;

    @AfterEach
    void close() {
        environment.close();
    }

    /** The base model finds each fact in its prompt; training on facts taught nothing. */
    @Test
    void retrievalWinsWhereAnswersAreFactsOfTrainingRows() throws IOException {
        EvaluationReport report = evaluate(List.of(WORDS), facts(40, ""), facts(40, " now"));
        Score rival = score(report, "exactMatch vs retrieval by words");
        assertThat(rival.before()).isEqualTo(1.0);
        assertThat(rival.after()).isEqualTo(0.0);
        assertThat(rival.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(rival.why())
                .isEqualTo("exactMatch fell from 1 to 0, worse than the base model with retrieval by words.");
        assertThat(report.verdict()).isEqualTo(Verdict.NO_GO);

        RivalReport.Set set = results(report).sets().get(0);
        assertThat(set.candidates())
                .extracting(RivalReport.Candidate::choice)
                .containsExactly(Choice.NEITHER, Choice.FINE_TUNE, Choice.RETRIEVE, Choice.BOTH);
        assertThat(set.candidates().get(2).promptTokens())
                .isGreaterThan(set.candidates().get(0).promptTokens());
        Recommendation recommendation = Recommendation.of(set, "exactMatch");
        assertThat(recommendation.choice()).isEqualTo(Choice.RETRIEVE);
        assertThat(recommendation.why())
                .isEqualTo(
                        "exactMatch of the base model, retrieval by words is the best (1), and every cheaper candidate"
                                + " is worse");
    }

    /** The examples show the style, but the base model copies them. */
    @Test
    void trainingWinsWhereAnswersAreAStyle() throws IOException {
        tuned = row -> row.promptText()
                .substring(row.promptText().lastIndexOf("say ") + 4)
                .toUpperCase(Locale.ROOT);
        EvaluationReport report =
                evaluate(List.of(WORDS.with(new CompareSpec(0, 0.1))), style("abcdefgh", 40), style("stuvwxyz", 40));
        Score rival = score(report, "exactMatch vs retrieval by words");
        assertThat(rival.verdict()).isEqualTo(Verdict.GO);
        assertThat(rival.why())
                .isEqualTo("exactMatch rose from 0 to 1, more than 10.0 % better than the base model with retrieval by"
                        + " words.");
        Recommendation recommendation = Recommendation.of(results(report).sets().get(0), "exactMatch");
        assertThat(recommendation.choice()).isEqualTo(Choice.FINE_TUNE);
        assertThat(recommendation.words()).isEqualTo("fine-tune");
    }

    /** A required gain is not reached by an equal model, whose prompts are shorter all the same. */
    @Test
    void anEqualModelIsNotBetterButCheaper() throws IOException {
        tuned = Prediction::reference;
        assertThat(score(
                                evaluate(
                                        List.of(WORDS.with(new CompareSpec(0, 0.0))), facts(40, ""), facts(40, " now")),
                                "exactMatch vs retrieval by words")
                        .verdict())
                .isEqualTo(Verdict.NO_GO);
        EvaluationReport equal = evaluate(List.of(WORDS), facts(40, ""), facts(40, " now"));
        assertThat(score(equal, "exactMatch vs retrieval by words").verdict()).isEqualTo(Verdict.GO);
        assertThat(Recommendation.of(results(equal).sets().get(0), "exactMatch").choice())
                .isEqualTo(Choice.FINE_TUNE);
    }

    @Test
    void writesNumbersIndexAndPromptsIntoResultsAndPage() throws IOException {
        EvaluationReport report = evaluate(List.of(WORDS), facts(40, ""), facts(40, " now"));
        RivalReport found = results(report);
        assertThat(found.trainRows()).isEqualTo(40);
        assertThat(found.rowBytes()).isBetween(1000L, 3000L);
        assertThat(found.methods().get(0).indexBytes()).isBetween(100L, 10_000L);
        RivalReport.Prompts prompts = found.sets().get(0).prompts().get(0);
        assertThat(prompts.rows()).isBetween(1.0, 5.0);
        assertThat(Files.readString(store().fetch(report.artifact()).resolve("report.html")))
                .contains("Fine-tuning and retrieval", "base model, retrieval by words", "bytes of 40 training rows");
        String record = found.sets().get(0).candidates().get(0).seconds();
        assertThat(record).startsWith("seconds/");
        assertThat(store().record(record)).hasValue("[0.25,0.25,0.25,0.25,0.25,0.25,0.25,0.25]");
        assertThat(Files.readString(store().fetch(report.artifact()).resolve("results.json")))
                .doesNotContain("0.25");
    }

    /** Every named set is compared too, and the answers of a finished evaluation are not asked again. */
    @Test
    void comparesNamedSetsAndAsksNothingTwice() throws IOException {
        Files.writeString(folder.resolve("gold.jsonl"), facts(20, " today").replaceAll(",\"source\":\"[^\"]*\"", ""));
        EvaluationReport report = evaluate(List.of(WORDS), facts(40, ""), facts(40, " now"));
        assertThat(report.scores())
                .extracting(Score::metric)
                .contains("exactMatch vs retrieval by words", "exactMatch on gold vs retrieval by words");
        int before = asked.size();
        assertThat(before).isEqualTo(4 * 60);
        EvaluationReport again = evaluate(List.of(WORDS.with(new CompareSpec(0.5))), facts(40, ""), facts(40, " now"));
        assertThat(asked).hasSize(before);
        assertThat(results(again)).isEqualTo(results(report));
    }

    /** On the tiny model, both ways; the tuned model is the base model again, so training is worth nothing. */
    @Test
    void theEngineMeasuresBothWaysAndTwoStoresHoldTheSame() throws IOException {
        engine = new EngineSubjects();
        List<RetrievalSpec> both =
                List.of(WORDS, new RetrievalSpec(2, RetrievalSpec.By.VECTORS, null, WORDS.compare()));
        EvaluationReport report = evaluate(both, facts(70, ""), facts(10, " now"));
        assertThat(report.scores())
                .extracting(Score::metric)
                .containsExactly(
                        "exactMatch", "exactMatch vs retrieval by words", "exactMatch vs retrieval by vectors");
        RivalReport found = results(report);
        assertThat(found.methods()).extracting(RivalReport.Method::layer).containsExactly(null, 1);
        assertThat(found.methods().get(1).indexBytes()).isEqualTo(70L * 32 * Float.BYTES);
        RivalReport.Set set = found.sets().get(0);
        List<RivalReport.Candidate> candidates = set.candidates();
        assertThat(candidates)
                .extracting(RivalReport.Candidate::choice)
                .containsExactly(
                        Choice.NEITHER, Choice.FINE_TUNE, Choice.RETRIEVE, Choice.BOTH, Choice.RETRIEVE, Choice.BOTH);
        assertThat(candidates.get(0).promptTokens())
                .isEqualTo(candidates.get(1).promptTokens())
                .isBetween(10.0, 60.0);
        assertThat(candidates.get(2).promptTokens()).isBetween(60.0, 240.0);
        assertThat(candidates)
                .allSatisfy(each -> assertThat(each.answerTokens()).isBetween(1.0, 16.0));
        assertThat(set.prompts())
                .allSatisfy(prompts -> assertThat(prompts.without()).isZero());
        assertThat(SpecJson.mapper()
                        .readValue(store().record(candidates.get(3).seconds()).orElseThrow(), double[].class))
                .hasSize(8)
                .satisfies(seconds -> {
                    for (double each : seconds) {
                        assertThat(each).isPositive();
                    }
                });
        assertThat(store().records("vectors/")).hasSize(6); // shards of 16: 70 training rows, and the questions
        assertThat(Recommendation.of(set, "exactMatch").choice()).isEqualTo(Choice.NEITHER);

        Path first = store().fetch(report.artifact());
        environment.close();
        environment = TestActivityEnvironment.newInstance();
        opened = null;
        stores++;
        runs = 0;
        EvaluationReport again = evaluate(both, facts(70, ""), facts(10, " now"));
        assertThat(again.artifact().sha256()).isEqualTo(report.artifact().sha256());
        assertThat(store().fetch(again.artifact()).resolve("results.json"))
                .hasSameTextualContentAs(first.resolve("results.json"));
    }

    @Test
    void aTrainSplitWithoutRowsIsRefused() {
        assertThatThrownBy(() -> evaluate(List.of(WORDS), "", facts(40, " now")))
                .hasStackTraceContaining("`compare retrieval` needs training rows, but the train split has none");
    }

    private final class Models implements Subjects {
        @Override
        public Subject open(Candidate candidate) {
            boolean trained = candidate.adapter() != null;
            return new Subject() {
                @Override
                public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
                    throw new AssertionError("tokens are counted");
                }

                @Override
                public List<Prediction> predict(
                        List<Row> rows,
                        OptionalInt answerTokens,
                        OptionalInt cutAfter,
                        AnswerNeeds needs,
                        long seed,
                        IntConsumer progress) {
                    assertThat(needs.counts()).isTrue();
                    rows.forEach(row -> asked.add(candidate.name() + " " + row.promptText()));
                    return rows.stream()
                            .map(row -> new Prediction(trained ? tuned.apply(row) : copied(row), trained ? 1 : 2, 4)
                                    .with(new AnswerFacts(null, null, null)
                                            .counted(row.promptText().length(), 3)))
                            .toList();
                }

                @Override
                public List<Double> seconds(List<Row> rows, int answerTokens) {
                    return List.of(0.25);
                }

                @Override
                public void close() {}
            };
        }
    }

    /** What a base model does: it copies the answer of the last example, which is the nearest. */
    private static String copied(Row row) {
        String prompt = row.promptText();
        int answer = prompt.lastIndexOf("Answer: ");
        return answer < 0 ? "I do not know" : prompt.substring(answer + 8, prompt.indexOf("\n\n", answer));
    }

    private LocalStore store() throws IOException {
        LocalStore store = opened;
        if (store == null) {
            store = new LocalStore(folder.resolve("store-" + stores));
            opened = store;
        }
        return store;
    }

    private RivalReport results(EvaluationReport report) throws IOException {
        JsonNode root = SpecJson.mapper()
                .readTree(
                        store().fetch(report.artifact()).resolve("results.json").toFile());
        assertThat(root.path("retrieval")).isInstanceOf(ObjectNode.class);
        return SpecJson.mapper().treeToValue(root.path("retrieval"), RivalReport.class);
    }

    private static Score score(EvaluationReport report, String metric) {
        return report.scores().stream()
                .filter(score -> score.metric().equals(metric))
                .findFirst()
                .orElseThrow(() -> new AssertionError(report.scores().toString()));
    }

    private EvaluationReport evaluate(List<RetrievalSpec> retrieval, String training, String test) throws IOException {
        if (runs++ == 0) {
            PipelineFiles files =
                    new PipelineFiles(new ActivitySettings(folder.resolve("store-" + stores), List.of(), List.of()));
            environment.registerActivitiesImplementations(
                    new EvaluateActivitiesImpl(store(), files, engine == null ? new Models() : engine));
        }
        List<TestSetSpec> sets = Files.exists(folder.resolve("gold.jsonl"))
                ? List.of(new TestSetSpec(
                        "gold",
                        "gold.jsonl",
                        DatasetFormat.AUTO,
                        null,
                        List.of(),
                        List.of(),
                        null,
                        null,
                        List.of(),
                        null))
                : List.of();
        EvaluateSpec spec = new EvaluateSpec(
                List.of(new MetricSpec("exactMatch", null, null)),
                List.of(),
                null,
                null,
                null,
                0,
                16,
                4,
                List.of(),
                sets,
                List.of(),
                null,
                null,
                retrieval,
                EvaluateSpec.DEFAULT_POLICY);
        ArtifactRef dataset = put(
                "dataset",
                Map.of(
                        "train.jsonl",
                        training,
                        "validation.jsonl",
                        facts(8, " then"),
                        "test.jsonl",
                        test,
                        "card.json",
                        "{\"testRows\":40}"));
        Fence fence = new Fence("test/model", 1);
        store().open(fence);
        ArtifactRef model = store().put(TinyPipeline.baseModel(), fence);
        return environment
                .newActivityStub(EvaluateActivities.class)
                .evaluate(new EvaluateRequest(
                        new RunRef("facts", "run-" + runs, folder.toString(), "5".repeat(64)),
                        spec,
                        SetupSpec.DEFAULT,
                        new DatasetRef(dataset, 1, 1, 40, 1, 1, 0, 0, 0, ORIGIN),
                        new ModelRef(model, "LlamaForCausalLM", 1, 1, "mit", 1, 1, ORIGIN),
                        new CheckpointRef(
                                engine == null ? put("adapter", Map.of("adapter_config.json", "{}")) : model,
                                engine == null,
                                put(
                                        "ledger",
                                        Map.of("ledger.jsonl", "{\"step\":0,\"loss\":2.5,\"learningRate\":0.1}\n")),
                                1,
                                2.5,
                                null,
                                "all steps",
                                ORIGIN)));
    }

    private ArtifactRef put(String name, Map<String, String> files) throws IOException {
        Fence fence = new Fence("test/" + name, 1);
        store().open(fence);
        Path scratch = store().scratch(fence);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(scratch.resolve(file.getKey()), file.getValue());
        }
        return store().put(scratch, fence);
    }

    private static String facts(int count, String when) {
        return rows(
                count, row -> String.format(Locale.ROOT, "who leads unit u%d%s?", row, when), "person p%d"::formatted);
    }

    private static String style(String letters, int count) {
        IntFunction<String> word =
                row -> String.format(Locale.ROOT, "%s%d", letters.substring(0, 1 + row % letters.length()), row);
        return rows(
                count, row -> "say " + word.apply(row), row -> word.apply(row).toUpperCase(Locale.ROOT));
    }

    private static String rows(int count, IntFunction<String> prompt, IntFunction<String> answer) {
        StringBuilder lines = new StringBuilder();
        for (int row = 1; row <= count; row++) {
            ObjectNode line = SpecJson.mapper().createObjectNode();
            line.put("source", "rows.jsonl:" + row);
            line.putArray("messages")
                    .add(SpecJson.mapper()
                            .createObjectNode()
                            .put("role", "user")
                            .put("content", Objects.requireNonNull(prompt.apply(row))))
                    .add(SpecJson.mapper()
                            .createObjectNode()
                            .put("role", "assistant")
                            .put("content", answer.apply(row)));
            lines.append(line).append('\n');
        }
        return lines.toString();
    }
}
