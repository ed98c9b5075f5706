package dev.septet.activities.evaluate.form;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.benchmark.BenchmarkRequest;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/** Opens forms, and measures how long they take to answer. Only one thread uses it. */
public final class TimedSubjects implements Subjects {
    private static final double NANOS = 1e9;

    private final Subjects subjects;
    private final LongSupplier clock;
    private final Map<String, FormSpeed.Pace> paces = new TreeMap<>();

    /**
     * @param clock nanoseconds from any beginning
     */
    public TimedSubjects(Subjects subjects, LongSupplier clock) {
        this.subjects = subjects;
        this.clock = clock;
    }

    /** What was measured, by the names of the candidates. */
    public FormSpeed speed(String runId) {
        return new FormSpeed(runId, paces);
    }

    @Override
    public boolean measuresLosses(Candidate candidate) {
        return subjects.measuresLosses(candidate);
    }

    @Override
    public String address(Candidate candidate) {
        return subjects.address(candidate);
    }

    @Override
    public Subject open(Candidate candidate) {
        Subject subject = subjects.open(candidate);
        Tokenizer tokenizer;
        try {
            tokenizer = Tokenizer.open(candidate.folder());
        } catch (RuntimeException | Error e) {
            subject.close();
            throw e;
        }
        return new Timed(candidate.name(), subject, tokenizer);
    }

    private final class Timed implements Subject {
        private final String name;
        private final Subject subject;
        private final Tokenizer tokenizer;

        Timed(String name, Subject subject, Tokenizer tokenizer) {
            this.name = name;
            this.subject = subject;
            this.tokenizer = tokenizer;
        }

        @Override
        public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
            return subject.predict(rows, answerTokens, cutAfter);
        }

        @Override
        public List<Prediction> predict(
                List<Row> rows,
                OptionalInt answerTokens,
                OptionalInt cutAfter,
                AnswerNeeds needs,
                long seed,
                IntConsumer progress) {
            long begin = clock.getAsLong();
            List<Prediction> predictions = subject.predict(rows, answerTokens, cutAfter, needs, seed, progress);
            double seconds = (clock.getAsLong() - begin) / NANOS;
            long tokens = 0;
            for (Prediction prediction : predictions) {
                String answer = prediction.answer();
                tokens += answer == null ? 0 : tokenizer.encode(answer, false).length;
            }
            paces.merge(
                    name,
                    new FormSpeed.Pace(rows.size(), tokens, seconds),
                    (one, other) -> new FormSpeed.Pace(
                            one.rows() + other.rows(), one.tokens() + other.tokens(), one.seconds() + other.seconds()));
            return predictions;
        }

        @Override
        public List<BenchmarkResponse> respond(List<BenchmarkRequest> requests) {
            return subject.respond(requests);
        }

        @Override
        public List<Prediction> sampled(
                List<Row> rows, int answerTokens, OptionalInt cutAfter, double temperature, long seed) {
            return subject.sampled(rows, answerTokens, cutAfter, temperature, seed);
        }

        @Override
        public List<Prediction> leastLikely(List<Row> rows, double share, OptionalInt cutAfter) {
            return subject.leastLikely(rows, share, cutAfter);
        }

        @Override
        public List<Double> seconds(List<Row> rows, int answerTokens) {
            return subject.seconds(rows, answerTokens);
        }

        @Override
        public List<Double> similarities(List<String> references, List<String> answers, int layer) {
            return subject.similarities(references, answers, layer);
        }

        @Override
        public List<Optional<float[]>> vectors(List<String> texts, int layer) {
            return subject.vectors(texts, layer);
        }

        @Override
        public void close() {
            tokenizer.close();
            subject.close();
        }
    }
}
