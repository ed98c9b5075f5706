package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.FakeService;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.prepare.synthetic.SyntheticCounts;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that a model of an HTTP service writes, in the prepared dataset. */
@Tag("long")
class GeneratedRowsTest {
    private static final String BY = "by openai(endpoint: 'service', model: 'small'); temperature 0.7\n";
    private static final String BUDGET = "budget tokens: 10.million\n";

    private static final RequestClock WITHOUT_WAITS = new RequestClock() {
        private final AtomicLong now = new AtomicLong();

        @Override
        public void pause(Duration time) {
            now.addAndGet(time.toNanos());
        }

        @Override
        public long nanos() {
            return now.get();
        }
    };

    @TempDir
    private Path folder;

    private int attempts;
    private BooleanSupplier dies = () -> false;

    /** Words that only this question has, so that no row is similar to another. */
    private static String words(String seed, int count) {
        Random letters = new Random(seed.hashCode());
        return IntStream.range(0, count)
                .mapToObj(word -> letters.ints(7, 'a', 'z' + 1)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining()))
                .collect(Collectors.joining(" "));
    }

    @BeforeEach
    void rows() throws IOException {
        Files.write(
                folder.resolve("rows.jsonl"),
                IntStream.range(0, 40)
                        .mapToObj(i -> String.format(
                                Locale.ROOT,
                                "{\"prompt\":\"%s\",\"completion\":\"answer %d\",\"topic\":\"%s\"}",
                                words("row" + i, 5),
                                i,
                                i < 4 ? "rare" : "often"))
                        .toList());
    }

    private static String paraphrase(JsonNode body) {
        return words(body.toString(), 6);
    }

    private SourceRun prepare(FakeService service, String words) throws IOException {
        return prepare(service, "dataset 'rows.jsonl'", words);
    }

    private SourceRun prepare(FakeService service, String dataset, String words) throws IOException {
        LocalStore store = new LocalStore(folder.resolve("store"));
        Fence fence = new Fence("run/prepare", ++attempts);
        store.open(fence);
        try {
            return SourceRun.of(
                    folder,
                    dataset + "\nmaxTokens 200\n" + words,
                    new SyntheticRows.Generating(
                            Teachers.of(service.endpoints(folder, false), model -> folder.resolve(model)),
                            store,
                            fence,
                            "run",
                            WITHOUT_WAITS),
                    (doing, done, total) -> {
                        if (dies.getAsBoolean()) {
                            throw new IllegalStateException("killed");
                        }
                    });
        } finally {
            store.release(fence);
        }
    }

    private static String paraphrases(String more) {
        return "generate paraphrases { " + BY + BUDGET + more + "}";
    }

    private static SyntheticCounts.OfKind kind(SourceRun run, String name) {
        return Objects.requireNonNull(counts(run).kinds().get(name));
    }

    private static SyntheticCounts counts(SourceRun run) {
        return Objects.requireNonNull(run.card().synthetic());
    }

    private static List<String> files(SourceRun run) throws IOException {
        List<String> all = new ArrayList<>();
        for (String name : List.of("train.jsonl", "validation.jsonl", "test.jsonl", "card.json")) {
            all.add(Files.readString(run.out().resolve(name)));
        }
        return all;
    }

    private static int real(SourceRun run) throws IOException {
        return (int) Files.readAllLines(run.out().resolve("train.jsonl")).stream()
                .filter(line -> !line.contains("\"synthetic\""))
                .count();
    }

    @Test
    void anAnswerIsRequestedOnceAndUsedByEveryLaterRun() throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            SourceRun first = prepare(service, paraphrases(""));
            int real = real(first);
            assertThat(service.requests()).hasSize(real);
            assertThat(kind(first, "paraphrase").rows()).isEqualTo(real);
            SourceRun second = prepare(service, paraphrases(""));
            assertThat(service.requests()).hasSize(real);
            assertThat(files(second)).isEqualTo(files(first));
            assertThat(counts(first).generated().get(0).tokens()).isEqualTo(10L * real);
        }
    }

    @Test
    void theRowsDoNotDependOnConcurrencyAndOrderOfArrival() throws IOException {
        Random late = new Random(3);
        try (FakeService service = new FakeService(body -> {
            synchronized (late) {
                try {
                    late.wait(1 + late.nextInt(20));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return paraphrase(body);
        })) {
            List<String> one = files(prepare(service, paraphrases("concurrency 1\n")));
            int before = service.requests().size();
            deleteAnswers();
            assertThat(files(prepare(service, paraphrases("concurrency 8\n")))).isEqualTo(one);
            assertThat(service.requests()).hasSize(2 * before);
        }
    }

    private void deleteAnswers() throws IOException {
        for (String records : List.of("store/records/answers", "store/records/answer-budgets")) {
            try (var all = Files.walk(folder.resolve(records))) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void answersOfAServiceInTroubleAreRequestedAgainOrLeftOut() throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            service.next(
                    FakeService.status(429, "{\"error\":{\"message\":\"slow down\"}}", "Retry-After", "0"),
                    FakeService.status(500, "no", "Retry-After", "0"),
                    FakeService.dropped("{\"choices\":[{\"mess"),
                    FakeService.status(400, "{\"error\":{\"code\":\"content_policy_violation\"}}"),
                    FakeService.status(200, "<html>not an answer</html>", "Retry-After", "0"));
            SourceRun run = prepare(service, paraphrases("concurrency 1\n"));
            SyntheticCounts.OfKind count = kind(run, "paraphrase");
            assertThat(count.removed()).isEqualTo(Map.of("refused", 1L));
            assertThat(count.rows()).isEqualTo(real(run) - 1);
            // A refusal for the texts is an answer too: it is not requested again.
            int requests = service.requests().size();
            prepare(service, paraphrases("concurrency 1\n"));
            assertThat(service.requests()).hasSize(requests);
        }
    }

    /** 400 may also mean that the account is empty, or that a setting is wrong: a later run asks again. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit balance is too low\"}}",
                "{\"error\":{\"code\":\"ValidationException\"}}",
                "bad request"
            })
    void aRefusalForAnUnknownReasonIsNotStored(String body) throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            service.next(FakeService.status(400, body), FakeService.status(422, body));
            SourceRun run = prepare(service, paraphrases("concurrency 1\n"));
            assertThat(kind(run, "paraphrase").removed()).isEqualTo(Map.of("refused", 2L));
            int requests = service.requests().size();
            SourceRun later = prepare(service, paraphrases("concurrency 1\n"));
            assertThat(service.requests()).hasSize(requests + 2);
            assertThat(kind(later, "paraphrase").rows()).isEqualTo(real(later));
            // The service took no tokens for a refusal.
            assertThat(counts(later).generated().get(0).tokens()).isEqualTo(10L * real(later));
        }
    }

    @Test
    void refusalsOfAnEarlierVersionAreRequestedAgain() throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            prepare(service, paraphrases(""));
            service.forget();
            try (var records = Files.walk(folder.resolve("store/records/answers"))) {
                for (Path file : records.filter(Files::isRegularFile).limit(1).toList()) {
                    Files.writeString(file, "{\"promptTokens\":0,\"tokens\":0}");
                }
            }
            assertThat(kind(prepare(service, paraphrases("")), "paraphrase").removed())
                    .isEmpty();
            assertThat(service.requests()).hasSize(1);
        }
    }

    @Test
    void aReasonThatConcernsEveryRequestIsNoRefusalOfARow() throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            service.next(FakeService.status(400, "{\"error\":{\"code\":\"rate_limit_exceeded\"}}"));
            SourceRun run = prepare(service, paraphrases("concurrency 1\n"));
            assertThat(kind(run, "paraphrase").removed()).isEmpty();
            deleteAnswers();
            for (String code : List.of("model_not_found", "insufficient_quota", "invalid_api_key")) {
                service.forget();
                service.next(FakeService.status(400, "{\"error\":{\"code\":\"%s\"}}".formatted(code)));
                assertThatThrownBy(() -> prepare(service, paraphrases("concurrency 1\n")))
                        .as(code)
                        .isInstanceOf(StageProblem.class)
                        .hasMessageContaining(code);
                assertThat(service.requests()).hasSize(1);
            }
        }
    }

    @Test
    void halfASurrogatePairIsOfTheWrongFormInEveryRun() throws IOException {
        try (FakeService service = new FakeService(body -> paraphrase(body) + " \ud83d\ude00")) {
            service.next(FakeService.status(
                    200,
                    FakeService.whole("small", "half HALF of a pair").toString().replace("HALF", "\\ud83d")));
            SourceRun run = prepare(service, paraphrases("concurrency 1\n"));
            assertThat(kind(run, "paraphrase").removed()).isEqualTo(Map.of("wrongForm", 1L));
            assertThat(run.rows("train")).extracting(Row::promptText).anyMatch(text -> text.endsWith(" \ud83d\ude00"));
            assertThat(files(prepare(service, paraphrases("concurrency 1\n")))).isEqualTo(files(run));
        }
    }

    @Test
    void aLostRequestDoesNotChangeTheCard() throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            service.next(FakeService.dropped("{\"choices\":[{\"mess"));
            SourceRun run = prepare(service, paraphrases("concurrency 1\n"));
            assertThat(counts(run).generated().get(0).tokens()).isEqualTo(10L * real(run));
        }
    }

    @Test
    void uselessAnswersAreCountedAndLeftOut() throws IOException {
        AtomicInteger number = new AtomicInteger();
        try (FakeService service = new FakeService(body -> switch (number.getAndIncrement()) {
            case 0 -> "   ";
            case 1 -> FakeService.question(body).replaceAll("(?s).*Text:\n", ""); // the question itself
            case 2 -> words("long", 400);
            case 3 -> "\u201c" + words("quoted", 6) + "\u201d";
            default -> paraphrase(body);
        })) {
            SourceRun run = prepare(service, paraphrases("concurrency 1\nfilter { row.prompt.length() > 2 }\n"));
            assertThat(kind(run, "paraphrase").removed())
                    .isEqualTo(Map.of("wrongForm", 1L, "duplicates", 1L, "tooLong", 1L));
            assertThat(run.rows("train")).extracting(Row::promptText).contains(words("quoted", 6));
        }
    }

    @Test
    void theBudgetEndsAtTheSameRowInEveryRun() throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            String words = "generate paraphrases { " + BY + "budget tokens: 1500; concurrency 8 }";
            SourceRun run = prepare(service, words);
            long rows = kind(run, "paraphrase").rows();
            assertThat(rows).isBetween(1L, (long) real(run) - 1);
            assertThat(counts(run).generated().get(0).budgetEnded()).isTrue();
            int requests = service.requests().size();
            assertThat(files(prepare(service, words))).isEqualTo(files(run));
            assertThat(service.requests()).hasSize(requests);
            assertThatThrownBy(() -> prepare(service, words.replace("tokens: 1500", "tokens: 1500, end: fail")))
                    .isInstanceOf(StageProblem.class)
                    .hasMessageContaining("the budget ends after");
        }
    }

    /** A worker that dies between an answer and its use: here, the heartbeat ends the work. */
    @Test
    void aKilledAttemptDoesNotRequestItsAnswersAgain() throws IOException {
        AtomicInteger answered = new AtomicInteger();
        try (FakeService service = new FakeService(body -> {
            if (answered.incrementAndGet() == 12) {
                throw new IllegalStateException("the connection ends without an answer");
            }
            return paraphrase(body);
        })) {
            dies = () -> answered.get() > 9;
            assertThatThrownBy(() -> prepare(service, paraphrases("concurrency 2\n")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("killed");
            dies = () -> false;
            int before = service.requests().size();
            assertThat(before).isBetween(10, 14);
            SourceRun run = prepare(service, paraphrases("concurrency 2\n"));
            Set<JsonNode> different = new HashSet<>(service.requests());
            assertThat(different).hasSize(real(run));
            // At most the two requests under way are sent again, because their answers did not arrive.
            assertThat(service.requests().size()).isLessThanOrEqualTo(real(run) + 3);
            deleteAnswers();
            service.forget();
            assertThat(files(prepare(service, paraphrases("concurrency 1\n")))).isEqualTo(files(run));
        }
    }

    @Test
    void aBudgetOfMoneyNeedsPrices() throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            String words = "generate paraphrases { " + BY + "budget cost: 0.5 }";
            assertThatThrownBy(() -> prepare(service, words))
                    .isInstanceOf(StageProblem.class)
                    .hasMessageContaining("the operator's file has no `answerPrices:` for the model");
        }
    }

    @Test
    void onlyEndpointsAndModelsOfTheOperatorAnswer() throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            assertThatThrownBy(() -> prepare(service, paraphrases("").replace("'small'", "'large'")))
                    .isInstanceOf(StageProblem.class)
                    .hasMessageContaining("does not allow the model 'large'");
            assertThatThrownBy(() -> prepare(service, paraphrases("").replace("'service'", "'other'")))
                    .isInstanceOf(StageProblem.class)
                    .hasMessageContaining("has no endpoint 'other'");
            assertThat(service.requests()).isEmpty();
        }
    }

    private static String pair(JsonNode body) {
        return SpecJson.mapper()
                .createObjectNode()
                .put("question", words("q" + body, 5))
                .put("answer", "pair")
                .toString();
    }

    @Test
    void rareClassesGetRowsUpToACount() throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::pair)) {
            SourceRun run = prepare(
                    service,
                    "keep 'topic'\nsplit train: 80.percent, validation: 10.percent, test: 10.percent\n"
                            + "generate rare(on: 'topic', upTo: 10) { " + BY + BUDGET + " }");
            List<String> lines = Files.readAllLines(run.out().resolve("train.jsonl"));
            assertThat(lines)
                    .filteredOn(line -> line.contains("\"topic\":\"rare\""))
                    .hasSize(10);
            assertThat(lines)
                    .filteredOn(line -> line.contains("\"synthetic\":\"rareClass\""))
                    .allMatch(line -> line.contains("\"topic\":\"rare\"") && line.contains("\"completion\":\"pair\""))
                    .as("all rows that the model saw are parents")
                    .allMatch(line -> line.matches(".*\"parent\":\"[0-9a-f]{64} [0-9a-f]{64} [0-9a-f]{64}\".*"));
            assertThat(service.requests()
                            .get(0)
                            .path("response_format")
                            .path("type")
                            .asText())
                    .isEqualTo("json_schema");
        }
    }

    @Test
    void documentsGetQuestionsWithAnswers() throws IOException {
        Files.write(
                folder.resolve("pages.jsonl"),
                IntStream.range(0, 20)
                        .mapToObj(i -> "{\"text\":\"%s\"}".formatted(words("page" + i, 8)))
                        .toList());
        try (FakeService service = new FakeService(GeneratedRowsTest::pair)) {
            SourceRun run =
                    prepare(service, "dataset 'pages.jsonl'", "generate questions(copies: 2) { " + BY + BUDGET + " }");
            assertThat(kind(run, "question").rows()).isEqualTo(2L * real(run));
            assertThat(Files.readString(run.out().resolve("train.jsonl")))
                    .contains("{\"role\":\"assistant\",\"content\":\"pair\"}");
        }
    }

    @Test
    void aTeachersAnswersReplaceRowsWhenTheyAgree() throws IOException {
        AtomicInteger number = new AtomicInteger();
        Function<JsonNode, String> teacher = body -> {
            number.incrementAndGet();
            boolean split = FakeService.question(body).charAt(0) < 'i';
            return split
                    ? "Answer " + body.path("seed").asText()
                    : "The same!" + (body.path("seed").asInt() == 0 ? " " : "");
        };
        try (FakeService service = new FakeService(teacher)) {
            SourceRun plain = prepare(service, "");
            SourceRun run =
                    prepare(service, "generate distill(replace: true, of: 3, agree: 2) { " + BY + BUDGET + " }");
            SyntheticCounts.OfKind count = kind(run, "distilled");
            assertThat(number.get()).isEqualTo(3 * real(plain));
            assertThat(count.rows()).isPositive();
            assertThat(count.removed()).containsOnlyKeys("disagreed");
            assertThat(count.rows() + count.removed().getOrDefault("disagreed", 0L))
                    .isEqualTo(real(plain));
            assertThat(run.rows("train")).hasSize(real(plain));
            Set<String> answers = new HashSet<>();
            run.rows("train")
                    .forEach(row -> answers.add(row.reference().orElseThrow().replaceAll("\\d+", "")));
            assertThat(answers).containsExactlyInAnyOrder("The same!", "answer ");
        }
    }

    @Test
    void aQuestionIsTranslatedThereAndBack() throws IOException {
        try (FakeService service =
                new FakeService(body -> FakeService.question(body).contains("into German")
                        ? "auf Deutsch"
                        : FakeService.question(body).contains("auf Deutsch") ? words(body.toString(), 6) : "wrong")) {
            SourceRun run = prepare(
                    service,
                    "generate backTranslations(language: 'German', share: 20.percent) { " + BY + BUDGET + " }");
            // The second requests are equal, so one answer serves all of them, and the first row has it.
            assertThat(kind(run, "backTranslation").rows()).isEqualTo(1);
        }
    }

    @Test
    void anotherModelThanTheOneThatIsAskedEndsTheWork() throws IOException {
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            service.next(
                    FakeService.status(200, FakeService.whole("other", "text").toString()));
            assertThatThrownBy(() -> prepare(service, paraphrases("concurrency 1\n")))
                    .isInstanceOf(StageProblem.class)
                    .hasMessageContaining("but the model 'other' answers");
            assertThat(service.requests()).hasSize(1);
        }
    }

    @Test
    void theEngineAnswersAsAModelFolder() throws IOException {
        Files.createDirectory(folder.resolve("teacher"));
        try (var parts = Files.list(Path.of("../../examples/quickstart/base-model"))) {
            for (Path part : parts.filter(Files::isRegularFile).toList()) {
                Files.copy(part, folder.resolve("teacher").resolve(String.valueOf(part.getFileName())));
            }
        }
        String words = "generate paraphrases(share: 20.percent) {"
                + " by model('teacher'); budget tokens: 1.million; maxNewTokens 12 }";
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            SourceRun run = prepare(service, words);
            SyntheticCounts.OfKind count = kind(run, "paraphrase");
            long all = count.rows()
                    + count.removed().values().stream()
                            .mapToLong(Long::longValue)
                            .sum();
            assertThat(all).isBetween(1L, (long) real(run));
            assertThat(counts(run).generated().get(0).tokens()).isPositive();
            List<String> first = files(run);
            deleteAnswers();
            assertThat(files(prepare(service, words))).isEqualTo(first);
        }
    }

    @Test
    void ownPromptsNeedTheTextOfTheRow() throws IOException {
        Files.writeString(folder.resolve("own.txt"), "Say it otherwise: {question} ({nothing})");
        try (FakeService service = new FakeService(GeneratedRowsTest::paraphrase)) {
            prepare(service, paraphrases("prompts 'own.txt'\n"));
            assertThat(FakeService.question(service.requests().get(0)))
                    .matches("Say it otherwise: [a-z ]+ \\(\\{nothing}\\)");
            Files.writeString(folder.resolve("own.txt"), "Say something");
            assertThatThrownBy(() -> prepare(service, paraphrases("prompts 'own.txt'\n")))
                    .hasMessageContaining("own.txt: has no {question}; write it where the row's text belongs");
        }
    }

    /** Another pipeline gets each question once: with the answer that replaced the row's, or with its own. */
    @Test
    void anotherPipelineReadsTheRowsThatReplaceOthers() throws IOException {
        Function<JsonNode, String> teacher =
                body -> "Answer to " + FakeService.question(body).hashCode();
        try (FakeService service = new FakeService(teacher)) {
            Path all = folder.resolve("all.jsonl");
            SourceRun replaced = prepare(service, "generate distill(replace: true) { " + BY + BUDGET + " }");
            SplitFiles.join(replaced.out(), all);
            assertThat(Files.readAllLines(all))
                    .hasSize(40)
                    .filteredOn(line -> line.contains("Answer to "))
                    .hasSize((int) counts(replaced).rows());

            SourceRun beside = prepare(service, "generate distill() { " + BY + BUDGET + " }");
            SplitFiles.join(beside.out(), all);
            assertThat(counts(beside).rows()).isPositive();
            assertThat(Files.readAllLines(all)).hasSize(40).noneMatch(line -> line.contains("Answer to "));
        }
    }
}
