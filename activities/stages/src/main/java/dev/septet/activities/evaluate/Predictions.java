package dev.septet.activities.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.answer.Teachers;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.benchmark.BenchmarkTask;
import dev.septet.activities.evaluate.cluster.StoredVectors;
import dev.septet.activities.evaluate.judge.JudgePanel;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.rival.TextVectors;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.trace.Traces;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import io.opentelemetry.api.common.Attributes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Computes predictions and stores them. Rows are processed in fixed shards of {@value Subject#SHARD_ROWS},
 * and each finished shard is stored immediately. A killed attempt loses only its current shard. A
 * later attempt, or a later run with the same model and rows, reuses the others.
 *
 * <p>Records: {@code predictions/<digest of model, rows and settings>/<shard>}, with {@code -answers} after the
 * digest where there are no losses.
 */
public final class Predictions {
    /** More than of the test split, because rows of a benchmark share the solved ones before them. */
    private static final int BENCHMARK_ROWS = 32;

    private final ArtifactStore store;
    private final Fence fence;
    private final Subjects subjects;

    private final Teachers teachers;
    private final RequestClock clock;

    /** Without judges. */
    public Predictions(ArtifactStore store, Fence fence, Subjects subjects) {
        this(store, fence, subjects, Teachers.none(), RequestClock.REAL);
    }

    /**
     * @param teachers opens the models that judge answers
     */
    public Predictions(ArtifactStore store, Fence fence, Subjects subjects, Teachers teachers, RequestClock clock) {
        this.teachers = teachers;
        this.clock = clock;
        this.store = store;
        this.fence = fence;
        this.subjects = subjects;
    }

    /**
     * One list of responses per row of a benchmark, as {@link #of}.
     *
     * <p>Records: {@code benchmarks/<digest of model and requests>/<shard>}.
     */
    List<List<BenchmarkResponse>> responses(
            Candidate candidate, String digest, List<BenchmarkTask.Row> rows, IntConsumer progress) throws IOException {
        List<List<BenchmarkResponse>> all = new ArrayList<>();
        try (Lazy subject = new Lazy(candidate)) {
            for (int from = 0; from < rows.size(); from += BENCHMARK_ROWS) {
                List<BenchmarkTask.Row> shard = rows.subList(from, Math.min(from + BENCHMARK_ROWS, rows.size()));
                String name = String.format(Locale.ROOT, "benchmarks/%s/%06d", digest, from / BENCHMARK_ROWS);
                int count =
                        shard.stream().mapToInt(row -> row.requests().size()).sum();
                Optional<List<BenchmarkResponse>> known = stored(name, count, BenchmarkResponse[].class);
                List<BenchmarkResponse> responses;
                if (known.isPresent()) {
                    responses = known.get();
                } else {
                    responses = subject.get()
                            .respond(shard.stream()
                                    .flatMap(row -> row.requests().stream())
                                    .toList());
                    if (responses.size() != count) {
                        throw new IllegalStateException(
                                String.format(Locale.ROOT, "%d responses to %d requests", responses.size(), count));
                    }
                    store.putRecord(name, SpecJson.mapper().writeValueAsString(responses), fence);
                }
                int at = 0;
                for (BenchmarkTask.Row row : shard) {
                    all.add(responses.subList(at, at + row.requests().size()));
                    at += row.requests().size();
                }
                progress.accept(all.size());
            }
        }
        return all;
    }

    /**
     * One prediction per row of the exam. The model is loaded only when a shard is missing.
     *
     * @param progress receives the number of finished rows after each shard, and where a service answers also in between
     */
    public List<Prediction> of(Candidate candidate, EvaluationRows evaluationRows, IntConsumer progress)
            throws IOException {
        // An endpoint may show losses later, and the answers alone must not stand for them.
        String key = evaluationRows.key(candidate, subjects.address(candidate))
                + (subjects.measuresLosses(candidate) ? "" : "-answers");
        return shards(
                key,
                candidate,
                evaluationRows,
                progress,
                (subject, rows, each) -> subject.predict(
                        rows,
                        evaluationRows.answerTokens(),
                        evaluationRows.cutAfter(),
                        evaluationRows.needs(),
                        evaluationRows.seed(),
                        each));
    }

    /**
     * The losses of each row's least likely tokens, see {@link Subject#leastLikely}. Their records have {@code -least} and
     * the percentage after the digest.
     */
    List<Prediction> leastLikely(Candidate candidate, EvaluationRows evaluationRows, double share, IntConsumer progress)
            throws IOException {
        return shards(
                String.format(
                        Locale.ROOT, "%s-least%d", evaluationRows.key(candidate, subjects.address(candidate)), (int)
                                (100 * share)),
                candidate,
                evaluationRows,
                progress,
                (subject, rows, each) -> subject.leastLikely(rows, share, evaluationRows.cutAfter()));
    }

    /**
     * Sampled answers, see {@link Subject#sampled}. Their records have {@code -sample}, the percentage of the temperature and
     * the seed after the digest.
     */
    List<Prediction> sampled(
            Candidate candidate, EvaluationRows evaluationRows, double temperature, long seed, IntConsumer progress)
            throws IOException {
        return shards(
                String.format(
                        Locale.ROOT,
                        "%s-sample%d-%d",
                        evaluationRows.key(candidate, subjects.address(candidate)),
                        Math.round(100 * temperature),
                        seed),
                candidate,
                evaluationRows,
                progress,
                (subject, rows, each) -> subject.sampled(
                        rows,
                        evaluationRows.answerTokens().orElseThrow(),
                        evaluationRows.cutAfter(),
                        temperature,
                        seed));
    }

    /** Whether the losses of given answers can be measured. */
    boolean measuresLosses(Candidate candidate) {
        return subjects.measuresLosses(candidate);
    }

    /** What a subject computes for the rows of a shard. */
    @FunctionalInterface
    private interface Computation {
        List<Prediction> of(Subject subject, List<Row> rows, IntConsumer progress);
    }

    private List<Prediction> shards(
            String key,
            Candidate candidate,
            EvaluationRows evaluationRows,
            IntConsumer progress,
            Computation computation)
            throws IOException {
        return Traces.span(
                "predict",
                Attributes.of(Traces.ROWS, (long) evaluationRows.rows().size()),
                () -> computed(key, candidate, evaluationRows, progress, computation));
    }

    private List<Prediction> computed(
            String key,
            Candidate candidate,
            EvaluationRows evaluationRows,
            IntConsumer progress,
            Computation computation)
            throws IOException {
        List<Prediction> all = new ArrayList<>();
        try (Lazy subject = new Lazy(candidate)) {
            for (int from = 0; from < evaluationRows.rows().size(); from += Subject.SHARD_ROWS) {
                List<Row> rows = evaluationRows
                        .rows()
                        .subList(
                                from,
                                Math.min(
                                        from + Subject.SHARD_ROWS,
                                        evaluationRows.rows().size()));
                String name = String.format(Locale.ROOT, "predictions/%s/%06d", key, from / Subject.SHARD_ROWS);
                Optional<List<Prediction>> stored = stored(name, rows.size(), Prediction[].class);
                if (stored.isPresent()) {
                    all.addAll(stored.get());
                } else {
                    int before = from;
                    List<Prediction> computed =
                            computation.of(subject.get(), rows, done -> progress.accept(before + done));
                    if (computed.size() != rows.size()) {
                        throw new IllegalStateException(
                                String.format(Locale.ROOT, "%d predictions for %d rows", computed.size(), rows.size()));
                    }
                    store.putRecord(name, text(computed), fence);
                    all.addAll(computed);
                }
                progress.accept(all.size());
            }
        }
        return all;
    }

    /**
     * The same predictions with the similarity of each answer to its reference by the hidden states of one model, which
     * is the same for all candidates. Records: {@code similarities/<digest of model, layer and texts>/<shard>}. Without a
     * metric that needs it, the predictions stay as they are.
     */
    public List<Prediction> similar(Candidate judge, EvaluationRows evaluationRows, List<Prediction> predictions)
            throws IOException {
        if (evaluationRows.needs().layer() == 0) {
            return predictions;
        }
        List<Prediction> all = new ArrayList<>();
        try (Lazy subject = new Lazy(judge)) {
            for (int from = 0; from < predictions.size(); from += Subject.SHARD_ROWS) {
                int to = Math.min(from + Subject.SHARD_ROWS, predictions.size());
                List<String> references = new ArrayList<>();
                List<String> answers = new ArrayList<>();
                for (int row = from; row < to; row++) {
                    String answer = predictions.get(row).answer();
                    if (answer != null) {
                        references.add(
                                Prediction.reference(evaluationRows.rows().get(row)));
                        answers.add(answer);
                    }
                }
                Iterator<Double> found = similarities(
                                subject, judge, evaluationRows.needs().layer(), references, answers)
                        .iterator();
                for (Prediction prediction : predictions.subList(from, to)) {
                    AnswerFacts facts = prediction.facts();
                    all.add(
                            prediction.answer() == null
                                    ? prediction
                                    : prediction.with(
                                            (facts == null ? AnswerFacts.NONE : facts).similar(found.next())));
                }
            }
        }
        return all;
    }

    /**
     * Vectors of texts, of length 1, by the hidden states of one model, which stays open until they are closed. Their
     * records are those of {@link #vectors(Candidate, int, List, Function, IntConsumer)}.
     *
     * @param size numbers of a vector
     */
    TextVectors vectors(Candidate model, int layer, int size) {
        Lazy subject = new Lazy(model);
        return new TextVectors() {
            @Override
            public List<float[]> of(List<String> texts) throws IOException {
                return vectors(
                        subject,
                        model,
                        layer,
                        texts,
                        vector -> TextVectors.unit(vector.orElseGet(() -> new float[size])),
                        done -> {});
            }

            @Override
            public void close() {
                subject.close();
            }
        };
    }

    private List<Optional<float[]>> shard(Lazy subject, Candidate model, int layer, List<String> texts)
            throws IOException {
        Map<String, Object> parts = new TreeMap<>();
        parts.put("revision", StageKey.REVISION);
        parts.put("model", model.digest());
        parts.put("precision", SpecDigest.constant(model.computed()));
        parts.put("layer", layer);
        parts.put("texts", texts);
        String name = "vectors/" + SpecDigest.of(parts);
        Optional<List<Optional<float[]>>> known =
                stored(name, texts.size(), String[].class).flatMap(StoredVectors::read);
        if (known.isPresent()) {
            return known.get();
        }
        List<Optional<float[]>> vectors = subject.get().vectors(texts, layer);
        store.putRecord(name, SpecJson.mapper().writeValueAsString(StoredVectors.write(vectors)), fence);
        return vectors;
    }

    /**
     * Measures the times of the answers to some of the rows, which no stored result depends on. Records: {@code
     * seconds/<digest of model, rows and settings>}.
     *
     * @param most the largest number of rows, which are evenly spaced
     * @param progress receives the number of timed rows
     * @return name of the record with the seconds of each answer
     */
    String seconds(Candidate candidate, EvaluationRows evaluationRows, int most, IntConsumer progress)
            throws IOException {
        String name = "seconds/" + evaluationRows.key(candidate, subjects.address(candidate));
        if (store.record(name).isEmpty()) {
            List<Row> rows = evaluationRows.rows();
            int count = Math.min(most, rows.size());
            List<Double> seconds = new ArrayList<>();
            try (Lazy subject = new Lazy(candidate)) {
                for (int at = 0; at < count; at++) {
                    progress.accept(at);
                    Row row = rows.get((int) ((long) at * rows.size() / count));
                    seconds.addAll(subject.get()
                            .seconds(List.of(row), evaluationRows.answerTokens().orElseThrow()));
                }
                store.putRecord(name, SpecJson.mapper().writeValueAsString(seconds), fence);
            }
        }
        return name;
    }

    /** A private, empty folder of this attempt. */
    Path scratch() throws IOException {
        return store.scratch(fence);
    }

    /**
     * Vectors of texts by the hidden states of one model, in shards that are stored as {@link #of}.
     *
     * <p>Records: {@code vectors/<digest of model, layer and texts>}.
     *
     * @param layer the decoder layer, from 1
     * @param each what is kept of a text's vector, which is empty for a text without tokens
     * @param progress receives the number of finished texts
     * @return one per text
     */
    <T> List<T> vectors(
            Candidate judge, int layer, List<String> texts, Function<Optional<float[]>, T> each, IntConsumer progress)
            throws IOException {
        try (Lazy subject = new Lazy(judge)) {
            return vectors(subject, judge, layer, texts, each, progress);
        }
    }

    private <T> List<T> vectors(
            Lazy subject,
            Candidate model,
            int layer,
            List<String> texts,
            Function<Optional<float[]>, T> each,
            IntConsumer progress)
            throws IOException {
        List<T> all = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += Subject.SHARD_ROWS) {
            List<String> shard = texts.subList(from, Math.min(from + Subject.SHARD_ROWS, texts.size()));
            for (Optional<float[]> vector : shard(subject, model, layer, shard)) {
                all.add(each.apply(vector));
            }
            progress.accept(all.size());
        }
        return all;
    }

    /** What judges need. */
    JudgePanel.Judging judging() {
        return new JudgePanel.Judging(teachers, store, fence, clock);
    }

    private List<Double> similarities(
            Lazy subject, Candidate judge, int layer, List<String> references, List<String> answers)
            throws IOException {
        Map<String, Object> parts = new TreeMap<>();
        parts.put("revision", StageKey.REVISION);
        parts.put("model", judge.digest());
        parts.put("precision", SpecDigest.constant(judge.computed()));
        parts.put("layer", layer);
        parts.put("references", references);
        parts.put("answers", answers);
        String name = "similarities/" + SpecDigest.of(parts);
        Optional<List<Double>> known = stored(name, answers.size(), Double[].class);
        if (known.isPresent()) {
            return known.get();
        }
        List<Double> computed = answers.isEmpty() ? List.of() : subject.get().similarities(references, answers, layer);
        store.putRecord(name, SpecJson.mapper().writeValueAsString(computed), fence);
        return computed;
    }

    private <T> Optional<List<T>> stored(String name, int count, Class<T[]> type) throws IOException {
        Optional<String> text = store.record(name);
        if (text.isEmpty() || !store.renew(name)) {
            return Optional.empty();
        }
        try {
            T[] shard = SpecJson.mapper().readValue(text.get(), type);
            return shard.length == count ? Optional.of(List.of(shard)) : Optional.empty();
        } catch (JsonProcessingException | NullPointerException damaged) {
            return Optional.empty(); // computed again
        }
    }

    private static String text(List<Prediction> shard) throws IOException {
        return SpecJson.mapper().writeValueAsString(shard);
    }

    /** A model that is loaded at its first use. */
    private final class Lazy implements AutoCloseable {
        private final Candidate candidate;
        private @Nullable Subject subject;

        Lazy(Candidate candidate) {
            this.candidate = candidate;
        }

        Subject get() {
            Subject open = subject;
            if (open == null) {
                open = subjects.open(candidate);
                subject = open;
            }
            return open;
        }

        @Override
        public void close() {
            if (subject != null) {
                subject.close();
            }
        }
    }
}
