package dev.septet.activities.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.FakeService.Fault;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service may do to a request, and what becomes of it. */
class RowAnswersTest {
    private static final Fault AWAY = FakeService.status(500, "{\"error\":{\"message\":\"out of order\"}}");

    @TempDir
    private Path folder = Path.of("");

    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private FakeService service;

    @BeforeEach
    void start() throws IOException {
        service = new FakeService(body -> "answer to " + FakeService.question(body));
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void sendsTheTurnsBeforeTheAnswerAndAPromptAsAUsersMessage() throws IOException {
        List<String> answers = answers(Map.of("SERVICE_KEY", FakeService.KEY)).of(rows(), 9);

        assertThat(answers).containsExactly("answer to second", "answer to alone");
        JsonNode chat = service.requests().stream()
                .filter(body -> body.path("messages").size() == 4)
                .findFirst()
                .orElseThrow();
        assertThat(chat.path("messages").findValuesAsText("role"))
                .containsExactly("system", "user", "assistant", "user");
        assertThat(chat.path("temperature").asDouble(1)).isZero();
        assertThat(chat.path("max_tokens").asInt()).isEqualTo(9);
        assertThat(chat.path("model").asText()).isEqualTo("tuned");
    }

    @Test
    void waitsAsLongAsTheServiceAsks() throws IOException {
        service.next(FakeService.status(429, "{}", "Retry-After", "7"), FakeService.status(429, "{}"));

        assertThat(answers().of(rows().subList(1, 2), 9)).containsExactly("answer to alone");

        assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(2));
    }

    @Test
    void givesUpOnAServiceThatStaysAway() {
        service.next(AWAY, AWAY, AWAY, AWAY, AWAY, AWAY);

        StageProblem problem = problem();

        assertThat(problem.type()).isEqualTo(FailureType.BACKEND_FAILED);
        assertThat(problem)
                .hasMessageStartingWith("endpoint service answers 500 to POST /chat/completions: out of order")
                .hasMessageEndingWith(
                        "the next attempt asks again, in `evaluate` only for the groups of 16 rows that are not"
                                + " complete");
        assertThat(pauses).hasSize(5);
    }

    /** The service may have charged for an answer that did not arrive. */
    @Test
    void requestsWhoseAnswersAreLostCountWithTheMost() throws IOException {
        long most = 200L + "alone".length() + 9;
        List<Long> counts = new ArrayList<>();
        RowAnswers counted = counted((promptTokens, tokens) -> counts.add(promptTokens + tokens));
        service.next(AWAY, FakeService.status(429, "{}"));

        assertThat(counted.of(rows().subList(1, 2), 9)).containsExactly("answer to alone");

        assertThat(counts).as("before, and after").containsExactly(most, most + 7 + 3);
        counts.clear();
        service.next(AWAY, AWAY, AWAY, AWAY, AWAY, AWAY);
        assertThatThrownBy(() -> counted.of(rows().subList(1, 2), 9)).isInstanceOf(StageProblem.class);
        assertThat(counts).containsExactly(most, 6 * most);
    }

    @Test
    void aCountThatCannotBeWrittenHidesNoProblem() throws IOException {
        AtomicInteger counts = new AtomicInteger();
        RowAnswers counted = counted((promptTokens, tokens) -> {
            if (counts.incrementAndGet() > 1) {
                throw new IOException("the disk is full");
            }
        });
        service.next(FakeService.status(401, "{}"));

        assertThatThrownBy(() -> counted.of(rows().subList(1, 2), 9))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("check the key")
                .satisfies(problem -> assertThat(problem.getSuppressed()).hasSize(1));
    }

    private RowAnswers counted(RowAnswers.Meter.Batch batch) throws IOException {
        return new RowAnswers(
                completions(Map.of("SERVICE_KEY", FakeService.KEY)), pauses::add, done -> {}, () -> batch);
    }

    @Test
    void repeatsWhatALostConnectionOrAProxySpoiled() throws IOException {
        service.next(FakeService.dropped("{\"choices\":"), FakeService.status(200, "<html>"));
        service.next(FakeService.status(200, "{\"choices\":[]}"));

        assertThat(answers().of(rows().subList(1, 2), 9)).containsExactly("answer to alone");

        assertThat(service.requests()).hasSize(4);
    }

    @Test
    void saysThatResponsesHaveNoAnswer() {
        Fault empty = FakeService.status(200, "{\"choices\":[]}");
        service.next(empty, empty, empty, empty, empty, empty);

        assertThat(problem())
                .hasMessageStartingWith(
                        "endpoint service sends a response without an answer: `choices` is empty or missing");
    }

    @Test
    void refusesTheAnswersOfAnotherModel() {
        service.next(FakeService.status(200, FakeService.whole("small", "hello").toString()));

        StageProblem problem = problem();

        assertThat(problem.type()).isEqualTo(FailureType.CHAIN_BROKEN);
        assertThat(problem)
                .hasMessage("endpoint service was asked for the model 'tuned', but the model 'small' answers; is the"
                        + " trained model still there?");
        assertThat(pauses).isEmpty();
    }

    @Test
    void takesTheDatedNameOfAnAlias() throws IOException {
        service.next(FakeService.status(
                200, FakeService.whole("tuned-2026-01-01", "hello").toString()));

        assertThat(answers().of(rows().subList(1, 2), 9)).containsExactly("hello");
    }

    @Test
    void saysWhereAMissingKeyBelongs() {
        StageProblem problem =
                catchThrowableOfType(StageProblem.class, () -> answers(Map.of()).of(rows(), 9));

        assertThat(problem.type()).isEqualTo(FailureType.POLICY_DENIED);
        assertThat(problem)
                .hasMessageContaining("no usable API key for endpoint service; set SERVICE_KEY in its environment");
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void doesNotRepeatAnExpiredKeyNorShowIt() {
        StageProblem problem = catchThrowableOfType(
                StageProblem.class,
                () -> answers(Map.of("SERVICE_KEY", "sk-old-0123456789abcdef")).of(rows(), 9));

        assertThat(problem.type()).isEqualTo(FailureType.POLICY_DENIED);
        assertThat(problem.getMessage())
                .contains("401", "check the key in SERVICE_KEY")
                .doesNotContain("sk-old");
        assertThat(pauses).isEmpty();
    }

    @Test
    void saysThatTheModelIsGone() {
        service.next(FakeService.status(404, "{\"error\":{\"code\":\"model_not_found\"}}"));

        StageProblem problem = problem();

        assertThat(problem.type()).isEqualTo(FailureType.CHAIN_BROKEN);
        assertThat(problem)
                .hasMessageContaining("the service no longer has the model 'tuned'")
                .hasMessageContaining("or it is not deployed there yet: deploy it under this name, then run again; the"
                        + " training is stored");
    }

    @Test
    void reportsWhileARowTakesLongAndEndsWhenItIsCancelled() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        service.next(exchange -> {
            try {
                never.await(3, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        RowAnswers asked = answers().reporting(done -> {
            throw new IllegalStateException("cancelled after " + done);
        });

        long begin = System.nanoTime();
        assertThatThrownBy(() -> asked.of(rows().subList(1, 2), 9)).hasMessage("cancelled after 0");

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(2));
        never.countDown();
    }

    @Test
    void reportsEachFinishedRow() throws IOException {
        List<Integer> finished = new CopyOnWriteArrayList<>();

        answers().reporting(finished::add).of(rows(), 9);

        assertThat(finished).contains(1).endsWith(2);
    }

    @Test
    void aRowEndsBeforeTheActivityCountsAsHung() {
        service.next(AWAY, AWAY, AWAY, AWAY, AWAY, AWAY);
        AtomicLong minutes = new AtomicLong();
        RequestClock slow = new RequestClock() {
            @Override
            public void pause(Duration time) {
                pauses.add(time);
            }

            @Override
            public long nanos() {
                return Duration.ofMinutes(minutes.getAndAdd(5)).toNanos(); // each request takes 5 minutes
            }
        };

        assertThatThrownBy(() -> new RowAnswers(completions(Map.of("SERVICE_KEY", FakeService.KEY)), slow)
                        .of(rows().subList(1, 2), 9))
                .hasMessageContaining("out of order");

        assertThat(pauses).hasSize(3);
    }

    @Test
    void namesTheRowThatTheServiceRefuses() {
        service.next(
                FakeService.status(400, "{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}"));

        StageProblem problem = problem();

        assertThat(problem.type()).isEqualTo(FailureType.POISON_DATA);
        assertThat(problem).hasMessageStartingWith("t.jsonl:2: ").hasMessageEndingWith("correct or remove the row");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "half an")
    void aWithheldAnswerIsNoAnswer(@Nullable String part) {
        ObjectNode withheld = FakeService.whole("tuned", part);
        ((ObjectNode) withheld.at("/choices/0")).put("finish_reason", "content_filter");
        service.next(FakeService.status(200, withheld.toString()));

        StageProblem problem = problem();

        assertThat(problem.type()).isEqualTo(FailureType.POISON_DATA);
        assertThat(problem)
                .hasMessage("t.jsonl:2: the content filter of endpoint service withheld the answer of the model"
                        + " 'tuned'; correct or remove the row");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null, 2.5, 1.5", "null, -1e999, -1", "null, -1", "null, null, -1", "null, -1, -2, -3, -4, -5"})
    void refusesWhatCannotBeTheLogProbabilitiesOfTheTokens(String numbers) throws IOException {
        service.completions(body -> logprobs(numbers));

        StageProblem problem = catchThrowableOfType(
                StageProblem.class,
                () -> answers().logProbabilities(rows().subList(1, 2), List.of(new int[] {1, 2, 3})));

        assertThat(problem.type()).isEqualTo(FailureType.BACKEND_FAILED);
        assertThat(problem).hasMessageContaining("log-probabilit").hasMessageContaining("write `logprobs: false`");
    }

    @Test
    void takesLogProbabilitiesWithAndWithoutThatOfTheGeneratedToken() throws IOException {
        for (String numbers : List.of("null, -1, 1e-7", "null, -1, 1e-7, -3")) {
            service.completions(body -> logprobs(numbers));

            assertThat(answers()
                            .logProbabilities(rows().subList(1, 2), List.of(new int[] {1, 2, 3}))
                            .get(0))
                    .containsExactly(Double.NaN, -1, 1e-7);
        }
    }

    private static JsonNode logprobs(String numbers) {
        try {
            return SpecJson.mapper()
                    .readTree("{\"choices\":[{\"text\":\"\",\"logprobs\":{\"token_logprobs\":[%s]}}]}"
                            .formatted(numbers));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private StageProblem problem() {
        return catchThrowableOfType(StageProblem.class, () -> answers().of(rows().subList(1, 2), 9));
    }

    private RowAnswers answers() throws IOException {
        return answers(Map.of("SERVICE_KEY", FakeService.KEY));
    }

    private RowAnswers answers(Map<String, String> environment) throws IOException {
        return new RowAnswers(completions(environment), pauses::add);
    }

    private EndpointCompletions completions(Map<String, String> environment) throws IOException {
        return EndpointCompletions.of(service.endpoints(folder, false, environment), "evaluate", "service", "tuned");
    }

    private List<Row> rows() throws IOException {
        Path file = Files.writeString(folder.resolve("test.jsonl"), """
            {"messages":[{"role":"system","content":"be short"},{"role":"user","content":"first"},{"role":"assistant","content":"a"},{"role":"user","content":"second"},{"role":"assistant","content":"b"}],"source":"t.jsonl:1"}
            {"prompt":"alone","completion":" c","source":"t.jsonl:2"}
            """);
        return PreparedRows.read(file, 0);
    }
}
