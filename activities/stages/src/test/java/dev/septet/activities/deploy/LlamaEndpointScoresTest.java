package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Reading;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.metric.ExactMatch;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.WorkerSubjects;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model has the same scores by the engine and by an endpoint of llama.cpp. */
class LlamaEndpointScoresTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();
    private static final Path MODEL = QUICKSTART.resolve("base-model");
    private static final int ROWS = 24;
    private static final int EVERY = 90;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void scoresOfTheQuickstartsRowsAreEqual() throws IOException {
        Path gguf = folder.resolve("model.gguf");
        GgufExport.write(ModelFolder.open(MODEL), gguf, "small", GgufForm.F16);
        List<Row> rows = rows();
        Candidate model = new Candidate("model", MODEL, "0".repeat(64), null, null, Precision.FLOAT32);
        try (LlamaEndpoint llama = new LlamaEndpoint(gguf)) {
            ModelEndpoints endpoints = new ModelEndpoints(
                    Files.writeString(
                            folder.resolve("trainers.yaml"),
                            "endpoints: {llama: {url: '%s/v1', models: [small]}}\n".formatted(llama.address())),
                    Map.of());
            WorkerSubjects subjects = new WorkerSubjects(endpoints);

            List<Prediction> engine = predict(subjects, model, rows);
            List<Prediction> endpoint = predict(subjects, model.by(new Candidate.Hosted("llama", "small")), rows);

            long equal = IntStream.range(0, ROWS)
                    .filter(row -> text(engine.get(row)).equals(text(endpoint.get(row))))
                    .count();
            // llama.cpp computes with 16-bit weights, which may turn a tie between two tokens.
            assertThat(equal).isGreaterThanOrEqualTo(ROWS - 2);
            assertThat(matches(rows, endpoint)).isEqualTo(matches(rows, engine));
        }
    }

    private static String text(Prediction prediction) {
        return String.valueOf(prediction.answer()).strip();
    }

    private static List<Prediction> predict(WorkerSubjects subjects, Candidate candidate, List<Row> rows) {
        try (Subject subject = subjects.open(candidate)) {
            return subject.predict(rows, OptionalInt.of(32), OptionalInt.empty());
        }
    }

    private static double matches(List<Row> rows, List<Prediction> predictions) {
        return IntStream.range(0, rows.size())
                .mapToDouble(row -> new ExactMatch()
                        .tally(new Outcome(
                                rows.get(row).reference().orElseThrow(),
                                predictions.get(row).answer(),
                                Double.NaN,
                                0))[0])
                .sum();
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        Path file = QUICKSTART.resolve("data/tickets.jsonl");
        try (DatasetReader reader = DatasetReader.open(new SourceFile(file, "tickets.jsonl"), DatasetFormat.CHAT)) {
            int count = 0;
            for (Optional<Reading> next = reader.next(); next.isPresent() && rows.size() < ROWS; next = reader.next()) {
                if (next.get() instanceof Row row && count++ % EVERY == 0) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }
}
