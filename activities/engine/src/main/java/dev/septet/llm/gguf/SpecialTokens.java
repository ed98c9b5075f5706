package dev.septet.llm.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.ModelFolder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Ids of the special tokens, by GGUF's names of their roles.
 *
 * @param ids of bos, eos, unknown, padding and further end tokens, if the model has them
 */
record SpecialTokens(Map<String, Integer> ids) {
    /**
     * Maps GGUF's roles to the fields of tokenizer_config.json; config.json has the same names with
     * {@code _id}.
     */
    static final Map<String, String> FIELDS = fields();

    /** GGUF's roles of further tokens that end an answer: chat models often have two or three. */
    static final List<String> MORE_ENDS = List.of("eot", "eom");

    private static Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("bos", "bos_token");
        fields.put("eos", "eos_token");
        fields.put("unknown", "unk_token");
        fields.put("padding", "pad_token");
        return fields;
    }

    /** Reads the tokens from tokenizer_config.json, else from config.json. */
    static SpecialTokens of(ModelFolder folder, List<String> tokens) {
        ObjectNode tokenizer = folder.tokenizerConfig();
        ObjectNode config = folder.config();
        Map<String, Integer> ids = new LinkedHashMap<>();
        FIELDS.forEach((role, field) -> {
            JsonNode named = tokenizer.path(field);
            String text = named.isObject() ? named.path("content").asText() : named.asText("");
            Optional<Integer> id = text.isEmpty() ? Optional.empty() : Optional.of(tokens.indexOf(text));
            JsonNode number = config.path(field + "_id");
            JsonNode first = number.isArray() ? number.path(0) : number;
            Optional<Integer> fallback = first.isInt() ? Optional.of(first.asInt()) : Optional.empty();
            id.filter(found -> found >= 0)
                    .or(() -> fallback.filter(found -> found >= 0 && found < tokens.size()))
                    .ifPresent(found -> ids.put(role, found));
        });
        Set<Integer> ends = ends(folder, tokens.size());
        ends.remove(ids.getOrDefault("eos", -1));
        Iterator<Integer> rest = ends.iterator();
        for (String role : MORE_ENDS) {
            if (rest.hasNext()) {
                ids.put(role, rest.next());
            }
        }
        return new SpecialTokens(ids);
    }

    private static Set<Integer> ends(ModelFolder folder, int size) {
        Set<Integer> ends = new LinkedHashSet<>();
        for (ObjectNode json : List.of(folder.generationConfig(), folder.config())) {
            JsonNode named = json.path("eos_token_id");
            List<JsonNode> all = new ArrayList<>();
            if (named.isArray()) {
                named.forEach(all::add);
            } else {
                all.add(named);
            }
            for (JsonNode id : all) {
                if (id.isInt() && id.asInt() >= 0 && id.asInt() < size) {
                    ends.add(id.asInt());
                }
            }
        }
        return ends;
    }

    /** Whether tokenizer.json's post-processor adds the token of this role to every text. */
    boolean adds(ObjectNode tokenizer, String role) {
        Integer id = ids.get(role);
        return id != null && adds(tokenizer.path("post_processor"), id, role.equals("bos"));
    }

    private static boolean adds(JsonNode processor, int id, boolean atStart) {
        for (JsonNode child : processor.path("processors")) {
            if (adds(child, id, atStart)) {
                return true;
            }
        }
        JsonNode single = processor.path("single");
        if (single.isEmpty()) {
            return false;
        }
        JsonNode edge = single.path(atStart ? 0 : single.size() - 1)
                .path("SpecialToken")
                .path("id");
        JsonNode ids = processor.path("special_tokens").path(edge.asText()).path("ids");
        return ids.size() == 1 && ids.path(0).asInt(-1) == id;
    }
}
