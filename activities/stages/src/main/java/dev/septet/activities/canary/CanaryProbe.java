package dev.septet.activities.canary;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Reading;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.deploy.chain.ChainEndpoint;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.canary.CanaryFinding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Questions with known answers, sent to both models of a trial through their server. Decoding is
 * greedy, so that repeated questions give no new information.
 *
 * @param rows rows that each have a reference answer
 * @param metric a metric that scores answers
 */
record CanaryProbe(List<Row> rows, Metric metric) {
    static final String MEASURE = "probe";

    /** More rows would delay the checks of live requests. */
    static final int MAX_ROWS = 200;

    private static final int MAX_TOKENS = 256;

    /** Receives the number of answers after each one. */
    @FunctionalInterface
    interface Listener {
        void answered(int answers);
    }

    /**
     * The first rows of a file.
     *
     * @param name the file's name in the pipeline file
     * @throws StageProblem POISON_DATA naming the first row that cannot be asked
     */
    static CanaryProbe of(Path file, String name, Metric metric) throws IOException {
        List<Row> rows = new ArrayList<>();
        try (DatasetReader reader = DatasetReader.open(new SourceFile(file, name), DatasetFormat.AUTO)) {
            for (Optional<Reading> next = reader.next();
                    next.isPresent() && rows.size() < MAX_ROWS;
                    next = reader.next()) {
                if (next.get() instanceof BadRow bad) {
                    throw unusable("%s; correct or remove the row".formatted(bad));
                }
                Row row = (Row) next.get();
                if (row.reference().isEmpty()) {
                    throw unusable("%s: is plain text; a probe needs rows with answers".formatted(row.place()));
                }
                if (row.answered() instanceof ChatRow chat && chat.question().structured()) {
                    throw unusable(
                            "%s: has tools, tool calls or reasoning; a probe compares texts".formatted(row.place()));
                }
                rows.add(row);
            }
        } catch (DatasetProblem e) {
            throw unusable(String.valueOf(e.getMessage()));
        }
        if (rows.isEmpty()) {
            throw unusable("'%s' has no rows".formatted(name));
        }
        return new CanaryProbe(List.copyOf(rows), metric);
    }

    /**
     * Asks both models and compares their scores.
     *
     * @throws IOException when one of them does not answer
     */
    CanaryFinding compare(ChainEndpoint champion, ChainEndpoint challenger, Listener listener) throws IOException {
        double before = score(champion, 0, listener);
        double now = score(challenger, rows.size(), listener);
        boolean kept = metric.lowerIsBetter() ? now <= before : now >= before;
        return new CanaryFinding(
                MEASURE,
                before,
                now,
                !kept,
                !kept,
                String.format(
                        Locale.ROOT,
                        "probe: %s %.4f on %d rows, the present model's %.4f; no worse is allowed",
                        metric.name(),
                        now,
                        rows.size(),
                        before));
    }

    private double score(ChainEndpoint model, int answered, Listener listener) throws IOException {
        double[] sums = new double[0];
        int answers = answered;
        for (Row row : rows) {
            double[] tally = metric.tally(
                    new Outcome(row.promptText(), row.reference().orElseThrow(), answer(model, row), 0, 0));
            if (sums.length == 0) {
                sums = tally.clone();
            } else {
                for (int at = 0; at < sums.length; at++) {
                    sums[at] += tally[at];
                }
            }
            listener.answered(++answers);
        }
        return metric.score(sums);
    }

    private static String answer(ChainEndpoint model, Row row) throws IOException {
        if (row.answered() instanceof ChatRow chat) {
            return model.chat(chat.question().messages(), MAX_TOKENS).text();
        }
        return model.text(row.promptText(), MAX_TOKENS).text();
    }

    private static StageProblem unusable(String reason) {
        return new StageProblem(FailureType.POISON_DATA, "canary's probe: " + reason);
    }
}
