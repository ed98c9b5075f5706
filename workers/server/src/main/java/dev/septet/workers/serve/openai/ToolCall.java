package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.format.StrictJson;
import java.math.BigInteger;

/**
 * A call of a function by the model.
 *
 * @param arguments JSON, as the model wrote it
 */
public record ToolCall(String id, String name, String arguments) {
    private static final int ID_LENGTH = 9;

    /**
     * The id of a call. It has 9 letters and digits, because the templates of some models accept no
     * other ids.
     *
     * @param response id of the response
     */
    public static String id(String response, int answer, int index) {
        String digest = Sha256.of(response + "/" + answer + "/" + index);
        String id = new BigInteger(digest, 16).toString(36);
        return id.substring(id.length() - ID_LENGTH);
    }

    /** An entry of {@code tool_calls} in a message. */
    ObjectNode json() {
        ObjectNode call = StrictJson.MAPPER.createObjectNode().put("id", id).put("type", "function");
        call.putObject("function").put("name", name).put("arguments", arguments);
        return call;
    }
}
