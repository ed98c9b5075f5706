package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.FakeService;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.prepare.synthetic.SyntheticCounts;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Generated rows that a model confirms or rates, in the prepared dataset. */
@Tag("long")
class CheckedRowsTest {
    private static final String BY = "by openai(endpoint: 'service', model: 'small'); temperature 0.7\n";
    private static final String BUDGET = "budget tokens: 10.million\n";

    @TempDir
    private Path folder;

    private int attempts;
    private BooleanSupplier dies = () -> false;

    /** Words that only this seed has, so that no row is similar to another. */
    private static String words(String seed, int count) {
        Random letters = new Random(seed.hashCode());
        return IntStream.range(0, count)
                .mapToObj(word -> letters.ints(7, 'a', 'z' + 1)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining()))
                .collect(Collectors.joining(" "));
    }

    private SourceRun prepare(ModelEndpoints endpoints, String dataset, String words) throws IOException {
        LocalStore store = new LocalStore(folder.resolve("store"));
        Fence fence = new Fence("run/prepare", ++attempts);
        store.open(fence);
        try {
            return SourceRun.of(
                    folder,
                    "dataset '%s'\nmaxTokens 400\n%s".formatted(dataset, words),
                    new SyntheticRows.Generating(
                            Teachers.of(endpoints, model -> folder.resolve(model)),
                            store,
                            fence,
                            "run",
                            RequestClock.REAL),
                    (doing, done, total) -> {
                        if (dies.getAsBoolean()) {
                            throw new IllegalStateException("killed");
                        }
                    });
        } finally {
            store.release(fence);
        }
    }

    private SourceRun questions(FakeService service, String check) throws IOException {
        Files.write(
                folder.resolve("pages.jsonl"),
                IntStream.range(0, 40)
                        .mapToObj(i -> String.format(Locale.ROOT, "{\"text\":\"page%d %s\"}", i, words("page" + i, 8)))
                        .toList());
        return prepare(
                service.endpoints(folder, false),
                "pages.jsonl",
                "generate questions { " + BY + BUDGET + "concurrency 2\n" + check + " }");
    }

    private SourceRun paraphrases(FakeService service, String words) throws IOException {
        Files.write(
                folder.resolve("rows.jsonl"),
                IntStream.range(0, 40)
                        .mapToObj(i -> String.format(
                                Locale.ROOT,
                                "{\"prompt\":\"number%d %s\",\"completion\":\"answer %d\"}",
                                i,
                                words("row" + i, 5),
                                i))
                        .toList());
        return prepare(service.endpoints(folder, false), "rows.jsonl", "generate paraphrases { " + BY + words + " }");
    }

    private static SyntheticCounts.OfKind kind(SourceRun run, String name) {
        return Objects.requireNonNull(counts(run).kinds().get(name));
    }

    private static SyntheticCounts counts(SourceRun run) {
        return Objects.requireNonNull(run.card().synthetic());
    }

    private static List<String> files(SourceRun run) throws IOException {
        List<String> all = new ArrayList<>();
        for (String name : List.of("train.jsonl", "card.json")) {
            all.add(Files.readString(run.out().resolve(name)));
        }
        return all;
    }

    /** The number that the fake service finds in a text, such as 7 in {@code page7}. */
    private static int number(String text, String name) {
        return Integer.parseInt(text.replaceAll("(?s).*?" + name + "(\\d+).*", "$1"));
    }

    private static String asked(JsonNode body) {
        return FakeService.question(body);
    }

    private static boolean rates(JsonNode body) {
        return asked(body).startsWith("Rate the answer");
    }

    /** Writes a pair about each text. Answers the question again as the rule says. */
    private static Function<JsonNode, String> writer(Function<Integer, String> again) {
        return body -> {
            String text = asked(body);
            int page = number(text, "page");
            return text.startsWith("Answer the question")
                    ? again.apply(page)
                    : SpecJson.mapper()
                            .createObjectNode()
                            .put("question", words("q" + page, 5))
                            .put("answer", "The red tower")
                            .toString();
        };
    }

    @Test
    void aQuestionStaysIfTheModelAnswersItTheSameAgain() throws IOException {
        Function<Integer, String> again = page -> page % 2 == 0 ? "the  RED tower." : "red tower";
        try (FakeService service = new FakeService(writer(again))) {
            SourceRun exact = questions(service, "selfAgreement answer");
            long texts = counts(exact).generated().get(0).answers() / 2;
            assertThat(kind(exact, "question").removed()).containsOnlyKeys("disagreed");
            assertThat(kind(exact, "question").rows())
                    .isEqualTo(texts - kind(exact, "question").removed().getOrDefault("disagreed", 0L))
                    .isBetween(texts / 4, texts * 3 / 4);
            assertThat(service.requests())
                    .filteredOn(body -> asked(body).startsWith("Answer the question"))
                    .allMatch(body -> body.path("temperature").asDouble() == 0
                            && asked(body).contains(words("q" + number(asked(body), "page"), 5)));
            // F1 of "the red tower" and "red tower" is 0.8.
            assertThat(kind(questions(service, "selfAgreement answer, f1: 0.8"), "question")
                            .rows())
                    .isEqualTo(texts);
            assertThat(kind(questions(service, "selfAgreement answer, f1: 0.81"), "question")
                            .rows())
                    .isEqualTo(kind(exact, "question").rows());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Yes., ''",
        "yes, ''",
        "No., disagreed",
        "'no, because', disagreed",
        "Perhaps, wrongForm",
        "'', wrongForm",
    })
    void aParaphraseStaysIfTheModelSaysThatItAsksTheSame(String answer, String removedBy) throws IOException {
        Function<JsonNode, String> model =
                body -> asked(body).startsWith("Do the two texts") ? answer : words(body.toString(), 6);
        try (FakeService service = new FakeService(model)) {
            SyntheticCounts.OfKind count = kind(paraphrases(service, BUDGET + "selfAgreement meaning\n"), "paraphrase");
            assertThat(count.removed().keySet())
                    .isEqualTo(
                            removedBy.isEmpty()
                                    ? new HashSet<>()
                                    : Map.of(removedBy, 1L).keySet());
            assertThat(count.rows() > 0).isEqualTo(removedBy.isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5, true",
        "**4**, true",
        "Score: 4/5, true",
        "3, false",
        "6, false",
        "45, false",
        "'3 to 4', false",
        "4.5, false",
        "four, false",
        "99999999999999999999, false",
    })
    void rowsBelowTheLeastScoreAreLeftOut(String points, boolean stays) throws IOException {
        Function<JsonNode, String> model = body -> rates(body) ? points : words(body.toString(), 6);
        try (FakeService service = new FakeService(model)) {
            SyntheticCounts.OfKind count = kind(paraphrases(service, BUDGET + "score min: 4\n"), "paraphrase");
            assertThat(count.rows() > 0).as("%s", count).isEqualTo(stays);
            assertThat(count.removed().isEmpty()).isEqualTo(stays);
        }
    }

    @Test
    void anotherModelRatesTheRowsAndOnlyIfTheOperatorAllowsIt() throws IOException {
        Function<JsonNode, String> model = body -> rates(body) ? "2" : words(body.toString(), 6);
        try (FakeService service = new FakeService(model);
                FakeService judge = new FakeService(body -> number(asked(body), "answer ") < 20 ? "5" : "1")) {
            String words = BUDGET + "score min: 4, by: openai(endpoint: 'judge', model: 'large')\n";
            assertThatThrownBy(() -> paraphrases(service, words))
                    .isInstanceOf(StageProblem.class)
                    .hasMessageContaining("has no endpoint 'judge'");
            ModelEndpoints one = service.endpoints(folder, false);
            String other = Files.readString(
                    Objects.requireNonNull(judge.endpoints(Files.createDirectory(folder.resolve("other")), false)
                            .file()));
            Path file = Objects.requireNonNull(one.file());
            Files.writeString(
                    file,
                    Files.readString(file)
                            + other.replace("endpoints:\n", "")
                                    .replace("service:", "judge:")
                                    .replace("small", "large"));
            SourceRun run = prepare(one, "rows.jsonl", "generate paraphrases { " + BY + words + " }");
            assertThat(service.requests()).noneMatch(CheckedRowsTest::rates);
            assertThat(judge.requests()).isNotEmpty().allMatch(CheckedRowsTest::rates);
            assertThat(run.rows("train"))
                    .filteredOn(row -> !row.promptText().startsWith("number"))
                    .isNotEmpty()
                    .extracting(Row::reference)
                    .allMatch(answer -> number(answer.orElseThrow() + " ", "answer ") < 20);
            assertThat(counts(run).generated().get(0).answers())
                    .isEqualTo(service.requests().size() + judge.requests().size());

            Files.writeString(
                    file,
                    Files.readString(file)
                            .replace(
                                    "judge:\n",
                                    "judge:\n    currency: EUR\n    answerPrices: {large: {input: 1.0, output: 1.0}}\n")
                            .replace("service:\n", "service:\n    answerPrices: {small: {input: 1.0, output: 1.0}}\n"));
            assertThatThrownBy(() -> Teachers.check(
                            one,
                            Objects.requireNonNull(SourceRun.spec("dataset 'rows.jsonl'\ngenerate paraphrases { " + BY
                                            + words.replace("budget tokens: 10.million", "budget cost: 1.0") + "}")
                                    .synthetic())))
                    .isInstanceOf(StageProblem.class)
                    .hasMessageContaining("prices in EUR and USD");
        }
    }

    private static final String SCHEMA =
            "{\"type\": \"object\", \"required\": [\"total\"], \"properties\": {\"total\": {\"minimum\": %d}}}";

    /** The model's answer by the number of the page: valid, of a wrong type, too small, in a code fence, no JSON. */
    private static String answer(int page) {
        return switch (page % 5) {
            case 0 -> String.format(Locale.ROOT, "{\"total\": %d}", 100 + page);
            case 1 -> String.format(Locale.ROOT, "[%d]", page);
            case 2 -> "{\"total\": 1}";
            case 3 -> "```json\n{\"total\": 100}\n```";
            default -> "about 100";
        };
    }

    /** The digest of the files in the stage's key. */
    private String keyWithSchema() throws IOException {
        String words = "dataset 'pages.jsonl'\ngenerate questions { " + BY + BUDGET + "schema 'answer.schema.json' }";
        return Objects.requireNonNull(SyntheticFiles.of(
                        SourceRun.files(folder),
                        SourceRun.run(folder),
                        SourceRun.spec(words).syntheticOrNone())
                .digest());
    }

    @Test
    void theContentOfTheSchemaIsAPartOfTheKey() throws IOException {
        Path schema = folder.resolve("answer.schema.json");
        Files.writeString(schema, String.format(Locale.ROOT, SCHEMA, 50));
        String key = keyWithSchema();
        assertThat(keyWithSchema()).isEqualTo(key);
        Files.writeString(schema, String.format(Locale.ROOT, SCHEMA, 51));
        assertThat(keyWithSchema()).isNotEqualTo(key);
    }

    @Test
    void onlyAnswersThatTheSchemaAcceptsTrain() throws IOException {
        Function<JsonNode, String> model = body -> rates(body)
                ? "5"
                : SpecJson.mapper()
                        .createObjectNode()
                        .put("question", words("q" + number(asked(body), "page"), 5))
                        .put("answer", answer(number(asked(body), "page")))
                        .toString();
        Path schema = folder.resolve("answer.schema.json");
        Files.writeString(schema, String.format(Locale.ROOT, SCHEMA, 50));
        try (FakeService service = new FakeService(model)) {
            SourceRun run = questions(service, "schema 'answer.schema.json'\nscore min: 4");
            SyntheticCounts.OfKind count = kind(run, "question");
            assertThat(count.removed()).containsOnlyKeys("notBySchema");
            assertThat(run.rows("train"))
                    .filteredOn(row -> row.reference().isPresent())
                    .hasSize((int) count.rows())
                    .isNotEmpty()
                    .allMatch(row -> row.reference().orElseThrow().matches("\\{\"total\": 1\\d\\d}"));
            assertThat(service.requests().stream().filter(CheckedRowsTest::rates))
                    .as("no model is asked about a row that is not valid")
                    .hasSize((int) count.rows());

            int requests = service.requests().size();
            Files.writeString(schema, String.format(Locale.ROOT, SCHEMA, 1));
            assertThat(kind(questions(service, "schema 'answer.schema.json'\nscore min: 4"), "question")
                            .rows())
                    .as("the schema is read again")
                    .isGreaterThan(count.rows());
            assertThat(service.requests().stream().skip(requests)).allMatch(CheckedRowsTest::rates);

            int before = service.requests().size();
            Files.writeString(schema, "{\"minimun\": 1}");
            assertThatThrownBy(() -> questions(service, "schema 'answer.schema.json'"))
                    .isInstanceOf(StageProblem.class)
                    .hasMessage("prepare: generate: schema 'answer.schema.json': #/minimun is a keyword that is not"
                            + " supported; correct the schema");
            assertThat(service.requests()).hasSize(before);
        }
    }

    /** A kill between the answers, and a budget that ends in the middle, change no byte. */
    @Test
    void killsAndBudgetsDoNotChangeTheCheckedRows() throws IOException {
        Function<JsonNode, String> model = body -> rates(body)
                ? Integer.toString(3 + Math.floorMod(asked(body).hashCode(), 3))
                : asked(body).startsWith("Do the two texts") ? "yes" : words(body.toString(), 6);
        String words = BUDGET + "concurrency 1\nselfAgreement meaning\nscore min: 4\n";
        try (FakeService service = new FakeService(model)) {
            dies = () -> service.requests().size() > 40;
            assertThatThrownBy(() -> paraphrases(service, words)).hasMessage("killed");
            dies = () -> false;
            SourceRun run = paraphrases(service, words);
            int requests = service.requests().size();
            assertThat(new HashSet<>(service.requests()).size())
                    .as("only a request that was under way at the kill is sent again")
                    .isBetween(requests - 1, requests);
            assertThat(kind(run, "paraphrase").removed()).containsOnlyKeys("lowScore");
            assertThat(files(paraphrases(service, words))).isEqualTo(files(run));
            assertThat(service.requests()).hasSize(requests);

            String little = words.replace("10.million", "6.thousand");
            SourceRun ended = paraphrases(service, little);
            assertThat(counts(ended).generated().get(0).budgetEnded()).isTrue();
            assertThat(counts(ended).generated().get(0).tokens()).isLessThanOrEqualTo(6_000);
            assertThat(files(paraphrases(service, little))).isEqualTo(files(ended));
        }
    }
}
