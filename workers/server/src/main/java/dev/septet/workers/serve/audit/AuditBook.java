package dev.septet.workers.serve.audit;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditPage;
import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.trace.CallerContext;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.Feedback;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit logs of the served pipelines. One thread writes in the order of the calls, so that
 * neither an engine nor a connection waits for a disk. The end of an answer is sent only after its
 * record was written. An answer that cannot be recorded is not sent.
 */
public final class AuditBook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditBook.class);

    /** Bytes at a log's end that are read for answers that may still get feedback. */
    private static final long REMEMBERED_BYTES = 16L << 20;

    private static final int AT_ONCE = 4096;
    private static final int REDACTORS = 2;

    private final @Nullable AuditLogs logs;
    private final AuditSettings settings;
    private final Clock clock;
    private final KnownAnswers known = new KnownAnswers();
    private final Map<String, AuditWriter> writers = new ConcurrentHashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> daemon(work, "audit"));
    private final ExecutorService redactors =
            Executors.newFixedThreadPool(REDACTORS, work -> daemon(work, "audit-redaction"));

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    private AuditBook(@Nullable AuditLogs logs, AuditSettings settings, Clock clock) {
        this.logs = logs;
        this.settings = settings;
        this.clock = clock;
    }

    /** An audit book that writes nothing and accepts no feedback. */
    public static AuditBook none() {
        return new AuditBook(null, AuditSettings.DEFAULT, Clock.systemUTC());
    }

    /** An audit book with these settings. */
    public static AuditBook of(AuditLogs logs, AuditSettings settings, Clock clock) {
        return new AuditBook(logs, settings, clock);
    }

    /**
     * Opens a pipeline's log once, before its model is served.
     *
     * @throws IOException when the log cannot be written, or another process writes it
     */
    public synchronized void open(String pipeline) throws IOException {
        AuditLogs all = logs;
        if (all != null && !writers.containsKey(pipeline)) {
            AuditWriter writer = all.writer(pipeline, settings);
            writers.put(pipeline, writer);
            load(pipeline, all.reader(pipeline));
        }
    }

    /** Whether answers of this pipeline are recorded. */
    public boolean records(@Nullable String pipeline) {
        return pipeline != null && writers.containsKey(pipeline);
    }

    /**
     * Redacts personal data in the questions while the answers are generated.
     *
     * @return empty where answers of this pipeline are not recorded
     */
    public CompletionStage<Optional<Questions>> recordQuestions(String pipeline, List<AuditedQuestion> questions) {
        AuditWriter writer = writers.get(pipeline);
        if (writer == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return on(
                redactors,
                () -> Optional.of(new Questions(
                        questions, questions.stream().map(writer::redacted).toList())));
    }

    /** The original questions, and the redacted ones for the log. */
    public record Questions(List<AuditedQuestion> asked, List<AuditedQuestion> redacted) {
        private AuditedQuestion redacted(AuditedQuestion question) {
            return redacted.get(asked.indexOf(question));
        }
    }

    /**
     * Writes records; fails with an {@link ApiProblem} when that is impossible. Other threads
     * redact personal data in the answers, so that no record waits for another one's texts.
     *
     * @param questions the result of {@link #recordQuestions}
     */
    public CompletionStage<Void> recordAnswers(
            String pipeline, List<AnswerEvent> lines, CompletionStage<Optional<Questions>> questions) {
        AuditWriter writer = writers.get(pipeline);
        if (writer == null) {
            return CompletableFuture.failedFuture(unavailable());
        }
        return questions
                .thenCompose(asked -> on(redactors, () -> redacted(writer, lines, asked.orElse(null))))
                .thenCompose(ready -> on(thread, () -> {
                    for (int i = 0; i < lines.size(); i++) {
                        append(pipeline, ready.get(i));
                        AnswerEvent line = lines.get(i);
                        known.add(line.id(), pipeline, line.key());
                    }
                    return null;
                }));
    }

    private static List<AuditWriter.Redacted> redacted(
            AuditWriter writer, List<AnswerEvent> lines, @Nullable Questions recorded) {
        List<AuditWriter.Redacted> ready = new ArrayList<>();
        for (AnswerEvent line : lines) {
            ready.add(
                    recorded == null
                            ? writer.redacted(line)
                            : writer.redacted(line, recorded.redacted(line.question())));
        }
        return ready;
    }

    /**
     * Records feedback on an answer.
     *
     * @param id id of the feedback
     * @param key name of the API key that sends the feedback; null where no key is required. Only
     *     the key that got the answer may send feedback on it
     * @return fails with an {@link ApiProblem} when this server does not know the answer, or the
     *     answer has the most feedback allowed
     */
    public CompletionStage<Void> judged(String id, Feedback feedback, @Nullable String key) {
        return on(redactors, () -> feedback(id, feedback, key))
                .thenCompose(ready -> on(thread, () -> {
                    // The answer may have got other feedback meanwhile.
                    String pipeline = known(feedback, key).pipeline();
                    append(pipeline, ready);
                    known.judged(feedback.of());
                    return null;
                }));
    }

    private AuditWriter.Redacted feedback(String id, Feedback feedback, @Nullable String key) {
        String pipeline = known(feedback, key).pipeline();
        AuditWriter writer = writers.get(pipeline);
        if (writer == null) {
            throw unavailable();
        }
        return writer.redacted(new FeedbackEvent(
                id, clock.instant(), pipeline, feedback.of(), feedback.thumb(), feedback.correction(), key));
    }

    private KnownAnswers.Known known(Feedback feedback, @Nullable String key) {
        KnownAnswers.Known answer = known.find(feedback.of());
        if (answer == null || !Objects.equals(answer.key(), key)) {
            throw ApiProblem.refused(
                    404,
                    "id",
                    "answer_not_found",
                    "this server knows no answer with this id: give the 'id' of a response of a" + " pipeline's model");
        }
        if (answer.feedback() >= KnownAnswers.MAX_FEEDBACK) {
            throw ApiProblem.refused(
                    409,
                    "id",
                    "feedback_limit",
                    String.format(
                            Locale.ROOT,
                            "this answer already has %d feedback records, the maximum",
                            KnownAnswers.MAX_FEEDBACK));
        }
        return answer;
    }

    private static <T extends @Nullable Object> CompletionStage<T> on(ExecutorService threads, Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, task -> threads.execute(CallerContext.of(task)));
        } catch (RejectedExecutionException closed) {
            return CompletableFuture.failedFuture(unavailable());
        }
    }

    private void append(String pipeline, AuditWriter.Redacted event) {
        AuditWriter writer = writers.get(pipeline);
        try {
            if (writer == null) {
                throw new IOException("the audit log of '" + pipeline + "' is not open");
            }
            writer.append(event);
        } catch (IOException e) {
            LOG.error("cannot write the audit log of '{}': {}", pipeline, e.getMessage());
            throw unavailable();
        }
    }

    private static ApiProblem unavailable() {
        return ApiProblem.failed(
                503,
                "audit_unavailable",
                "the answer cannot be recorded, so it is not sent; the reason is in the server's" + " log");
    }

    private void load(String pipeline, AuditReader reader) throws IOException {
        long at = Math.max(0, reader.end() - REMEMBERED_BYTES);
        for (AuditPage page = reader.read(at, AT_ONCE); page.next() > at; page = reader.read(at, AT_ONCE)) {
            for (AuditRecord record : page.records()) {
                if (record.event() instanceof AnswerEvent answer) {
                    known.add(answer.id(), pipeline, answer.key());
                } else if (record.event() instanceof FeedbackEvent feedback) {
                    known.judged(feedback.of());
                }
            }
            at = page.next();
        }
    }

    @Override
    public void close() {
        end(redactors); // first, because redacted texts must still be written
        end(thread);
        writers.forEach((pipeline, writer) -> {
            try {
                writer.close();
            } catch (IOException e) {
                LOG.warn("cannot close the audit log of '{}': {}", pipeline, e.getMessage());
            }
        });
    }

    private static void end(ExecutorService threads) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("a thread of the audit log did not end within 10 s; its last lines may be missing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
