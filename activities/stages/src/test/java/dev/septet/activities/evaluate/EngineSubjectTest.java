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
import dev.septet.activities.evaluate.metric.PreferenceAccuracy;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
