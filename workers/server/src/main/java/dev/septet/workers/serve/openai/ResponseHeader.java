package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;

/**
 * The fields with which every JSON object of a response begins.
 *
 * @param id id of the response
 * @param created seconds since 1970
 * @param model the model name in the request
 * @param version version of the model that answers
 */
public record ResponseHeader(String id, long created, String model, String version) {
    ObjectNode object(String type) {
        return StrictJson.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", type)
                .put("created", created)
                .put("model", model)
                .put("system_fingerprint", version);
    }

    static void usage(ObjectNode object, TokenUsage usage) {
        object.putObject("usage")
                .put("prompt_tokens", usage.prompt())
                .put("completion_tokens", usage.completion())
                .put("total_tokens", usage.prompt() + usage.completion());
    }
}
