package dev.septet.workers.serve.reply;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import dev.septet.llm.generate.constraint.grammar.GrammarProblem;
import dev.septet.workers.serve.openai.ApiProblem;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplyProblemsTest {
    static Throwable[] shortages() {
        EngineException card = new EngineException("CUDA error: out of memory");
        return new Throwable[] {card, new CompletionException(card), new OutOfMemoryError("Java heap space")};
    }

    @ParameterizedTest
    @MethodSource("shortages")
    void aFullCardIsToBeTriedAgainLater(Throwable shortage) {
        assertThat(ReplyProblems.of(shortage).status()).isEqualTo(503);
        assertThat(ReplyProblems.of(shortage).json().toString()).contains("out_of_memory");
    }

    @Test
    void aFormatThatIsTooAmbiguousIsTheClients() {
        ApiProblem problem = ReplyProblems.of(new GrammarProblem("has too many ways to continue"));
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.json().toString()).contains("unsupported_schema", "use fewer alternatives");
    }

    @Test
    void anotherFailureIsTheServers() {
        assertThat(ReplyProblems.of(new EngineException("odd")).status()).isEqualTo(500);
        assertThat(ReplyProblems.of(new EngineException("odd")).json().toString())
                .contains("generation_failed");
    }
}
