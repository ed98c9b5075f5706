package dev.septet.llm.format;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names of a Llama model's tensors: in a Hugging Face folder, and in a GGUF file. */
final class LlamaNames {
    static final String EMBEDDINGS = "token_embd.weight";
    static final String HEAD = "output.weight";

    private static final Map<String, String> TOP =
            Map.of(
                    "model.embed_tokens.weight",
                    EMBEDDINGS,
                    "model.norm.weight",
                    "output_norm.weight",
                    "lm_head.weight",
                    HEAD);
    private static final Map<String, String> IN_LAYER =
            Map.of(
                    "input_layernorm", "attn_norm",
                    "self_attn.q_proj", "attn_q",
                    "self_attn.k_proj", "attn_k",
                    "self_attn.v_proj", "attn_v",
                    "self_attn.o_proj", "attn_output",
                    "post_attention_layernorm", "ffn_norm",
                    "mlp.gate_proj", "ffn_gate",
                    "mlp.up_proj", "ffn_up",
                    "mlp.down_proj", "ffn_down");
    private static final Map<String, String> TOP_BACK = inverse(TOP);
    private static final Map<String, String> IN_LAYER_BACK = inverse(IN_LAYER);

    private static final Pattern LAYER =
            Pattern.compile("model\\.layers\\.(\\d{1,6})\\.(.+)\\.(weight|bias)");
    private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d{1,6})\\.(.+)\\.(weight|bias)");

    private LlamaNames() {}

    /** GGUF's name for a tensor of a model folder. */
    static String gguf(Path file, String name) {
        return renamed(name, TOP, LAYER, IN_LAYER, "blk.%s.%s.%s")
                .orElseThrow(
                        () ->
                                new FormatProblem(
                                        file,
                                        "holds " + name + ", which a Llama model does not have"));
    }

    /** A model folder's name for a tensor of a GGUF file. */
    static String huggingFace(Path file, String name) {
        return renamed(name, TOP_BACK, BLOCK, IN_LAYER_BACK, "model.layers.%s.%s.%s")
                .orElseThrow(
                        () ->
                                new FormatProblem(
                                        file, "holds " + name + ", which is not understood here"));
    }

    /** Whether a tensor's rows are queries, which the two formats order differently. */
    static boolean isQuery(String gguf) {
        return gguf.contains(".attn_q.");
    }

    /** Whether a tensor's rows are keys, which the two formats order differently. */
    static boolean isKey(String gguf) {
        return gguf.contains(".attn_k.");
    }

    private static Optional<String> renamed(
            String name,
            Map<String, String> top,
            Pattern layer,
            Map<String, String> inLayer,
            String format) {
        if (top.containsKey(name)) {
            return Optional.ofNullable(top.get(name));
        }
        Matcher matcher = layer.matcher(name);
        if (!matcher.matches() || !inLayer.containsKey(matcher.group(2))) {
            return Optional.empty();
        }
        return Optional.of(
                String.format(
                        format, matcher.group(1), inLayer.get(matcher.group(2)), matcher.group(3)));
    }

    private static Map<String, String> inverse(Map<String, String> map) {
        return map.keySet().stream()
                .collect(Collectors.toMap(key -> map.getOrDefault(key, key), Function.identity()));
    }
}
