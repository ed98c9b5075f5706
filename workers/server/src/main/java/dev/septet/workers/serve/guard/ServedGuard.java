package dev.septet.workers.serve.guard;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.safety.GuardVerdict;
import dev.septet.activities.evaluate.safety.GuardedExchange;
import dev.septet.activities.evaluate.safety.SafetyGuard;
import dev.septet.activities.guard.GuardPublisher;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec;
import dev.septet.workers.serve.admission.FairQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open guard. One thread judges what waits, up to {@link #AT_ONCE} exchanges together. The texts of several tenants wait in a
 * {@link FairQueue}, so that many texts of one tenant do not make the verdicts of the others late. A verdict that does not
 * come in time, or an error of the guard, is a failure: nothing passes without a verdict.
 */
public final class ServedGuard implements AutoCloseable {
    /** In which time a verdict must come. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(ServedGuard.class);
    private static final int AT_ONCE = 8;

    /** The tenant of the server's own texts. No API key has such a name. */
    private static final String OWN = " server";

    private final ServingGuardSpec spec;
    private final String digest;
    private final SafetyGuard guard;
    private final Duration patience;
    private final FairQueue turns = new FairQueue(AT_ONCE, () -> false);

    /** Texts whose turn it is: at most {@link #AT_ONCE}, with those that are being judged. */
    private final BlockingQueue<Waiting> ready = new LinkedBlockingQueue<>();

    /** All texts without a verdict. */
    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

    private final WarningLimit busy = new WarningLimit(Duration.ofMinutes(1));
    private final WarningLimit unjudged = new WarningLimit(Duration.ofMinutes(1));
    private final AtomicBoolean probing = new AtomicBoolean();
    private int users = 1;
    private volatile boolean closed;
    private volatile @Nullable String problem;
    private volatile long lastJudged = System.nanoTime();

    /** An exchange, and the verdict that will come. */
    private static final class Waiting {
        private final String tenant;
        private final GuardedExchange exchange;
        private final CompletableFuture<GuardVerdict> verdict = new CompletableFuture<>();

        Waiting(String tenant, GuardedExchange exchange) {
            this.tenant = tenant;
            this.exchange = exchange;
        }

        /** The service that it takes, which grows with its texts. */
        long cost() {
            String answer = exchange.answer();
            return 1L
                    + exchange.prompt().length()
                    + (answer == null ? 0 : answer.length())
                    + exchange.earlier().stream().mapToLong(String::length).sum();
        }
    }

    /** The guard gives no verdict now. The message is for the operator. */
    static final class NoVerdict extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoVerdict(String why) {
            super(why, null, false, false);
        }
    }

    /**
     * Opens a guard, which must give its first verdicts.
     *
     * @param digest of the guard, for the audit log
     * @param guard closed with this object, and also when it gives no verdict
     * @param patience in which time a verdict must come
     * @throws StageProblem when it gives no verdict about an example
     */
    public static ServedGuard open(ServingGuardSpec spec, String digest, SafetyGuard guard, Duration patience) {
        try {
            for (GuardVerdict verdict : guard.judge(GuardPublisher.examples(spec))) {
                if (verdict.problem() != null) {
                    throw StageProblem.invalid(
                            "the guard of this version gives no verdict about a short example (%s), so the version is not served"
                                    .formatted(verdict.problem()));
                }
            }
        } catch (RuntimeException | Error e) {
            guard.close();
            throw e;
        }
        return new ServedGuard(spec, digest, guard, patience);
    }

    private ServedGuard(ServingGuardSpec spec, String digest, SafetyGuard guard, Duration patience) {
        this.spec = spec;
        this.digest = digest;
        this.guard = guard;
        this.patience = patience;
        Thread thread = new Thread(this::run, "guard-" + digest.substring(0, Math.min(8, digest.length())));
        thread.setDaemon(true);
        thread.start();
    }

    /** What the pipeline file declares. */
    public ServingGuardSpec spec() {
        return spec;
    }

    /** The guard's identity. */
    public String digest() {
        return digest;
    }

    /**
     * Judges an exchange; fails with {@link NoVerdict}, or {@link TimeoutException}.
     *
     * @param tenant whose exchange it is
     */
    CompletionStage<GuardVerdict> judge(String tenant, GuardedExchange exchange) {
        Waiting one = new Waiting(tenant, exchange.neutral());
        waiting.add(one);
        FairQueue.Waiting turn = turns.add(tenant, one.cost(), () -> ready.add(one));
        if (closed) {
            one.verdict.completeExceptionally(new NoVerdict("the guard is closed"));
        }
        return one.verdict.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).whenComplete((verdict, failure) -> {
            waiting.remove(one);
            if (failure instanceof TimeoutException) {
                turn.cancel();
                late();
            }
        });
    }

    /** A guard that gives verdicts, but has too many texts waiting, is busy and not broken. */
    private void late() {
        if (System.nanoTime() - lastJudged < patience.toNanos()) {
            busy.permit(System.nanoTime())
                    .ifPresent(withheld -> LOG.warn(
                            "the guard {} is busy: a text waited {} s for its verdict and got none{}",
                            digest,
                            patience.toSeconds(),
                            more(withheld)));
        } else {
            failed(String.format(Locale.ROOT, "it gave no verdict within %d seconds", patience.toSeconds()));
        }
    }

    private static String more(long withheld) {
        return withheld == 0
                ? ""
                : String.format(Locale.ROOT, "; since the last warning, this happened %d times more", withheld);
    }

    /** Why the guard gave no verdict when it was last asked; empty when it works. Asks it again, for the next call. */
    public Optional<String> unhealthy() {
        String why = problem;
        if (why != null && !closed && probing.compareAndSet(false, true)) {
            var unused = judge(OWN, GuardPublisher.examples(spec).get(0))
                    .whenComplete((verdict, failure) -> probing.set(false));
        }
        return Optional.ofNullable(why);
    }

    /** Takes the guard for another model; false when it is closed already. After true, {@link #close} must follow. */
    synchronized boolean retain() {
        if (users == 0) {
            return false;
        }
        users++;
        return true;
    }

    /** Whether the last user has released it. */
    boolean isClosed() {
        return closed;
    }

    /** Releases the guard. The last user closes it. */
    @Override
    public synchronized void close() {
        users--;
        closed = users == 0;
        if (closed) {
            // Wakes the thread, which closes the guard: it may be computing.
            ready.add(new Waiting(OWN, GuardedExchange.ofPrompt("")));
        }
    }

    private void run() {
        try {
            while (!closed) {
                List<Waiting> some = new ArrayList<>(List.of(ready.take()));
                ready.drainTo(some, AT_ONCE - 1);
                if (closed) {
                    return;
                }
                // Nobody waits any more for those that have a verdict.
                judge(some.stream().filter(one -> !one.verdict.isDone()).toList());
                some.forEach(one -> turns.ended(one.tenant, 0));
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            waiting.forEach(one -> one.verdict.completeExceptionally(new NoVerdict("the guard is closed")));
            guard.close();
        }
    }

    private void judge(List<Waiting> some) {
        if (some.isEmpty()) {
            return;
        }
        try {
            List<GuardVerdict> verdicts =
                    guard.judge(some.stream().map(one -> one.exchange).toList());
            if (verdicts.size() != some.size()) {
                throw new IllegalStateException(
                        String.format(Locale.ROOT, "%d verdicts for %d texts", verdicts.size(), some.size()));
            }
            judged(verdicts);
            for (int at = 0; at < some.size(); at++) {
                some.get(at).verdict.complete(verdicts.get(at));
            }
        } catch (RuntimeException | Error e) {
            if (some.size() > 1) {
                // One of them may be to blame, or there is memory for fewer at once.
                some.forEach(one -> judge(List.of(one)));
                return;
            }
            unjudged(String.valueOf(e.getMessage()));
            some.get(0).verdict.completeExceptionally(new NoVerdict(String.valueOf(e.getMessage())));
        }
    }

    private void judged(List<GuardVerdict> verdicts) {
        lastJudged = System.nanoTime();
        if (verdicts.stream().anyMatch(verdict -> verdict.problem() == null)) {
            problem = null;
        } else if (!GuardVerdict.TOO_LONG.equals(verdicts.get(0).problem())) {
            unjudged(String.valueOf(verdicts.get(0).problem()));
        }
    }

    /** A text of a client may be to blame, which must not close the models of all. So an example decides. */
    private void unjudged(String why) {
        if (problem != null) {
            return;
        }
        unjudged.permit(System.nanoTime())
                .ifPresent(withheld ->
                        LOG.warn("the guard {} gave no verdict about a text: {}{}", digest, why, more(withheld)));
        String general;
        try {
            general = guard.judge(List.of(GuardPublisher.examples(spec).get(0).neutral()))
                    .get(0)
                    .problem();
        } catch (RuntimeException | Error e) {
            general = String.valueOf(e.getMessage());
        }
        if (general != null) {
            failed(general);
        }
    }

    private void failed(String why) {
        if (!why.equals(problem)) {
            LOG.error("the guard {} gives no verdict, so nothing that it guards is answered: {}", digest, why);
        }
        problem = why;
    }
}
