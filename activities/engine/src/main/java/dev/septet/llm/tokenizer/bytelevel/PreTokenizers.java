package dev.septet.llm.tokenizer.bytelevel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.StrictJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pre-tokenization: how text is split before byte-pair encoding. tokenizer.json describes it with
 * regular expressions, GGUF with a name that llama.cpp knows ({@code tokenizer.ggml.pre}). Both
 * must split alike, or the exported model would get other tokens.
 *
 * <p>Supported names: {@code gpt-2} (byte level with its own regular expression), {@code smollm}
 * (single digits, then as gpt-2), {@code llama-bpe} (Llama 3: groups of up to three digits), {@code
 * qwen2} (as Llama 3 with single digits), and {@code default} (llama.cpp's default when a file has
 * no name).
 */
public final class PreTokenizers {
    private static final String DIGITS = "Digits";
    private static final String BYTES = "ByteLevel";
    private static final String GPT2_BYTES = "ByteLevel with its expression";
    private static final String SPLIT = "Split ";

    private static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";
    private static final String LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static final Map<String, List<String>> STEPS = steps();

    private PreTokenizers() {}

    private static Map<String, List<String>> steps() {
        Map<String, List<String>> steps = new LinkedHashMap<>();
        steps.put("gpt-2", List.of(GPT2_BYTES));
        steps.put("smollm", List.of(DIGITS, GPT2_BYTES));
        steps.put("llama-bpe", List.of(SPLIT + LLAMA3, BYTES));
        steps.put("qwen2", List.of(SPLIT + LLAMA3.replace("{1,3}", ""), BYTES));
        steps.put(
                "default",
                List.of(
                        SPLIT + "[\\p{P}\\$\\+<=>\\^~\\|]+",
                        SPLIT + GPT2,
                        SPLIT + "\\p{N}+",
                        SPLIT + "[0-9][0-9][0-9]",
                        BYTES));
        return steps;
    }

    /**
     * Whether a word that is in the vocabulary becomes one token even if no merges produce it
     * ({@code ignore_merges}).
     */
    public static boolean wholeWordsFirst(String name) {
        return name.equals("llama-bpe");
    }

    /** llama.cpp's name for a tokenizer.json's {@code pre_tokenizer}. */
    public static String name(Path file, JsonNode preTokenizer) {
        return known(preTokenizer)
                .orElseThrow(() -> new FormatProblem(
                        file,
                        "has a pre-tokenizer that cannot be written as GGUF here: "
                                + preTokenizer
                                + "; known are "
                                + String.join(", ", STEPS.keySet())));
    }

    /** As {@link #name}; empty for a pre-tokenizer without a name. */
    static Optional<String> known(JsonNode preTokenizer) {
        List<String> steps = new ArrayList<>();
        collect(preTokenizer, steps);
        return STEPS.entrySet().stream()
                .filter(known -> known.getValue().equals(steps))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static void collect(JsonNode node, List<String> steps) {
        switch (node.path("type").asText()) {
            case "Sequence" -> node.path("pretokenizers").forEach(child -> collect(child, steps));
            case "ByteLevel" -> {
                boolean prefixed = node.path("add_prefix_space").asBoolean(true);
                steps.add(prefixed ? node.toString() : node.path("use_regex").asBoolean(true) ? GPT2_BYTES : BYTES);
            }
            case "Digits" -> steps.add(node.path("individual_digits").asBoolean() ? DIGITS : node.toString());
            case "Split" -> {
                boolean isolated = node.path("behavior").asText().equals("Isolated");
                boolean plain = isolated && !node.path("invert").asBoolean();
                steps.add(plain ? SPLIT + node.path("pattern").path("Regex").asText() : node.toString());
            }
            default -> steps.add(node.toString());
        }
    }

    /** The {@code pre_tokenizer} of a tokenizer.json that splits as llama.cpp does for this name. */
    public static ObjectNode json(Path file, String name) {
        List<String> steps = STEPS.get(name);
        if (steps == null) {
            throw new FormatProblem(
                    file,
                    "names the pre-tokenizer \""
                            + name
                            + "\", which is not known here; known are "
                            + String.join(", ", STEPS.keySet()));
        }
        ObjectNode json = StrictJson.MAPPER.createObjectNode();
        ArrayNode children = json.put("type", "Sequence").putArray("pretokenizers");
        for (String step : steps) {
            ObjectNode child = children.addObject();
            if (step.equals(DIGITS)) {
                child.put("type", DIGITS).put("individual_digits", true);
            } else if (step.startsWith(SPLIT)) {
                child.put("type", "Split").putObject("pattern").put("Regex", step.substring(SPLIT.length()));
                child.put("behavior", "Isolated").put("invert", false);
            } else {
                byteLevel(child, step.equals(GPT2_BYTES));
            }
        }
        return json;
    }

    /** Adds the fields of ByteLevel, the name of a pre-tokenizer, a decoder and a post-processor. */
    public static ObjectNode byteLevel(ObjectNode node, boolean ownExpression) {
        return node.put("type", BYTES)
                .put("add_prefix_space", false)
                .put("trim_offsets", false)
                .put("use_regex", ownExpression);
    }
}
