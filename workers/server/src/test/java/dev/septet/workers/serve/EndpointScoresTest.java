package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Reading;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.WorkerSubjects;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model has the same scores by the engine and by an endpoint: here Septet's own server, over HTTP with a key. */
class EndpointScoresTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();
    private static final Path MODEL = QUICKSTART.resolve("base-model");
    private static final int ROWS = 40;
    private static final int EVERY = 60;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void scoresOfTheQuickstartsRowsAreEqual() throws IOException {
        Models models = new Models();
        models.add("tuned", new HostedBackend("v", EngineBackend.open(MODEL)));
        List<Row> rows = rows();
        Candidate whole = new Candidate("model", MODEL, "0".repeat(64), null, null, Precision.FLOAT32);
        try (ModelServer server = ModelServer.start(
                new ServeSettings("127.0.0.1", 0, new ApiKeys(List.of(Upstream.KEY)), ServeLimits.DEFAULT),
                models,
                AuditBook.none())) {
            WorkerSubjects subjects = new WorkerSubjects(Upstream.endpoints(folder, server.port()));
            List<Prediction> engine =
                    predict(new WorkerSubjects(new ModelEndpoints(null, java.util.Map.of())), whole, rows);
            List<Prediction> endpoint = predict(subjects, whole.by(new Candidate.Hosted("service", "tuned")), rows);

            assertThat(endpoint)
                    .extracting(Prediction::answer)
                    .containsExactlyElementsOf(
                            engine.stream().map(Prediction::answer).toList());
            for (String name : List.of("exactMatch", "bleu", "rougeL")) {
                assertThat(score(name, rows, endpoint)).as(name).isEqualTo(score(name, rows, engine));
            }
            assertThat(score("rougeL", rows, endpoint))
                    .as("the answers say something")
                    .isPositive();
        }
    }

    private static List<Prediction> predict(WorkerSubjects subjects, Candidate candidate, List<Row> rows) {
        try (Subject subject = subjects.open(candidate)) {
            return subject.predict(rows, OptionalInt.of(48), OptionalInt.empty());
        }
    }

    private static double score(String name, List<Row> rows, List<Prediction> predictions) {
        Metric metric = Metrics.named(name);
        double[] sums = new double[0];
        for (int at = 0; at < rows.size(); at++) {
            Row row = rows.get(at);
            double[] tally = metric.tally(new Outcome(
                    row.reference().orElseThrow(), predictions.get(at).answer(), Double.NaN, 0));
            sums = sums.length == 0 ? new double[tally.length] : sums;
            for (int i = 0; i < tally.length; i++) {
                sums[i] += tally[i];
            }
        }
        return metric.score(sums);
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
