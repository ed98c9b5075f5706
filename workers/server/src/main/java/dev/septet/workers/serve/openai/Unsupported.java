package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** Checks parameters of which only the neutral value is supported. */
final class Unsupported {
    private Unsupported() {}

    static void chat(RequestFields fields) {
        refuseUnless(empty(fields.node("functions")), "functions", "use 'tools'");
        refuseUnless(fields.node("function_call") == null, "function_call", "use 'tool_choice'");
    }

    static void text(RequestFields fields) {
        refuseUnless(empty(fields.node("suffix")), "suffix", "this server only continues a prompt");
        Long best = fields.whole("best_of", 1, Integer.MAX_VALUE);
        refuseUnless(best == null || best == 1, "best_of", "answers are not ranked; use 'n'");
    }

    static void both(RequestFields fields) {
        for (String penalty : new String[] {"presence_penalty", "frequency_penalty"}) {
            refuseUnless(
                    fields.number(penalty, -2, 2, 0) == 0,
                    penalty,
                    "penalties are not offered: leave it out, or set it to 0");
        }
        refuseUnless(empty(fields.node("logit_bias")), "logit_bias", "leave it out");
    }

    private static void refuseUnless(boolean neutral, String param, String reason) {
        if (!neutral) {
            throw ApiProblem.unsupported(param, "'%s' is not supported: %s".formatted(param, reason));
        }
    }

    private static boolean empty(@Nullable JsonNode node) {
        return node == null
                || (node.isContainerNode() && node.isEmpty())
                || (node.isTextual() && node.textValue().isEmpty());
    }
}
