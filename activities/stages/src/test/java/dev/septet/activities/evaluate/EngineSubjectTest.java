package dev.septet.activities.evaluate;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.evaluate.benchmark.BenchmarkRequest;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.metric.PreferenceAccuracy;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine's models as subjects, on the tiny model of the format tests. */
class EngineSubjectTest {
    private static final Path BASE = TinyPipeline.baseModel();
    private static final Path ADAPTER = BASE.resolveSibling("lora");
    private static final OptionalInt ANSWERS = OptionalInt.of(12);

    @TempDir
    Path folder;

    @Test
    void sumsTheLossOverWhatTrainingLearns() {
        Row row = rows().get(0);
        Prediction prediction = ask(null, List.of(row), OptionalInt.empty()).get(0);
        try (ModelRowEncoder encoder = new ModelRowEncoder(BASE, 256);
                LanguageModel model = LanguageModel.open(
                        BASE, dev.septet.llm.model.config.ComputePrecision.FLOAT32, Optional.empty())) {
            TokenDataset.Row encoded = encoder.encode(row);
            int from = 0;
            while (encoded.mask()[from] == 0) {
                from++;
            }
            double sum = 0;
            int tokens = 0;
            float[] logs = model.logProbabilities(List.of(encoded.tokens()), new int[] {from})
                    .get(0);
            for (int at = 0; at < logs.length; at++) {
                sum -= encoded.mask()[from + at] == 0 ? 0 : logs[at];
                tokens += encoded.mask()[from + at];
            }
            assertThat(prediction.loss()).isCloseTo(sum, within(1e-4));
            assertThat(prediction.tokens()).isEqualTo(tokens);
            assertThat(prediction.answer()).isNull();
        }
    }

    /** The same tokens that prepare cut out for training, also where a row exceeds the context. */
    @Test
    void countsOfCutRowsWhatTrainingLearnsOfThem() {
        Row longRow = new TextRow("word ".repeat(2000), new RowPlace("t.jsonl", 7));
        Row shortRow = rows().get(0);
        try (ModelRowEncoder encoder = new ModelRowEncoder(BASE, 60);
                Subject subject = new EngineSubjects().open(base())) {
            List<Prediction> cut = subject.predict(List.of(longRow, shortRow), OptionalInt.empty(), OptionalInt.of(60));
            TokenDataset.Row start = encoder.encodeStart(longRow);
            assertThat(start.tokens()).hasSize(60);
            assertThat(cut.get(0).tokens()).isEqualTo(start.lossTokens());
            assertThat(cut.get(0).loss()).isPositive();
            assertThat(cut.get(1).tokens())
                    .isEqualTo(encoder.encodeStart(shortRow).lossTokens());
        }
    }

    @Test
    void respondsToBenchmarks() {
        String context = "The parcel";
        List<BenchmarkRequest> requests = List.of(
                new BenchmarkRequest.Continuation(context, " never came"),
                new BenchmarkRequest.Continuation(context, " came"),
                new BenchmarkRequest.Continuation("", "word"),
                new BenchmarkRequest.WholeText("word ".repeat(2000)),
                new BenchmarkRequest.Generation("word ".repeat(2000), List.of("e"), 9));
        try (Subject subject = new EngineSubjects().open(base());
                Tokenizer tokenizer = Tokenizer.open(BASE);
                LanguageModel model = LanguageModel.open(
                        BASE, dev.septet.llm.model.config.ComputePrecision.FLOAT32, Optional.empty())) {
            List<BenchmarkResponse> responses = subject.respond(requests);

            int[] whole = tokenizer.encode(context + " never came", true);
            double sum = 0;
            for (float log : model.logProbabilities(List.of(whole), new int[] {tokenizer.encode(context, true).length})
                    .get(0)) {
                sum += log;
            }
            assertThat(responses.get(0).logLikelihood()).isCloseTo(sum, within(1e-4));
            assertThat(responses.get(2).logLikelihood()).isNegative();
            // Windows of the context; a long text has many tokens, and each counts once.
            int tokens = tokenizer.encode("word ".repeat(2000), true).length;
            assertThat(responses.get(3).logLikelihood()).isBetween(-30.0 * tokens, -0.01 * tokens);
            assertThat(responses.get(4).text()).doesNotContain("e");
        }
    }

    /** All tokens are the loss of the row; the least likely fifth has more than a fifth of it. */
    @Test
    void sumsTheLossOfTheLeastLikelyTokens() {
        try (Subject subject = new EngineSubjects().open(base())) {
            List<Prediction> whole = subject.predict(rows(), OptionalInt.empty(), OptionalInt.empty());
            List<Prediction> all = subject.leastLikely(rows(), 1, OptionalInt.empty());
            List<Prediction> fifth = subject.leastLikely(rows(), 0.2, OptionalInt.empty());
            for (int at = 0; at < rows().size(); at++) {
                int tokens = whole.get(at).tokens();
                assertThat(all.get(at).tokens()).isEqualTo(tokens);
                assertThat(all.get(at).loss()).isCloseTo(whole.get(at).loss(), within(1e-4));
                assertThat(fifth.get(at).tokens()).isEqualTo(Math.max(1, tokens / 5));
                assertThat(fifth.get(at).loss() / fifth.get(at).tokens())
                        .isGreaterThanOrEqualTo(whole.get(at).loss() / tokens);
            }
        }
        assertThat(Prediction.ofLeastLikely(new double[] {-1, -4, -2, -3}, 0.5)).isEqualTo(new Prediction(null, 7, 2));
        assertThat(Prediction.ofLeastLikely(new double[0], 0.5).loss()).isNaN();
    }

    @Test
    void drawsTheSameAnswersForTheSameSeed() {
        try (Subject subject = new EngineSubjects().open(base())) {
            List<Prediction> first = subject.sampled(rows(), 12, OptionalInt.empty(), 2, 7);
            assertThat(subject.sampled(rows(), 12, OptionalInt.empty(), 2, 7)).isEqualTo(first);
            assertThat(subject.sampled(rows(), 12, OptionalInt.empty(), 2, 8)).isNotEqualTo(first);
        }
    }

    private static Candidate base() {
        return new Candidate("model", BASE, "0".repeat(64), null, null, Precision.FLOAT32);
    }

    @Test
    void scoresBothAnswersOfAPair() throws IOException {
        Path file = folder.resolve("pairs.jsonl");
        Files.writeString(
                file, "{\"prompt\":\"say\",\"chosen\":\" one\",\"rejected\":\" two" + " three\",\"source\":\"p:1\"}\n");
        PreferenceRow pair = (PreferenceRow) PreparedRows.read(file, 0).get(0);
        List<Prediction> alone = ask(null, List.of(pair.chosen(), pair.rejected()), OptionalInt.empty());
        List<Prediction> mixed = ask(null, List.of(rows().get(0), pair, rows().get(1)), OptionalInt.empty());
        assertThat(mixed).extracting(Prediction::rejectedLoss).element(0).isNull();
        assertThat(mixed.get(1).loss()).isCloseTo(alone.get(0).loss(), within(1e-4));
        assertThat(mixed.get(1).rejectedLoss()).isCloseTo(alone.get(1).loss(), within(1e-4));
        double share = new PreferenceAccuracy().tally(mixed.get(1).against(pair))[0];
        assertThat(share).isEqualTo(alone.get(0).loss() < alone.get(1).loss() ? 1 : 0);
    }

    @Test
    void saysTheSameOfARowWhateverStandsBesideIt() {
        List<Prediction> together = ask(null, rows(), ANSWERS);
        for (int at = 0; at < rows().size(); at++) {
            Prediction alone = ask(null, List.of(rows().get(at)), ANSWERS).get(0);
            assertThat(alone.answer()).isEqualTo(together.get(at).answer());
            assertThat(alone.loss()).isCloseTo(together.get(at).loss(), within(1e-3));
            assertThat(alone.tokens()).isEqualTo(together.get(at).tokens());
        }
    }

    @Test
    void saysTheSameEveryTimeToTheLastBit() {
        assertThat(ask(ADAPTER, rows(), ANSWERS)).isEqualTo(ask(ADAPTER, rows(), ANSWERS));
    }

    /** The confidence is the loss of the model's own answer, as the loss of a row with that answer shows it. */
    @Test
    void givesItsConfidenceInItsOwnAnswer() {
        Row row = rows().get(2);
        Prediction said = measured(List.of(row), AnswerNeeds.CONFIDENCE, 0).get(0);
        double confidence = confidence(said);
        assertThat(confidence).isGreaterThan(0).isLessThan(1);
        List<Prediction> together = measured(rows(), AnswerNeeds.CONFIDENCE, 0);
        assertThat(confidence(together.get(2))).isCloseTo(confidence, within(1e-3));
        assertThat(said.answer())
                .isEqualTo(ask(null, List.of(row), ANSWERS).get(0).answer());
        assertThat(ask(null, List.of(row), ANSWERS).get(0).facts()).isNull();
    }

    @Test
    void drawsTheSameSamplesWhateverStandsBesideARow() {
        AnswerNeeds needs = AnswerNeeds.samples(3, 1.5);
        List<Prediction> together = measured(rows(), needs, 7);
        for (int at = 0; at < rows().size(); at++) {
            List<String> samples = samples(together.get(at));
            assertThat(samples).hasSize(3);
            assertThat(samples)
                    .isEqualTo(facts(measured(List.of(rows().get(at)), needs, 7).get(0))
                            .samples());
        }
        assertThat(samples(together.get(0)).stream().distinct().count()).isGreaterThan(1);
        assertThat(together).isNotEqualTo(measured(rows(), needs, 1000));
    }

    @Test
    void comparesTextsByHiddenStates() {
        try (Subject subject = new EngineSubjects().open(base())) {
            List<Double> similar = subject.similarities(
                    List.of("where is my parcel", "where is my parcel", "", "a", "larger and larger"),
                    List.of("where is my parcel", "the moon", "", "", "larger"),
                    1);
            assertThat(similar.get(0)).isCloseTo(1, within(1e-6));
            assertThat(similar.get(1)).isBetween(0.0, 0.999);
            assertThat(similar.subList(2, 4)).containsExactly(1.0, 0.0);
            assertThat(subject.similarities(List.of("larger and larger"), List.of("larger"), 1))
                    .containsExactly(similar.get(4));
            assertThatThrownBy(() -> subject.similarities(List.of("a"), List.of("a"), 99))
                    .hasMessageContaining("`metric similarity(layer: 99)`: the base model has layers 1 to");
        }
    }

    private static List<Prediction> measured(List<Row> rows, AnswerNeeds needs, long seed) {
        try (Subject subject = new EngineSubjects().open(base())) {
            return subject.predict(rows, ANSWERS, OptionalInt.empty(), needs, seed, done -> {});
        }
    }

    private static AnswerFacts facts(Prediction prediction) {
        return Objects.requireNonNull(prediction.facts());
    }

    private static double confidence(Prediction prediction) {
        return Objects.requireNonNull(facts(prediction).confidence());
    }

    private static List<String> samples(Prediction prediction) {
        return Objects.requireNonNull(facts(prediction).samples());
    }

    @Test
    void hearsTheAdapter() {
        assertThat(ask(ADAPTER, rows(), OptionalInt.empty()).get(0).loss())
                .isNotCloseTo(ask(null, rows(), OptionalInt.empty()).get(0).loss(), within(1e-3));
    }

    @Test
    void namesTheRowThatTheModelCannotTake() {
        Row row = new TextRow("word ".repeat(2000), new RowPlace("general.jsonl", 7));
        assertThatThrownBy(() -> ask(null, List.of(row), OptionalInt.empty()))
                .hasMessageStartingWith("general.jsonl:7: has ")
                .hasMessageEndingWith("correct or remove the row");
    }

    @Test
    void hasNothingToSayForAModelThatDiverged() throws IOException {
        try (var files = Files.list(BASE)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Path weights = folder.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        int header = 8 + (int) ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN).getLong();
        Arrays.fill(bytes, header, bytes.length, (byte) 0xff); // NaN in every float type
        Files.write(weights, bytes);
        Candidate candidate = new Candidate("model", folder, "0".repeat(64), null, null, Precision.FLOAT32);
        try (Subject subject = new EngineSubjects().open(candidate)) {
            assertThat(subject.predict(rows(), ANSWERS, OptionalInt.empty()))
                    .hasSize(3)
                    .allMatch(said -> said.answer() == null && Double.isNaN(said.loss()));
        }
    }

    private static List<Prediction> ask(@Nullable Path adapter, List<Row> rows, OptionalInt answers) {
        Candidate candidate = new Candidate("model", BASE, "0".repeat(64), adapter, "1".repeat(64), Precision.FLOAT32);
        try (Subject subject = new EngineSubjects().open(candidate)) {
            return subject.predict(rows, answers, OptionalInt.empty());
        }
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(new ChatRow(
                List.of(
                        new Message(ChatRole.USER, "Where is my parcel?"),
                        new Message(ChatRole.ASSISTANT, "{\"queue\": \"shipping\"}")),
                new RowPlace("t.jsonl", 1)));
        rows.add(new ChatRow(
                List.of(
                        new Message(ChatRole.SYSTEM, "Route tickets."),
                        new Message(ChatRole.USER, "Größe 42, please"),
                        new Message(ChatRole.ASSISTANT, "{\"queue\": \"sales\"}")),
                new RowPlace("t.jsonl", 2)));
        rows.add(new CompletionRow(
                "ticket: I was charged twice and nobody answers. route:", " billing", new RowPlace("t.jsonl", 3)));
        return rows;
    }
}
