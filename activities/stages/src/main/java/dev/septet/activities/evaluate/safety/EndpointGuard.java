package dev.septet.activities.evaluate.safety;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.AnswerPart;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.EndpointRequest;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.evaluate.safety.GuardFormat.Question;
import dev.septet.activities.trace.CallerContext;
import dev.septet.dsl.pipeline.evaluate.SafetySpec.Style;
import dev.septet.workflows.FailureType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A guard of a service. Chats are rendered by the service; for ShieldGemma, whose template needs a policy, Septet sends
 * the text. The verdict is the answer's word, because answers have no probabilities here.
 */
record EndpointGuard(EndpointCompletions model, GuardFormat format, RequestClock clock) implements SafetyGuard {
    private static final int MOST_TOKENS = 32;
    private static final int AT_ONCE = 4;
    private static final int TRIES = 3;

    @Override
    public List<GuardVerdict> judge(List<GuardedExchange> exchanges) {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, work -> new Thread(CallerContext.of(work)));
        try {
            List<Future<GuardVerdict>> all = new ArrayList<>();
            for (GuardedExchange exchange : exchanges) {
                all.add(threads.submit(() -> one(exchange)));
            }
            List<GuardVerdict> verdicts = new ArrayList<>();
            for (Future<GuardVerdict> one : all) {
                verdicts.add(one.get());
            }
            return verdicts;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StageProblem known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StageProblem(FailureType.INTERRUPTED, "interrupted while a guard answered", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private GuardVerdict one(GuardedExchange exchange) throws InterruptedException {
        List<GuardVerdict> answers = new ArrayList<>();
        for (Question question : format.questions()) {
            answers.add(answer(exchange, question));
        }
        return EngineGuard.merged(answers);
    }

    private EndpointRequest request(GuardedExchange exchange, Question question) {
        if (format.style() != Style.SHIELD_GEMMA) {
            return EndpointRequest.greedy(format.chat(exchange).messages(), MOST_TOKENS);
        }
        String answer = exchange.answer();
        // The service would read these texts in an exchange as the ends of turns.
        GuardedExchange plain = new GuardedExchange(plain(exchange.prompt()), answer == null ? null : plain(answer));
        String text = format.template(plain, question).render(format.chat(plain), true);
        String start = "<bos>"; // the service adds it
        return new EndpointRequest(
                List.of(),
                text.substring(text.startsWith(start) ? start.length() : 0),
                MOST_TOKENS,
                0,
                1,
                0,
                List.of());
    }

    private static String plain(String text) {
        return text.replace("<start_of_turn>", "< start_of_turn >")
                .replace("<end_of_turn>", "< end_of_turn >")
                .replace("<bos>", "< bos >")
                .replace("<eos>", "< eos >");
    }

    private GuardVerdict answer(GuardedExchange exchange, Question question) throws InterruptedException {
        EndpointRequest request = request(exchange, question);
        for (int tries = 1; ; tries++) {
            try {
                AnswerPart answer = model.answer(request);
                if (AnswerPart.CONTENT_FILTER.equals(answer.finish())) {
                    return GuardVerdict.problem("the content filter of the guard's endpoint withheld its answer");
                }
                return format.read(answer.text(), question)
                        .map(read -> GuardVerdict.of(read.unsafe(), null, read.categories()))
                        .orElseGet(() -> GuardVerdict.problem("the guard's answer is no verdict"));
            } catch (EndpointClient.Failure failure) {
                if (failure.denied() || failure.missing()) {
                    throw new StageProblem(
                            failure.denied() ? FailureType.POLICY_DENIED : FailureType.CHAIN_BROKEN,
                            "safety: guard: " + failure.why(),
                            failure);
                }
                if (!failure.away()) {
                    if (format.readsConversations() && !exchange.earlier().isEmpty()) {
                        return answer(exchange.shorter(), question); // it may be too long for the service
                    }
                    return GuardVerdict.problem("the guard's endpoint refused the exchange");
                }
                if (tries == TRIES) {
                    return GuardVerdict.problem("the guard's endpoint did not answer");
                }
                clock.pause(RequestClock.waitAfter(failure, tries));
            }
        }
    }

    @Override
    public String named(String category) {
        return format.named(category);
    }

    @Override
    public void close() {}
}
