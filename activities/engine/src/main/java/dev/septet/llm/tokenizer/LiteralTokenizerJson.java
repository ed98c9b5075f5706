package dev.septet.llm.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rewrites tokenizer.json into a copy that reads every text literally: no text becomes a control
 * token.
 *
 * <p>The copy renames the control tokens in {@code added_tokens}. This is not enough: Unigram models,
 * word models and byte-pair models with {@code ignore_merges} match whole words against their
 * vocabulary, which often contains control tokens too. So the copy also renames these entries of the
 * vocabulary, to text that a user cannot enter. All ids stay the same.
 */
final class LiteralTokenizerJson {
    /** A noncharacter: {@link Tokenizer} removes it from the text that this copy encodes. */
    static final String UNTYPABLE = "\uFDD0";

    private final Set<String> control = new HashSet<>();

    LiteralTokenizerJson(List<AddedToken> added) {
        added.stream().filter(AddedToken::reserved).map(AddedToken::text).forEach(control::add);
    }

    /** The literal copy of a tokenizer.json; the original is not changed. */
    ObjectNode literalCopy(ObjectNode original) {
        ObjectNode copy = original.deepCopy();
        copy.putNull("post_processor");
        ArrayNode kept = copy.putArray("added_tokens");
        for (JsonNode token : original.path("added_tokens")) {
            // Renamed, not removed: the library assigns the ids of added tokens by their order.
            JsonNode copied = token.deepCopy();
            kept.add(copied);
            String text = copied.path("content").asText();
            if (copied instanceof ObjectNode renamed && control.contains(text)) {
                renamed.put("content", UNTYPABLE + text).put("normalized", false);
            }
        }
        ObjectNode model = (ObjectNode) copy.path("model");
        String unknown = model.path("unk_token").asText("");
        renamePieces(model, unknown);
        dropMerges(model);
        return copy;
    }

    private void renamePieces(ObjectNode model, String unknown) {
        if (model.get("vocab") instanceof ObjectNode words) {
            for (String text : control) {
                if (words.has(text)) {
                    words.set(UNTYPABLE + text, words.remove(text));
                }
            }
        } else if (model.get("vocab") instanceof ArrayNode pieces) {
            for (JsonNode piece : pieces) {
                if (piece instanceof ArrayNode pair
                        && control.contains(pair.path(0).asText())) {
                    pair.set(0, UNTYPABLE + pair.path(0).asText());
                }
            }
        }
        if (control.contains(unknown)) {
            model.put("unk_token", UNTYPABLE + unknown);
        }
    }

    private void dropMerges(ObjectNode model) {
        if (model.get("merges") instanceof ArrayNode merges) {
            ArrayNode kept = model.putArray("merges");
            for (JsonNode merge : merges) {
                String[] parts = merge.isArray()
                        ? new String[] {merge.path(0).asText(), merge.path(1).asText()}
                        : merge.asText().split(" ", 2);
                boolean touches = parts.length == 2 && control.contains(parts[0] + parts[1]);
                for (String part : parts) {
                    touches |= control.contains(part);
                }
                if (!touches) {
                    kept.add(merge);
                }
            }
        }
    }
}
