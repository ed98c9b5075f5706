package dev.septet.workers.serve.guard;

import dev.septet.activities.audit.AuditedVerdict;
import dev.septet.activities.evaluate.safety.GuardVerdict;
import dev.septet.activities.evaluate.safety.GuardedExchange;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec.Side;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletedAnswer;
import dev.septet.workers.serve.openai.CompletionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The guard of one request: what it judges, and its verdicts. */
public final class RequestGuard {
    private static final int MOST_RECORDED = 30;
    private static final int LONGEST_CATEGORY = 60;

    private final @Nullable ServedGuard guard;
    private final CompletionRequest request;
    private final String tenant;
    private final Map<Integer, AuditedVerdict> prompts = new ConcurrentHashMap<>();
    private final Map<Integer, AuditedVerdict> answers = new ConcurrentHashMap<>();

    /**
     * @param guard null for a model without a guard
     * @param tenant who sent the request
     */
    public RequestGuard(@Nullable ServedGuard guard, CompletionRequest request, String tenant) {
        this.guard = guard;
        this.request = request;
        this.tenant = tenant;
    }

    /** Whether answers must be complete and judged before a part of them leaves. */
    public boolean holdsBack() {
        ServedGuard by = judging(Side.OUTPUT);
        return by != null && by.spec().refuses();
    }

    /** Whether answers are judged. */
    public boolean judgesAnswers() {
        return judging(Side.OUTPUT) != null;
    }

    /** The guard, when it judges this side. */
    private @Nullable ServedGuard judging(Side side) {
        ServedGuard by = guard;
        return by != null && by.spec().judges(side) ? by : null;
    }

    /** The text of a refusal. */
    public String refusal() {
        ServedGuard by = guard;
        String text = by == null ? null : by.spec().refusal();
        return text == null ? ServingGuardSpec.DEFAULT_REFUSAL : text;
    }

    /** Judges each prompt; fails with an {@link ApiProblem} when one has no verdict. */
    public CompletionStage<Void> prompts() {
        ServedGuard by = judging(Side.INPUT);
        if (by == null) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletionStage<?>> all = new ArrayList<>();
        for (int at = 0; at < promptCount(); at++) {
            int prompt = at;
            all.add(verdict(by, Side.INPUT, conversation(at).asked())
                    .thenAccept(verdict -> prompts.put(prompt, verdict)));
        }
        return all(all);
    }

    /** Whether the guard refused the prompt of this answer. */
    public boolean refusesPrompt(int answer) {
        AuditedVerdict verdict = prompts.get(answer / request.choices());
        return verdict != null && verdict.action().equals(AuditedVerdict.REFUSED);
    }

    /** Judges the answers, and replaces those that it refuses; fails with an {@link ApiProblem} without a verdict. */
    public CompletionStage<List<CompletedAnswer>> answers(List<CompletedAnswer> written) {
        ServedGuard by = judging(Side.OUTPUT);
        if (by == null) {
            return CompletableFuture.completedFuture(written);
        }
        List<CompletionStage<?>> all = new ArrayList<>();
        for (int at = 0; at < written.size(); at++) {
            int answer = at;
            if (!written.get(at).filtered()) {
                GuardedExchange exchange = conversation(at / request.choices()).answered(judged(written.get(at)));
                all.add(verdict(by, Side.OUTPUT, exchange).thenAccept(verdict -> answers.put(answer, verdict)));
            }
        }
        return all(all).thenApply(done -> {
            List<CompletedAnswer> leaving = new ArrayList<>();
            for (int at = 0; at < written.size(); at++) {
                AuditedVerdict verdict = answers.get(at);
                leaving.add(
                        verdict != null && verdict.action().equals(AuditedVerdict.REFUSED)
                                ? written.get(at).refused(refusal())
                                : written.get(at));
            }
            return leaving;
        });
    }

    /** The verdicts that led to an answer, in their order. */
    public List<AuditedVerdict> verdicts(int answer) {
        List<AuditedVerdict> all = new ArrayList<>();
        AuditedVerdict before = prompts.get(answer / request.choices());
        AuditedVerdict after = answers.get(answer);
        if (before != null) {
            all.add(before);
        }
        if (after != null) {
            all.add(after);
        }
        return all;
    }

    private static CompletionStage<Void> all(List<CompletionStage<?>> stages) {
        return CompletableFuture.allOf(
                stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new));
    }

    private int promptCount() {
        return Math.max(1, request.prompts().size());
    }

    /** What is judged of a prompt; the text of a completion is a prompt as a whole. */
    private GuardedConversation conversation(int at) {
        return request.chat()
                ? GuardedConversation.of(request.messages())
                : new GuardedConversation(List.of(), "", request.prompts().get(at), "");
    }

    /** The answer with the calls of its tools. */
    private static String judged(CompletedAnswer answer) {
        StringBuilder text = new StringBuilder(answer.text());
        answer.calls()
                .forEach(call -> text.append(text.isEmpty() ? "" : "\n")
                        .append(call.name())
                        .append('(')
                        .append(call.arguments())
                        .append(')'));
        return text.toString();
    }

    private CompletionStage<AuditedVerdict> verdict(ServedGuard by, Side side, GuardedExchange exchange) {
        long started = System.nanoTime();
        String answer = exchange.answer();
        if ((answer == null ? exchange.prompt() : answer).isBlank()) {
            // Nothing that could be unsafe.
            return CompletableFuture.completedFuture(
                    audited(by, side, GuardVerdict.of(false, null, List.of()), started));
        }
        return by.judge(tenant, exchange).handle((verdict, failure) -> {
            if (failure != null || verdict.problem() != null) {
                throw problem(side, failure == null ? verdict.problem() : null);
            }
            return audited(by, side, verdict, started);
        });
    }

    private static AuditedVerdict audited(ServedGuard by, Side side, GuardVerdict verdict, long started) {
        List<String> counting = by.spec().categories();
        List<String> found = verdict.categories();
        // A text that is unsafe for an unknown reason counts: the guard names no category for it.
        boolean counts = verdict.isUnsafe()
                && (counting.isEmpty() || found.isEmpty() || found.stream().anyMatch(counting::contains));
        return new AuditedVerdict(
                side.name().toLowerCase(Locale.ROOT),
                verdict.isUnsafe(),
                !counts ? AuditedVerdict.NONE : by.spec().refuses() ? AuditedVerdict.REFUSED : AuditedVerdict.FLAGGED,
                verdict.probability(),
                found.stream()
                        .limit(MOST_RECORDED)
                        .map(each -> each.substring(0, Math.min(LONGEST_CATEGORY, each.length())))
                        .toList(),
                by.digest(),
                (System.nanoTime() - started) / 1_000_000);
    }

    /** The client learns that nothing is answered without a verdict, and whether another try makes sense. */
    private ApiProblem problem(Side side, @Nullable String why) {
        if (GuardVerdict.TOO_LONG.equals(why)) {
            return ApiProblem.refused(
                    400,
                    side == Side.OUTPUT ? "max_tokens" : request.chat() ? "messages" : "prompt",
                    "context_length_exceeded",
                    side == Side.OUTPUT
                            ? "the answer is longer than the context of this model's guard, so it cannot be judged;"
                                    + " ask for fewer tokens"
                            : "the prompt is longer than the context of this model's guard, so it cannot be judged;"
                                    + " send a shorter one");
        }
        return ApiProblem.failed(
                503,
                "guard_unavailable",
                side == Side.OUTPUT
                        ? "the guard of this model gave no verdict about the answer, so it is not sent; try again soon"
                        : "the guard of this model gave no verdict about the prompt, so it is not answered; try again"
                                + " soon");
    }
}
