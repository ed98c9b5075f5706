package dev.septet.workers.serve.reply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletedAnswer;
import dev.septet.workers.serve.openai.TokenChance;
import dev.septet.workers.serve.openai.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that stops at once. */
class EmptyAnswerTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hasAnEmptyListOfLogProbabilitiesWhereTheyWereAskedFor(boolean asked) {
        List<CompletedAnswer> complete = new ArrayList<>();
        ReplyExchange exchange = new ReplyExchange(
                1,
                1,
                3,
                null,
                asked,
                "id",
                reply(complete),
                new ReplyExchange.Inspection(false, false, CompletableFuture::completedFuture),
                () -> {},
                (answers, problem) -> CompletableFuture.completedFuture(null));
        exchange.listener(0).ended(FinishReason.STOP, 1);
        assertThat(complete).hasSize(1);
        if (asked) {
            assertThat(complete.get(0).chances()).isNotNull().isEmpty();
        } else {
            assertThat(complete.get(0).chances()).isNull();
        }
    }

    private static ReplyExchange.Reply reply(List<CompletedAnswer> complete) {
        return new ReplyExchange.Reply() {
            @Override
            public void addText(int answer, String piece) {}

            @Override
            public void addToken(int answer, TokenChance token) {}

            @Override
            public void addCall(int answer, int call, String id, String name) {}

            @Override
            public void addArguments(int answer, int call, String piece) {}

            @Override
            public void addWhole(int answer, CompletedAnswer whole) {}

            @Override
            public void ended(int answer, FinishReason reason, boolean calls) {}

            @Override
            public void complete(List<CompletedAnswer> answers, TokenUsage usage) {
                complete.addAll(answers);
            }

            @Override
            public void failed(ApiProblem problem) {
                throw problem;
            }

            @Override
            public void disconnected() {}
        };
    }
}
