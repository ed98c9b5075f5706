package dev.septet.activities.answer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.AnswerPart;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointRequest;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.trace.CallerContext;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests within a budget, a pace and a number at the same time. Each answer is stored before it is used, and a stored
 * answer is used instead of a request. The answers do not depend on the order in which they arrive.
 */
public final class Requests implements AutoCloseable {
    /** The most requests of one call, whatever the concurrency: the budget is counted between the calls. */
    public static final int MOST = 32;

    /** A service that answers something else than an answer is asked once more. */
    private static final int UNREADABLE_TRIES = 2;

    /** After this number of requests in a row without an answer, the service itself is the problem. */
    private static final int MOST_WITHOUT = 20;

    private static final Duration LAST_ANSWERS = Duration.ofSeconds(60);

    private final Limits limits;
    private final Teacher teacher;
    private final AnswerStore answers;
    private final BudgetLedger budget;
    private final Pace pace;
    private final RequestClock clock;
    private final Runnable alive;
    private final ExecutorService threads;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger without = new AtomicInteger();
    private final @Nullable TeamUse use;

    /**
     * How requests are sent.
     *
     * @param step the words of the pipeline file that need the answers, for messages
     * @param requestsPerMinute null = no limit
     * @param concurrency the number of requests at the same time
     * @param tolerant whether a request that fails again and again has no answer, instead of ending the step
     */
    public record Limits(
            String step,
            GenerateSpec.Budget budget,
            @Nullable Integer requestsPerMinute,
            int concurrency,
            boolean tolerant) {}

    /**
     * @param scope names the run and the step, for the record of the budget
     * @param alive is called about every second; what it throws ends the requests
     */
    public Requests(
            Limits limits,
            Teacher teacher,
            ArtifactStore store,
            Fence fence,
            String scope,
            RequestClock clock,
            Runnable alive)
            throws IOException {
        this.limits = limits;
        this.teacher = teacher;
        this.clock = clock;
        this.alive = alive;
        use = TeamUse.current();
        answers = new AnswerStore(store, fence);
        budget = new BudgetLedger(store, fence, scope, limits.budget(), digest -> {
            try {
                return answers.get(digest).isPresent();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        pace = new Pace(limits.requestsPerMinute(), clock);
        threads = threads(limits, teacher);
    }

    private Requests(Requests shared, Teacher teacher) {
        limits = shared.limits;
        this.teacher = teacher;
        clock = shared.clock;
        alive = shared.alive;
        use = shared.use;
        answers = shared.answers;
        budget = shared.budget;
        pace = new Pace(limits.requestsPerMinute(), clock);
        threads = threads(limits, teacher);
    }

    private static ExecutorService threads(Limits limits, Teacher teacher) {
        return Executors.newFixedThreadPool(
                Math.min(limits.concurrency(), teacher.mostAtOnce()), work -> new Thread(CallerContext.of(work)));
    }

    /** Requests to another model, within the same budget. Only one of both sends at a time. */
    public Requests to(Teacher other) {
        return new Requests(this, other);
    }

    /**
     * The result of a request.
     *
     * @param text the answer; null when there is none
     * @param missing why there is no answer, a name of the dataset card; empty for an answer
     * @param model the model as the service names it; null = it does not say
     * @param tooLong whether there is no answer because the texts of the request do not fit into the model's window
     */
    public record Reply(
            @Nullable String text, String missing, @Nullable String model, boolean tooLong) {
        public static final Reply UNREADABLE = new Reply(null, "noAnswer", null);
        private static final Reply WITHHELD = new Reply(null, "withheld", null);
        private static final Reply REFUSED = new Reply(null, "refused", null);
        private static final Reply CUT = new Reply(null, "cut", null);

        public Reply(@Nullable String text, String missing, @Nullable String model) {
            this(text, missing, model, false);
        }

        private static Reply of(StoredAnswer answer) {
            if (answer.hadNoRoom()) {
                return new Reply(null, (answer.text() == null ? REFUSED : CUT).missing(), null, true);
            } else if (answer.text() == null) {
                return REFUSED;
            } else if (AnswerPart.CONTENT_FILTER.equals(answer.finish())) {
                return WITHHELD;
            }
            return "length".equals(answer.finish()) ? CUT : new Reply(answer.text(), "", answer.model());
        }
    }

    private record Sent(EndpointRequest request, String digest, BudgetLedger.Amount most) {}

    /**
     * The replies to at most {@link #MOST} requests, in their order. There are fewer when the budget ends.
     *
     * @throws StageProblem BACKEND_FAILED when the service stays away, POLICY_DENIED when it does not accept the key
     */
    public List<Reply> all(List<EndpointRequest> requests) throws IOException {
        List<Sent> all = requests.stream().map(this::sent).toList();
        int fitting = budget.fitting(all.stream().map(Sent::most).toList());
        Map<String, StoredAnswer> known = new HashMap<>();
        Map<String, BudgetLedger.Amount> open = new TreeMap<>();
        List<Sent> missing = new ArrayList<>();
        for (Sent one : all.subList(0, fitting)) {
            Optional<StoredAnswer> stored = answers.get(one.digest());
            if (stored.isPresent()) {
                known.put(one.digest(), stored.get());
            } else if (open.put(one.digest(), one.most()) == null) {
                missing.add(one);
            }
        }
        budget.reserve(open);
        count(open.keySet(), open.values());
        BudgetLedger.Amount lost = budget.lost();
        Map<String, Reply> failed = send(missing, known);
        BudgetLedger.Amount used = BudgetLedger.Amount.NONE;
        List<Reply> replies = new ArrayList<>();
        for (Sent one : all.subList(0, fitting)) {
            StoredAnswer answer = known.get(one.digest());
            used = answer == null ? used : used.plus(amount(one, answer));
            replies.add(answer == null ? failed.getOrDefault(one.digest(), Reply.UNREADABLE) : Reply.of(answer));
        }
        List<BudgetLedger.Amount> requested = new ArrayList<>();
        requested.add(budget.lost().minus(lost));
        for (Sent one : missing) {
            StoredAnswer answer = known.get(one.digest());
            requested.add(answer == null ? BudgetLedger.Amount.NONE : amount(one, answer));
        }
        count(open.keySet(), requested);
        budget.settle(used);
        return replies;
    }

    /** Counts requests as used by the run and its team; stored answers cost nothing again. */
    private void count(Set<String> digests, Collection<BudgetLedger.Amount> amounts) throws IOException {
        if (use != null) {
            BudgetLedger.Amount sum = amounts.stream().reduce(BudgetLedger.Amount.NONE, BudgetLedger.Amount::plus);
            use.count(digests, sum.tokens(), sum.cost(), teacher.currency());
        }
    }

    /** Whether a request alone fits into the budget. One that does not would be the last that is sent. */
    public boolean couldFit(EndpointRequest request) {
        return budget.couldFit(sent(request).most());
    }

    /** What the answers so far used, and the requests whose answers did not arrive. */
    public BudgetLedger.Amount spent() {
        return budget.spent();
    }

    /** What the answers so far used. It does not depend on kills. */
    public BudgetLedger.Amount used() {
        return budget.used();
    }

    private Sent sent(EndpointRequest request) {
        JsonNode body = request.json(teacher.model());
        long bytes = request.mostPromptTokens();
        Integer limit = request.maxTokens();
        long tokens = limit == null ? 0 : limit;
        return new Sent(
                request,
                AnswerStore.digest(teacher.service(), body),
                new BudgetLedger.Amount(bytes + tokens, teacher.cost(bytes, tokens)));
    }

    private BudgetLedger.Amount amount(Sent sent, StoredAnswer answer) {
        Integer prompt = answer.promptTokens();
        Integer tokens = answer.tokens();
        return prompt == null || tokens == null
                ? sent.most()
                : new BudgetLedger.Amount((long) prompt + tokens, teacher.cost(prompt, tokens));
    }

    /** Sends requests; adds their answers, and returns the others. */
    private Map<String, Reply> send(List<Sent> missing, Map<String, StoredAnswer> known) {
        Map<String, Reply> failed = new HashMap<>();
        List<Future<Outcome>> futures = new ArrayList<>();
        for (Sent one : missing) {
            futures.add(threads.submit(() -> stopped.get() ? Outcome.of(Reply.UNREADABLE) : askOrStop(one)));
        }
        try {
            for (int at = 0; at < missing.size(); at++) {
                Outcome outcome = finished(futures.get(at));
                if (outcome.answer() != null) {
                    known.put(missing.get(at).digest(), outcome.answer());
                } else {
                    failed.put(missing.get(at).digest(), outcome.reply());
                }
            }
            return failed;
        } catch (ExecutionException e) {
            lastAnswers(futures);
            if (e.getCause() instanceof StageProblem problem) {
                throw problem;
            } else if (e.getCause() instanceof IOException problem) {
                throw new UncheckedIOException(problem);
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    /** Requests that are under way are paid, so their answers are worth a wait. */
    private void lastAnswers(List<Future<Outcome>> futures) {
        stopped.set(true);
        long until = System.nanoTime() + LAST_ANSWERS.toNanos();
        for (Future<Outcome> future : futures) {
            while (!future.isDone() && System.nanoTime() < until) {
                try {
                    var unused = future.get(1, TimeUnit.SECONDS);
                } catch (TimeoutException notYet) {
                    alive.run();
                } catch (ExecutionException another) {
                    // The first problem is the one to report.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private Outcome finished(Future<Outcome> future) throws ExecutionException, InterruptedException {
        while (true) {
            try {
                Outcome outcome = future.get(1, TimeUnit.SECONDS);
                alive.run();
                return outcome;
            } catch (TimeoutException notYet) {
                alive.run();
            }
        }
    }

    private record Outcome(@Nullable StoredAnswer answer, Reply reply) {
        static Outcome of(Reply reply) {
            return new Outcome(null, reply);
        }
    }

    /** After a problem, no other request begins. */
    private Outcome askOrStop(Sent sent) throws IOException, InterruptedException {
        try {
            return ask(sent);
        } catch (StageProblem problem) {
            stopped.set(true);
            throw problem;
        }
    }

    private Outcome ask(Sent sent) throws IOException, InterruptedException {
        long begin = clock.nanos();
        for (int tries = 1; ; tries++) {
            pace.await();
            try {
                return stored(sent, StoredAnswer.of(teacher.answer(sent.request())));
            } catch (EndpointClient.Failure failure) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (failure.refused()) {
                    return refused(sent, failure);
                }
                if (failure.unreadable() && tries == UNREADABLE_TRIES) {
                    requireSome(failure);
                    var unused = budget.lost(sent.most());
                    return Outcome.of(Reply.UNREADABLE);
                }
                Duration pause = RequestClock.waitAfter(failure, tries);
                if (failure.otherModel()) {
                    throw new StageProblem(FailureType.POLICY_DENIED, limits.step() + ": " + failure.why(), failure);
                }
                boolean late =
                        Duration.ofNanos(clock.nanos() - begin).plus(pause).compareTo(RequestClock.LONGEST_ANSWER) > 0;
                if ((!failure.away() && !failure.unreadable())
                        || tries == RequestClock.TRIES
                        || late
                        || stopped.get()) {
                    return without(sent, failure);
                }
                if (failure.mayHaveArrived() && !budget.lost(sent.most())) {
                    return without(sent, failure);
                }
                clock.pause(pause);
            }
        }
    }

    /** A request without an answer after its last try. A service that does not know the key or the model ends the step. */
    private Outcome without(Sent sent, EndpointClient.Failure failure) throws IOException {
        if (!limits.tolerant() || failure.denied() || failure.missing() || stopped.get()) {
            throw problem(failure);
        }
        requireSome(failure);
        if (failure.mayHaveArrived()) {
            var unused = budget.lost(sent.most());
        }
        return Outcome.of(Reply.UNREADABLE);
    }

    /**
     * Only a refusal for the texts is stored. Any other may have a reason that ends, such as an empty account or a wrong
     * setting of the service, so the next attempt or run sends the request again. Texts that are too long are no sign that
     * the service has a problem.
     */
    private Outcome refused(Sent sent, EndpointClient.Failure failure) throws IOException {
        if (limits.tolerant() && failure.refusedForLength()) {
            return stored(sent, StoredAnswer.TOO_LONG);
        }
        requireSome(failure);
        if (failure.refusedForContent()) {
            answers.put(sent.digest(), StoredAnswer.REFUSED);
            return new Outcome(StoredAnswer.REFUSED, Reply.REFUSED);
        }
        budget.free(sent.digest());
        return Outcome.of(Reply.REFUSED);
    }

    private Outcome stored(Sent sent, StoredAnswer answer) throws IOException {
        answers.put(sent.digest(), answer);
        without.set(0);
        return new Outcome(answer, Reply.UNREADABLE);
    }

    /** One row may be the problem of its request, but not one row after the other. */
    private void requireSome(EndpointClient.Failure failure) {
        if (without.incrementAndGet() >= MOST_WITHOUT) {
            throw new StageProblem(
                    FailureType.BACKEND_FAILED,
                    String.format(
                            Locale.ROOT,
                            "%s: %d requests in a row had no answer: %s",
                            limits.step(),
                            MOST_WITHOUT,
                            failure.why()),
                    failure);
        }
    }

    private StageProblem problem(EndpointClient.Failure failure) {
        if (failure.denied()) {
            return new StageProblem(FailureType.POLICY_DENIED, limits.step() + ": " + failure.why(), failure);
        } else if (failure.missing()) {
            return new StageProblem(
                    FailureType.POLICY_DENIED,
                    "%s: %s; the service does not have the model, or the key may not use it"
                            .formatted(limits.step(), failure.why()),
                    failure);
        }
        return new StageProblem(
                FailureType.BACKEND_FAILED,
                "%s: %s; the next attempt requests only the answers that are not stored"
                        .formatted(limits.step(), failure.why()),
                failure);
    }

    private static StageProblem interrupted(InterruptedException e) {
        return new StageProblem(FailureType.INTERRUPTED, "interrupted while a service answered", e);
    }

    @Override
    public void close() {
        stopped.set(true);
        threads.shutdownNow();
    }
}
