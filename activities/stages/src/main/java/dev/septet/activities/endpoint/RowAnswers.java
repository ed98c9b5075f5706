package dev.septet.activities.endpoint;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.trace.CallerContext;
import dev.septet.llm.template.ChatMessage;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Asks a service's model about rows of a dataset, several at once, and again while the service is away.
 *
 * @param clock waits between requests
 * @param progress receives the number of finished rows of a call after each row, and about every second meanwhile; what
 *     it throws ends the call
 * @param meter counts what the requests use
 */
public record RowAnswers(EndpointCompletions model, RequestClock clock, IntConsumer progress, Meter meter) {
    private static final int AT_ONCE = 4;
    private static final int UNPROCESSABLE = 422;

    /** Counts the tokens of requests to a service and of its answers. */
    @FunctionalInterface
    public interface Meter {
        /** Counts nothing. */
        Meter NONE = () -> (promptTokens, tokens) -> {};

        /** Begins a batch of requests. */
        Batch begin();

        /** What a batch of requests uses. The last count replaces those before it. */
        @FunctionalInterface
        interface Batch {
            void count(long promptTokens, long tokens) throws IOException;
        }
    }

    /** With real pauses. */
    public RowAnswers(EndpointCompletions model, Meter meter) {
        this(model, RequestClock.REAL, done -> {}, meter);
    }

    /** Without reports. */
    RowAnswers(EndpointCompletions model, RequestClock clock) {
        this(model, clock, done -> {});
    }

    /** Counts nothing. */
    public RowAnswers(EndpointCompletions model, RequestClock clock, IntConsumer progress) {
        this(model, clock, progress, Meter.NONE);
    }

    /** The same with reports, see {@code progress}. */
    public RowAnswers reporting(IntConsumer other) {
        return new RowAnswers(model, clock, other, meter);
    }

    /** One request about a row. */
    @FunctionalInterface
    private interface Question<R> {
        R ask() throws EndpointClient.Failure;
    }

    /**
     * The most probable answers, in the order of the rows. A chat is sent with all turns before the answer, a prompt as
     * the only message of a user.
     *
     * @throws StageProblem BACKEND_FAILED when the service stays away, POLICY_DENIED when it does not accept the key,
     *     POISON_DATA when it refuses a row or withholds its answer
     */
    public List<String> of(List<Row> rows, int maxTokens) {
        List<EndpointRequest> requests = rows.stream()
                .map(row -> EndpointRequest.greedy(messages(row.answered()), maxTokens))
                .toList();
        Tally tally = new Tally(requests.stream()
                .map(request -> new Tokens(request.mostPromptTokens(), maxTokens))
                .toList());
        return counted(rows, tally, row -> () -> {
            AnswerPart answer = model.answer(requests.get(row));
            Integer asked = answer.promptTokens();
            Integer answered = answer.tokens();
            if (asked != null && answered != null) {
                tally.used(row, new Tokens(asked, answered));
            }
            return whole(rows.get(row), answer);
        });
    }

    /** A part of an answer would count as the model's answer. */
    private String whole(Row row, AnswerPart answer) {
        if (AnswerPart.CONTENT_FILTER.equals(answer.finish())) {
            throw new StageProblem(
                    FailureType.POISON_DATA,
                    "%s: the content filter of endpoint %s withheld the answer of the model '%s'; correct or remove the row"
                            .formatted(row.place(), model.client().endpoint().name(), model.model()));
        }
        return answer.text();
    }

    /**
     * The log-probabilities of the tokens of rows, see {@link EndpointCompletions#logProbabilities}.
     *
     * @param ids token ids of each row
     * @throws StageProblem as {@link #of} does
     */
    public List<double[]> logProbabilities(List<Row> rows, List<int[]> ids) {
        Tally tally = new Tally(
                ids.stream().map(tokens -> new Tokens(tokens.length, 1)).toList());
        return counted(rows, tally, row -> () -> model.logProbabilities(ids.get(row)));
    }

    private record Tokens(long prompt, long answer) {
        static final Tokens NONE = new Tokens(0, 0);

        Tokens plus(Tokens other) {
            return new Tokens(prompt + other.prompt, answer + other.answer);
        }
    }

    /** What the requests about rows used. A request without a known use counts with the most that it can use. */
    private static final class Tally {
        private final List<Tokens> most;
        private final Tokens[] used;
        private Tokens lost = Tokens.NONE;

        Tally(List<Tokens> most) {
            this.most = most;
            this.used = new Tokens[most.size()];
            Arrays.fill(used, Tokens.NONE);
        }

        Tokens most() {
            return most.stream().reduce(Tokens.NONE, Tokens::plus);
        }

        synchronized void begins(int row) {
            used[row] = most.get(row);
        }

        synchronized void used(int row, Tokens tokens) {
            used[row] = tokens;
        }

        /** The service may have answered although the answer did not arrive. */
        synchronized void failed(int row, boolean mayHaveArrived) {
            used[row] = Tokens.NONE;
            lost = mayHaveArrived ? lost.plus(most.get(row)) : lost;
        }

        synchronized Tokens sum() {
            return Arrays.stream(used).reduce(lost, Tokens::plus);
        }
    }

    private <R> List<R> counted(List<Row> rows, Tally tally, IntFunction<Question<R>> questions) {
        if (rows.isEmpty()) {
            return List.of();
        }
        Meter.Batch batch = meter.begin();
        count(batch, tally.most());
        List<R> answers;
        try {
            answers = all(rows, row -> {
                Question<R> question = questions.apply(row);
                return () -> {
                    tally.begins(row);
                    try {
                        return question.ask();
                    } catch (EndpointClient.Failure failure) {
                        tally.failed(row, failure.mayHaveArrived());
                        throw failure;
                    }
                };
            });
        } catch (RuntimeException problem) {
            try {
                count(batch, tally.sum());
            } catch (UncheckedIOException another) {
                problem.addSuppressed(another);
            }
            throw problem;
        }
        count(batch, tally.sum());
        return answers;
    }

    private static void count(Meter.Batch batch, Tokens tokens) {
        try {
            batch.count(tokens.prompt(), tokens.answer());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <R> List<R> all(List<Row> rows, IntFunction<Question<R>> questions) {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, work -> new Thread(CallerContext.of(work)));
        try {
            List<Future<R>> all = new ArrayList<>();
            for (int at = 0; at < rows.size(); at++) {
                Row row = rows.get(at);
                Question<R> question = questions.apply(at);
                all.add(threads.submit(() -> answer(row, question)));
            }
            List<R> answers = new ArrayList<>();
            for (Future<R> one : all) {
                answers.add(finished(one, answers.size()));
                progress.accept(answers.size());
            }
            return answers;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StageProblem known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StageProblem(FailureType.INTERRUPTED, "interrupted while a service answered", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private <R> R finished(Future<R> row, int before) throws ExecutionException, InterruptedException {
        while (true) {
            try {
                return row.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException notYet) {
                progress.accept(before);
            }
        }
    }

    private <R> R answer(Row row, Question<R> question) throws InterruptedException {
        long begin = clock.nanos();
        for (int tries = 1; ; tries++) {
            try {
                return question.ask();
            } catch (EndpointClient.Failure failure) {
                if (Thread.interrupted()) {
                    throw new InterruptedException(); // another row has failed
                }
                if (!failure.away()
                        || tries == RequestClock.TRIES
                        || failure.code().equals(AnswerPart.OTHER_MODEL)) {
                    throw problem(row, failure);
                }
                Duration wait = RequestClock.waitAfter(failure, tries);
                if (Duration.ofNanos(clock.nanos() - begin).plus(wait).compareTo(RequestClock.LONGEST_ANSWER) > 0) {
                    throw problem(row, failure);
                }
                clock.pause(wait);
            }
        }
    }

    private static List<ChatMessage> messages(Row row) {
        if (row instanceof ChatRow chat && chat.question().structured()) {
            throw new StageProblem(
                    FailureType.POISON_DATA,
                    "%s: has tools, tool calls or reasoning, but answers of an endpoint are compared as text; leave such rows out with `filter`, or evaluate without an endpoint"
                            .formatted(row.place()));
        }
        return row instanceof ChatRow chat
                ? chat.question().messages()
                : List.of(new ChatMessage("user", row.promptText()));
    }

    private StageProblem problem(Row row, EndpointClient.Failure failure) {
        if (failure.denied()) {
            return new StageProblem(FailureType.POLICY_DENIED, failure.why(), failure);
        } else if (failure.code().equals(AnswerPart.OTHER_MODEL)) {
            return new StageProblem(FailureType.CHAIN_BROKEN, failure.why(), failure);
        } else if (failure.missing()) {
            return new StageProblem(
                    FailureType.CHAIN_BROKEN,
                    "%s; the service no longer has the model '%s', or the key may not use it, or it is not deployed there yet: deploy it under this name, then run again; the training is stored. If the service deleted it, train again"
                            .formatted(failure.why(), model.model()),
                    failure);
        } else if (failure.status() == HttpURLConnection.HTTP_BAD_REQUEST || failure.status() == UNPROCESSABLE) {
            return new StageProblem(
                    FailureType.POISON_DATA,
                    "%s: %s; correct or remove the row".formatted(row.place(), failure.why()),
                    failure);
        }
        return new StageProblem(
                FailureType.BACKEND_FAILED,
                "%s; the next attempt asks again, in `evaluate` only for the groups of 16 rows that are not complete"
                        .formatted(failure.why()),
                failure);
    }
}
