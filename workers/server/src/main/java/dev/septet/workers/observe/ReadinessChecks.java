package dev.septet.workers.observe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.format.StrictJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What a process needs to work now, part by part. A part that does not answer within {@link #PATIENCE} is not ready. Answers
 * are valid for a moment, so that many probes cost no more than one. A check that hangs is never started twice.
 */
public final class ReadinessChecks {
    /** Longest time for an answer. */
    static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final int LONGEST = 300;

    private static final Executor OWN_THREADS = task -> {
        Thread thread = new Thread(task, "septet-readiness");
        thread.setDaemon(true);
        thread.start();
    };

    private final List<CheckedPart> parts = new CopyOnWriteArrayList<>();

    /** Finds out whether a part is ready. */
    @FunctionalInterface
    public interface Check {
        /** The problem in a sentence; null when the part is ready. An exception is a problem too. */
        @Nullable
        String problem() throws Exception;
    }

    /**
     * The answer of one part.
     *
     * @param problem null when it is ready
     */
    public record Part(String name, @Nullable String problem) {
        /** Whether it is ready. */
        public boolean ready() {
            return problem == null;
        }
    }

    /** Adds a part. */
    public ReadinessChecks with(String name, Check check) {
        return with(name, FRESH, check);
    }

    /**
     * Adds a part whose check is expensive.
     *
     * @param fresh how long an answer is valid
     */
    public ReadinessChecks with(String name, Duration fresh, Check check) {
        parts.add(new CheckedPart(name, fresh, check));
        return this;
    }

    /** The answers of all parts, in the order in which they were added. */
    public List<Part> parts() {
        long until = System.nanoTime() + PATIENCE.toNanos();
        parts.forEach(CheckedPart::start);
        List<Part> answers = new ArrayList<>();
        for (CheckedPart part : parts) {
            answers.add(part.answer(until));
        }
        return answers;
    }

    /** The last answers of the parts that have one, without waiting; new checks begin. */
    List<Part> recent() {
        parts.forEach(CheckedPart::start);
        return parts.stream().map(CheckedPart::recent).flatMap(Optional::stream).toList();
    }

    /** Whether all parts are ready. */
    static boolean ready(List<Part> parts) {
        return parts.stream().allMatch(Part::ready);
    }

    /** The answers as JSON: whether the process is ready, and each part with its problem. */
    public static ObjectNode json(List<Part> parts) {
        ObjectNode body = StrictJson.MAPPER.createObjectNode().put("ready", ready(parts));
        ArrayNode all = body.putArray("parts");
        for (Part part : parts) {
            ObjectNode one = all.addObject().put("name", part.name()).put("ready", part.ready());
            if (part.problem() != null) {
                one.put("problem", part.problem());
            }
        }
        return body;
    }

    /** One part, its last answer, and the check in progress. */
    private static final class CheckedPart {
        private final String name;
        private final Duration fresh;
        private final Check check;
        private @Nullable CompletableFuture<Part> running;
        private @Nullable Part last;
        private long lastAt;
        private long startedAt;

        CheckedPart(String name, Duration fresh, Check check) {
            this.name = name;
            this.fresh = fresh;
            this.check = check;
        }

        synchronized void start() {
            boolean valid = last != null && System.nanoTime() - lastAt < fresh.toNanos();
            if (running == null && !valid) {
                CompletableFuture<Part> started = CompletableFuture.supplyAsync(this::checked, OWN_THREADS);
                running = started;
                startedAt = System.nanoTime();
                var unused = started.whenComplete((answer, failed) -> keep(answer != null ? answer : failed(failed)));
            }
        }

        /** An error ends a check as every other end does. Otherwise the part would never be checked again. */
        private Part failed(Throwable error) {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            return new Part(name, bounded(cause.toString()));
        }

        private synchronized void keep(Part answer) {
            running = null;
            last = answer;
            lastAt = System.nanoTime();
        }

        private Part checked() {
            try {
                String problem = check.problem();
                return new Part(name, problem == null ? null : bounded(problem));
            } catch (Exception | LinkageError e) {
                return new Part(name, bounded(String.valueOf(e.getMessage() == null ? e.toString() : e.getMessage())));
            }
        }

        synchronized Optional<Part> recent() {
            boolean hangs = running != null && System.nanoTime() - startedAt > PATIENCE.toNanos();
            return hangs ? Optional.of(silent()) : Optional.ofNullable(last);
        }

        private Part silent() {
            return new Part(name, String.format(Locale.ROOT, "it did not answer within %d s", PATIENCE.toSeconds()));
        }

        /** Nobody waits for a check that hangs already. */
        private Part answer(long until) {
            CompletableFuture<Part> waitsFor;
            long patient;
            synchronized (this) {
                Part known = last;
                if (running == null && known != null) {
                    return known;
                }
                waitsFor = running;
                patient = Math.min(until, startedAt + PATIENCE.toNanos());
            }
            try {
                return waitsFor == null
                        ? new Part(name, "it was not checked yet")
                        : waitsFor.get(Math.max(1, patient - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException slow) {
                return silent();
            } catch (ExecutionException failed) {
                return new Part(name, bounded(String.valueOf(failed.getCause())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Part(name, "the check was interrupted");
            }
        }

        private static String bounded(String problem) {
            String line = PublicText.line(problem);
            return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
        }
    }
}
