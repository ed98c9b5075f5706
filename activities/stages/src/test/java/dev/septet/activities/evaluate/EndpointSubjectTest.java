package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.FakeService;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.WorkerSubjects;
import dev.septet.activities.quota.RunUse;
import dev.septet.activities.quota.RunUseRecords;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.workflows.RunRef;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service's model as a subject. */
class EndpointSubjectTest {
    private static final Path BASE = TinyPipeline.baseModel();

    @TempDir
    private Path folder = Path.of("");

    /** The service computes log-probabilities with the engine, so that only the way over HTTP may change them. */
    @Test
    void measuresTheSameLossesAsTheEngine() throws IOException {
        List<Row> rows = PreparedRows.read(Files.writeString(folder.resolve("rows.jsonl"), """
            {"messages":[{"role":"user","content":"first"},{"role":"assistant","content":"the answer"}],"source":"t:1"}
            {"prompt":"say","completion":" one","source":"t:2"}
            {"text":"just words","source":"t:3"}
            {"prompt":"say","chosen":" one","rejected":" two three","source":"t:4"}
            """), 0);
        try (LanguageModel model = LanguageModel.open(BASE, ComputePrecision.FLOAT32, Optional.empty());
                FakeService service = new FakeService(body -> "an answer")) {
            service.completions(body -> logprobs(model, body));
            WorkerSubjects subjects = new WorkerSubjects(service.endpoints(folder, true));
            Candidate engine = new Candidate("model", BASE, "0".repeat(64), null, null, Precision.FLOAT32);
            Candidate hosted = engine.by(new Candidate.Hosted("service", "tuned"));
            for (OptionalInt cut : List.of(OptionalInt.empty(), OptionalInt.of(28))) {
                List<Prediction> expected = predict(subjects, engine, rows, cut);
                List<Prediction> measured = predict(subjects, hosted, rows, cut);
                for (int row = 0; row < rows.size(); row++) {
                    assertThat(measured.get(row).tokens())
                            .isEqualTo(expected.get(row).tokens());
                    assertThat(measured.get(row).loss())
                            .isCloseTo(expected.get(row).loss(), within(1e-4));
                }
                Double rejected = measured.get(3).rejectedLoss();
                assertThat(rejected).isNotNull().isCloseTo(expected.get(3).rejectedLoss(), within(1e-4));
            }
        }
    }

    @Test
    void anAttemptThatLosesTheServiceGoesOnAfterWhatIsStored() throws IOException {
        Path file = Files.writeString(
                folder.resolve("rows.jsonl"),
                IntStream.rangeClosed(1, 40)
                        .mapToObj(row -> String.format(
                                Locale.ROOT,
                                "{\"prompt\":\"ticket %d\",\"completion\":\"c\",\"source\":\"t:%d\"}",
                                row,
                                row))
                        .collect(Collectors.joining("\n")));
        EvaluationRows rows = new EvaluationRows(PreparedRows.read(file, 0), "digest", OptionalInt.of(4));
        Candidate hosted = new Candidate("model", BASE, "0".repeat(64), null, null, Precision.FLOAT32)
                .by(new Candidate.Hosted("service", "tuned"));
        try (FakeService service = new FakeService(FakeService::question)) {
            LocalStore store = new LocalStore(folder.resolve("store"));
            ModelEndpoints endpoints = service.endpoints(folder, false);
            List<Integer> finished = new ArrayList<>();
            Fence fence = new Fence("run/evaluate", 1);
            store.open(fence);
            Predictions predictions = new Predictions(store, fence, new WorkerSubjects(endpoints));

            assertThatThrownBy(() -> predictions.of(hosted, rows, done -> {
                        finished.add(done);
                        if (done == 32) {
                            service.next(FakeService.status(401, "{}"), FakeService.status(401, "{}"));
                        }
                    }))
                    .hasMessageContaining("check the key in SERVICE_KEY");
            assertThat(finished).contains(1, 16, 17, 32);
            service.forget();

            assertThat(predictions.of(hosted, rows, finished::add))
                    .extracting(Prediction::answer)
                    .contains("ticket 1", "ticket 40");
            // A request that the failed attempt had begun may arrive late.
            assertThat(service.requests())
                    .extracting(FakeService::question)
                    .containsOnly(IntStream.rangeClosed(33, 40)
                            .mapToObj(row -> "ticket " + row)
                            .toArray(String[]::new));
            assertThat(predictions.of(hosted, rows, finished::add).get(0).loss())
                    .isNaN();
        }
    }

    /** A team with a limit of tokens could otherwise spend them on exams. */
    @Test
    void theExamOfAServicesModelIsAUseOfTheRun() throws IOException {
        List<Row> rows = PreparedRows.read(Files.writeString(folder.resolve("rows.jsonl"), """
            {"prompt":"ticket 1","completion":"c","source":"t:1"}
            {"prompt":"ticket 2","completion":"c","source":"t:2"}
            """), 0);
        LocalStore store = new LocalStore(folder.resolve("store"));
        RunRef run = new RunRef("bot", "run-1", "/p", "spec");
        try (FakeService service = new FakeService(FakeService::question)) {
            service.endpoints(folder, false);
            Path file = folder.resolve("trainers.yaml");
            Files.writeString(
                    file,
                    Files.readString(file)
                            + "    currency: EUR\n    answerPrices: {tuned: {input: 100, output: 1000}}\n");
            Candidate hosted = new Candidate("model", BASE, "0".repeat(64), null, null, Precision.FLOAT32)
                    .by(new Candidate.Hosted("service", "tuned"));
            TeamUse use = new TeamUse(new UsageRecords(store), run, "Evaluate", "1", () -> 0);
            try (TeamUse.Scope scope = use.open();
                    Subject subject = new WorkerSubjects(
                                    new ModelEndpoints(file, Map.of("SERVICE_KEY", FakeService.KEY)))
                            .open(hosted)) {
                assertThat(subject.predict(rows, OptionalInt.of(4), OptionalInt.empty()))
                        .hasSize(2);
                subject.predict(rows, OptionalInt.of(4), OptionalInt.empty());
                assertThat(scope).isNotNull();
            }
        }

        RunUse used = new RunUseRecords(store, run.runId()).sum().orElseThrow();
        assertThat(used.tokens()).as("twice two answers of 3 tokens to 7").isEqualTo(40);
        assertThat(used.costs()).containsOnlyKeys("EUR");
        assertThat(Objects.requireNonNull(used.costs().get("EUR")).doubleValue())
                .isCloseTo(0.0148, within(1e-9));
    }

    @Test
    void anotherServiceUnderTheSameNameIsAskedAnew() throws IOException {
        Path file = Files.writeString(
                folder.resolve("rows.jsonl"), "{\"prompt\":\"ticket\",\"completion\":\"c\",\"source\":\"t:1\"}\n");
        EvaluationRows rows = new EvaluationRows(PreparedRows.read(file, 0), "digest", OptionalInt.of(4));
        Candidate hosted = new Candidate("base model", BASE, "0".repeat(64), null, null, Precision.FLOAT32)
                .by(new Candidate.Hosted("service", "small"));
        LocalStore store = new LocalStore(folder.resolve("store"));
        Fence fence = new Fence("run/evaluate", 1);
        store.open(fence);
        for (String answer : List.of("one", "two")) {
            try (FakeService service = new FakeService(body -> answer)) {
                WorkerSubjects subjects = new WorkerSubjects(service.endpoints(folder, false));

                assertThat(new Predictions(store, fence, subjects).of(hosted, rows, done -> {}))
                        .extracting(Prediction::answer)
                        .containsExactly(answer);
            }
        }
    }

    private static List<Prediction> predict(
            WorkerSubjects subjects, Candidate candidate, List<Row> rows, OptionalInt cut) {
        try (Subject subject = subjects.open(candidate)) {
            return subject.predict(rows, OptionalInt.empty(), cut);
        }
    }

    /** The response of a service that echoes the prompt with log-probabilities, and then one token of its own. */
    private static ObjectNode logprobs(LanguageModel model, JsonNode body) {
        assertThat(body.path("echo").asBoolean()).isTrue();
        int[] ids = new int[body.path("prompt").size()];
        for (int at = 0; at < ids.length; at++) {
            ids[at] = body.path("prompt").get(at).asInt();
        }
        float[] logs;
        synchronized (model) {
            logs = model.logProbabilities(List.of(ids), new int[] {1}).get(0);
        }
        ObjectNode json = SpecJson.mapper()
                .createObjectNode()
                .put("model", body.path("model").asText());
        ObjectNode choice = json.putArray("choices").addObject().put("text", "");
        ArrayNode numbers = choice.putObject("logprobs").putArray("token_logprobs");
        numbers.addNull();
        for (float log : logs) {
            numbers.add(log);
        }
        numbers.add(-0.5);
        return json;
    }
}
