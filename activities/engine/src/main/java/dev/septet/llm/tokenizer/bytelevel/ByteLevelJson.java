package dev.septet.llm.tokenizer.bytelevel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tokenizer.json for {@link ByteLevelEncoder}. What it does not know, it leaves to the library: every setting of the model
 * must have a value whose effect is known. Truncation, padding, the decoder and the post-processor do not matter, because the
 * encoder adds nothing around a text.
 */
final class ByteLevelJson {
    /** More or longer added tokens are unusual. */
    private static final int MAX_ADDED = 4096;

    private static final int MAX_ADDED_LENGTH = 256;

    private static final int MAX_ID = (1 << 24) - 1;

    /** Above this id, a table by id would be large. */
    private static final int MAX_ID_WITH_LENGTH = (1 << 21) - 1;

    private static final Set<String> MODEL = Set.of(
            "type",
            "dropout",
            "unk_token",
            "continuing_subword_prefix",
            "end_of_word_suffix",
            "fuse_unk",
            "byte_fallback",
            "ignore_merges",
            "vocab",
            "merges");

    /** The character that stands for each byte in a vocabulary, [256]. */
    private static final char[] ALPHABET = alphabet();

    private final JsonNode json;
    private final JsonNode model;
    private final List<String> addedTexts = new ArrayList<>();
    private final AddedTokenTrie before = new AddedTokenTrie();
    private final AddedTokenTrie after = new AddedTokenTrie();

    ByteLevelJson(ObjectNode json) {
        this.json = json;
        this.model = json.path("model");
    }

    /** The texts of the added tokens. */
    List<String> addedTexts() {
        return addedTexts;
    }

    /** The encoder of this file; null when it has a rule that is not known. */
    @Nullable
    ByteLevelEncoder encoder() {
        WordSplitter splitter = PreTokenizers.known(json.path("pre_tokenizer"))
                .map(WordSplitter::of)
                .orElse(null);
        JsonNode normalizer = json.path("normalizer");
        boolean nfc = normalizer.size() == 1 && normalizer.path("type").asText().equals("NFC");
        if (splitter == null || !(nfc || absent(normalizer)) || !knownModel() || !readAdded(nfc)) {
            return null;
        }
        Map<String, Integer> vocabulary = vocabulary();
        int[] byteIds = new int[ALPHABET.length];
        for (int value = 0; value < byteIds.length; value++) {
            byteIds[value] = vocabulary.getOrDefault(String.valueOf(ALPHABET[value]), -1);
        }
        if (vocabulary.isEmpty()) {
            return null;
        }
        boolean wholeWords = model.path("ignore_merges").asBoolean();
        return merges(vocabulary)
                .map(merges -> new ByteLevelEncoder(
                        splitter,
                        nfc,
                        before,
                        after,
                        merges,
                        byteIds,
                        wholeWords ? Map.copyOf(vocabulary) : null,
                        knownSpans(json.path("post_processor")) ? lengths(vocabulary) : null))
                .orElse(null);
    }

    /** Whether a post-processor leaves the spans of tokens as they are. By default, the one for bytes cuts white space. */
    private static boolean knownSpans(JsonNode processor) {
        return absent(processor)
                || switch (processor.path("type").asText()) {
                    case "ByteLevel" -> isFalse(processor, "trim_offsets");
                    case "TemplateProcessing" -> true;
                    case "Sequence" -> {
                        boolean known = true;
                        for (JsonNode part : processor.path("processors")) {
                            known &= !part.path("type").asText().equals("Sequence") && knownSpans(part);
                        }
                        yield known;
                    }
                    default -> false;
                };
    }

    /** The number of bytes of each token, by id. Each byte is one character of the piece. */
    private static int @Nullable [] lengths(Map<String, Integer> vocabulary) {
        int last = vocabulary.values().stream().mapToInt(id -> id).max().orElse(-1);
        if (last > MAX_ID_WITH_LENGTH) {
            return null;
        }
        int[] lengths = new int[last + 1];
        vocabulary.forEach((piece, id) -> lengths[id] = piece.length());
        return lengths;
    }

    private boolean knownModel() {
        List<String> names = new ArrayList<>();
        model.fieldNames().forEachRemaining(names::add);
        return model.path("type").asText().equals("BPE")
                && MODEL.containsAll(names)
                && absent(model.path("dropout"))
                // No text with an unknown part is encoded here.
                && (absent(model.path("unk_token")) || model.path("unk_token").isTextual())
                && model.path("continuing_subword_prefix").asText("").isEmpty()
                && model.path("end_of_word_suffix").asText("").isEmpty()
                && (model.path("ignore_merges").isMissingNode()
                        || model.path("ignore_merges").isBoolean());
    }

    private boolean readAdded(boolean nfc) {
        JsonNode tokens = json.path("added_tokens");
        if (tokens.size() > MAX_ADDED) {
            return false;
        }
        Set<String> texts = new HashSet<>();
        for (JsonNode token : tokens) {
            String text = token.path("content").asText();
            boolean plain = isFalse(token, "single_word") && isFalse(token, "lstrip") && isFalse(token, "rstrip");
            JsonNode late = token.path("normalized");
            boolean known = plain
                    && late.isBoolean()
                    && token.path("id").isInt()
                    && !text.isEmpty()
                    && text.length() <= MAX_ADDED_LENGTH
                    && text.codePoints().noneMatch(point -> point >= 0xD800 && point <= 0xDFFF)
                    && texts.add(text)
                    && (!late.booleanValue() || !nfc || Normalizer.isNormalized(text, Normalizer.Form.NFC));
            if (!known) {
                return false;
            }
            (late.booleanValue() ? after : before).add(text, token.path("id").intValue());
            addedTexts.add(text);
        }
        return true;
    }

    /** The ids of all pieces; empty when an id is unusual, or when two pieces have the same one. */
    private Map<String, Integer> vocabulary() {
        Map<String, Integer> vocabulary = new HashMap<>();
        Set<Integer> ids = new HashSet<>();
        for (Map.Entry<String, JsonNode> piece : model.path("vocab").properties()) {
            JsonNode id = piece.getValue();
            if (!id.isInt() || id.intValue() < 0 || id.intValue() > MAX_ID || !ids.add(id.intValue())) {
                return Map.of();
            }
            vocabulary.put(piece.getKey(), id.intValue());
        }
        return vocabulary;
    }

    private Optional<MergeTable> merges(Map<String, Integer> vocabulary) {
        JsonNode merges = model.path("merges");
        if (!merges.isArray()) {
            return Optional.empty();
        }
        int[] left = new int[merges.size()];
        int[] right = new int[merges.size()];
        int[] merged = new int[merges.size()];
        for (int rank = 0; rank < merged.length; rank++) {
            JsonNode merge = merges.path(rank);
            String[] parts = merge.isTextual()
                    ? merge.asText().split(" ", -1)
                    : new String[] {merge.path(0).asText(), merge.path(1).asText()};
            boolean two = parts.length == 2
                    && (merge.isTextual() || merge.size() == 2)
                    && !parts[0].isEmpty()
                    && !parts[1].isEmpty()
                    // The library reads this as a comment.
                    && !(merge.isTextual() && parts[0].startsWith("#version"));
            Integer first = two ? vocabulary.get(parts[0]) : null;
            Integer second = two ? vocabulary.get(parts[1]) : null;
            Integer both = two ? vocabulary.get(parts[0] + parts[1]) : null;
            if (first == null || second == null || both == null) {
                return Optional.empty();
            }
            left[rank] = first;
            right[rank] = second;
            merged[rank] = both;
        }
        return Optional.of(new MergeTable(left, right, merged));
    }

    /** A word in the alphabet of bytes. */
    static String word(byte[] bytes) {
        char[] units = new char[bytes.length];
        for (int i = 0; i < units.length; i++) {
            units[i] = ALPHABET[bytes[i] & 0xFF];
        }
        return new String(units);
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static boolean isFalse(JsonNode token, String name) {
        JsonNode value = token.path(name);
        return value.isBoolean() && !value.booleanValue();
    }

    /** Printable bytes stand for themselves; the others are the characters from U+0100 on. */
    private static char[] alphabet() {
        char[] alphabet = new char[256];
        char next = 0x100;
        for (int value = 0; value < alphabet.length; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || value >= 0xAE;
            alphabet[value] = printable ? (char) value : next++;
        }
        return alphabet;
    }
}
