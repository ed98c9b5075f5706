package dev.septet.llm.gguf;

import dev.septet.llm.format.FormatProblem;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Converts names of a model's tensors between a Hugging Face folder and a GGUF file. */
final class TensorNames {
    static final String EMBEDDINGS = "token_embd.weight";
    static final String HEAD = "output.weight";

    private static final Map<String, String> TOP = Map.of(
            "model.embed_tokens.weight", EMBEDDINGS, "model.norm.weight", "output_norm.weight", "lm_head.weight", HEAD);
    private static final Map<String, String> SHARED = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"),
            Map.entry("block_sparse_moe.gate", "ffn_gate_inp"));
    private static final Map<String, String> ONE_NORM = Map.of("post_attention_layernorm", "ffn_norm");
    private static final Map<String, String> SANDWICH = Map.of(
            "post_attention_layernorm", "post_attention_norm",
            "pre_feedforward_layernorm", "ffn_norm",
            "post_feedforward_layernorm", "post_ffw_norm");
    private static final Map<String, String> EXPERTS =
            Map.of("w1", "ffn_gate_exps", "w2", "ffn_down_exps", "w3", "ffn_up_exps");

    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d{1,6})\\.(.+)\\.(weight|bias)");
    private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d{1,6})\\.(.+)\\.(weight|bias)");
    private static final Pattern EXPERT = Pattern.compile("block_sparse_moe\\.experts\\.(\\d{1,4})\\.(w[123])");

    private final Map<String, String> inLayer = new HashMap<>(SHARED);

    private TensorNames(Architecture architecture) {
        inLayer.putAll(architecture.isGemma() ? SANDWICH : ONE_NORM);
    }

    static TensorNames of(Architecture architecture) {
        return new TensorNames(architecture);
    }

    /**
     * GGUF's name for a tensor.
     *
     * @param expert index within the tensor that holds all experts of a layer; 0 for other tensors
     */
    public record Place(String name, int expert) {}

    /** GGUF's name and expert index of a model folder's tensor. */
    Place gguf(Path file, String name) {
        Matcher layer = LAYER.matcher(name);
        Matcher expert = EXPERT.matcher(layer.matches() ? layer.group(2) : "");
        if (expert.matches()) {
            String stacked = EXPERTS.getOrDefault(expert.group(2), "");
            return new Place(
                    "blk." + layer.group(1) + "." + stacked + "." + layer.group(3), Integer.parseInt(expert.group(1)));
        }
        return renamed(name, TOP, LAYER, inLayer, "blk.%s.%s.%s")
                .map(found -> new Place(found, 0))
                .orElseThrow(() -> new FormatProblem(file, "holds " + name + ", which such a model does not have"));
    }

    /**
     * The name in a model folder of a GGUF tensor; {@code expert} selects one if the tensor holds
     * several.
     */
    String huggingFace(Path file, String name, int expert) {
        Map<String, String> toFolder = inverse(inLayer);
        inverse(EXPERTS).forEach((stacked, w) -> toFolder.put(stacked, "block_sparse_moe.experts." + expert + "." + w));
        return renamed(name, inverse(TOP), BLOCK, toFolder, "model.layers.%s.%s.%s")
                .orElseThrow(() -> new FormatProblem(file, "holds " + name + ", which this engine does not support"));
    }

    /** Whether a tensor's rows are queries, which the two formats may order differently. */
    static boolean isQuery(String gguf) {
        return gguf.contains(".attn_q.");
    }

    /** Whether a tensor's rows are keys, which the two formats may order differently. */
    static boolean isKey(String gguf) {
        return gguf.contains(".attn_k.");
    }

    /** Whether a tensor is a norm's weight. */
    static boolean isNorm(String gguf) {
        return gguf.endsWith("norm.weight");
    }

    /** Whether a tensor is a router; it is never quantized. */
    static boolean isRouter(String gguf) {
        return gguf.endsWith(".ffn_gate_inp.weight");
    }

    /** Index of a tensor's block; empty for tensors outside the blocks. */
    static Optional<Integer> block(String gguf) {
        Matcher matcher = BLOCK.matcher(gguf);
        return matcher.matches() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
    }

    private static Optional<String> renamed(
            String name, Map<String, String> top, Pattern layer, Map<String, String> inLayer, String format) {
        if (top.containsKey(name)) {
            return Optional.ofNullable(top.get(name));
        }
        Matcher matcher = layer.matcher(name);
        if (!matcher.matches() || !inLayer.containsKey(matcher.group(2))) {
            return Optional.empty();
        }
        return Optional.of(String.format(format, matcher.group(1), inLayer.get(matcher.group(2)), matcher.group(3)));
    }

    private static Map<String, String> inverse(Map<String, String> map) {
        return new HashMap<>(map.keySet().stream()
                .collect(Collectors.toMap(key -> map.getOrDefault(key, key), Function.identity())));
    }
}
