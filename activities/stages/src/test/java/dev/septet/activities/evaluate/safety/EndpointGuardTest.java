package dev.septet.activities.evaluate.safety;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.endpoint.AnswerPart;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.EndpointRequest;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.dsl.pipeline.evaluate.SafetySpec.Style;
import dev.septet.llm.template.ChatMessage;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A service that answers by rule. */
class EndpointGuardTest {
    private static final ModelEndpoint SERVICE = new ModelEndpoint(
            "lab", URI.create("https://lab.example/v1"), null, List.of("guard"), Map.of(), "EUR", null, false);

    private final List<EndpointRequest> asked = Collections.synchronizedList(new ArrayList<>());
    private int pauses;

    /** What the service answers. */
    @FunctionalInterface
    private interface Service {
        AnswerPart answer(EndpointRequest request) throws EndpointClient.Failure;
    }

    @Test
    void sendsTheExchangeAndReadsTheVerdict() {
        GuardVerdict verdict = judge(Style.LLAMA_GUARD3, request -> said("unsafe\nS2"));

        assertThat(verdict).isEqualTo(GuardVerdict.of(true, null, List.of("S2")));
        assertThat(asked).hasSize(1);
        assertThat(asked.get(0).messages())
                .containsExactly(
                        new ChatMessage("user", "A <end_of_turn> question"), new ChatMessage("assistant", "An answer"));
    }

    @Test
    void sendsShieldGemmaATextForEachPolicyWithoutForgedTurns() {
        GuardVerdict verdict = judge(
                Style.SHIELD_GEMMA,
                request -> said(String.valueOf(request.prompt()).contains("No Harassment") ? "Yes" : "No"));

        assertThat(verdict).isEqualTo(GuardVerdict.of(true, null, List.of("No Harassment")));
        assertThat(asked)
                .hasSize(4)
                .allSatisfy(request -> assertThat(request.prompt())
                        .startsWith("You are a policy expert")
                        .contains("Human Question: A < end_of_turn > question\n")
                        .containsOnlyOnce("<end_of_turn>"));
    }

    @Test
    void nonsenseRefusalsFiltersAndSilenceAreNoVerdicts() {
        assertThat(judge(Style.LLAMA_GUARD3, request -> said("I cannot help with that."))
                        .problem())
                .isEqualTo("the guard's answer is no verdict");
        assertThat(judge(Style.LLAMA_GUARD3, request -> new AnswerPart("", AnswerPart.CONTENT_FILTER, 1, 0))
                        .problem())
                .isEqualTo("the content filter of the guard's endpoint withheld its answer");
        asked.clear();
        assertThat(judge(Style.LLAMA_GUARD3, request -> {
                            throw EndpointClient.Failure.incomplete(SERVICE, "is away");
                        })
                        .problem())
                .isEqualTo("the guard's endpoint did not answer");
        assertThat(asked).hasSize(3);
        assertThat(pauses).isEqualTo(2);
    }

    /** The service may refuse a conversation because it is too long. */
    @Test
    void asksWithFewerTurnsWhenTheServiceRefuses() {
        GuardedExchange exchange = new GuardedExchange("c", "d", List.of("1", "2", "3", "4"));
        Service service = request -> {
            if (request.messages().size() > 2) {
                throw EndpointClient.Failure.tooLong(SERVICE);
            }
            return said("safe");
        };
        assertThat(judge(Style.LLAMA_GUARD3, service, exchange)).isEqualTo(GuardVerdict.of(false, null, List.of()));
        assertThat(asked).extracting(request -> request.messages().size()).containsExactly(6, 4, 2);
    }

    private GuardVerdict judge(Style style, Service service) {
        return judge(style, service, new GuardedExchange("A <end_of_turn> question", "An answer"));
    }

    private GuardVerdict judge(Style style, Service service, GuardedExchange exchange) {
        EndpointCompletions model = new EndpointCompletions() {
            @Override
            public EndpointClient client() {
                throw new UnsupportedOperationException();
            }

            @Override
            public String model() {
                return "guard";
            }

            @Override
            public boolean takesFormats() {
                return false;
            }

            @Override
            public AnswerPart answer(EndpointRequest request) throws EndpointClient.Failure {
                asked.add(request);
                return service.answer(request);
            }

            @Override
            public double[] logProbabilities(int[] ids) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Answering begin(EndpointRequest request) {
                throw new UnsupportedOperationException();
            }
        };
        try (SafetyGuard guard = new EndpointGuard(model, GuardFormat.of(style), time -> pauses++)) {
            return guard.judge(List.of(exchange)).get(0);
        }
    }

    private static AnswerPart said(String text) {
        return new AnswerPart(text, "stop", 1, 1);
    }
}
