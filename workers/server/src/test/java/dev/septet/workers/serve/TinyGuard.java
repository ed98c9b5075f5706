package dev.septet.workers.serve;

import ai.djl.ndarray.types.Shape;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a guard of one layer, whose weights are chosen by hand. It answers {@code unsafe,S1} when a text contains the
 * character {@link #MARK}, and {@code safe} otherwise. Its attention averages over all tokens, so every token knows whether
 * there is a mark before it.
 */
final class TinyGuard {
    static final String MARK = "%";

    static final Path BASE = Path.of("../../activities/engine/src/test/resources/dev/septet/llm/format/tiny/base")
            .toAbsolutePath()
            .normalize();

    private static final int WIDTH = 32;
    private static final int VOCABULARY = 320;
    private static final int INNER = 8;

    /** Dimensions of the residual stream: the same in every token; of a mark; of a mark before this token. */
    private static final int CONSTANT = 0;

    private static final int IS_MARK = 1;
    private static final int SEEN = 2;
    private static final int FIRST_STATE = 3;

    private static final float CERTAIN = 1e6f;

    private final float[] embedding = new float[VOCABULARY * WIDTH];
    private final float[] head = new float[VOCABULARY * WIDTH];
    private final Map<Integer, Integer> states = new LinkedHashMap<>();

    private TinyGuard() {}

    /** Writes the model folder. */
    static Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name :
                List.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json")) {
            Files.copy(BASE.resolve(name), folder.resolve(name));
        }
        Files.writeString(folder.resolve("config.json"), SpecJson.mapper().writeValueAsString(config()));
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            new TinyGuard().weights(folder, tokenizer);
        }
        return folder;
    }

    private static Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("LlamaForCausalLM"));
        config.put("model_type", "llama");
        config.put("hidden_act", "silu");
        config.put("hidden_size", WIDTH);
        config.put("intermediate_size", INNER);
        config.put("num_hidden_layers", 1);
        config.put("num_attention_heads", 1);
        config.put("num_key_value_heads", 1);
        config.put("head_dim", WIDTH);
        config.put("max_position_embeddings", 256);
        config.put("rms_norm_eps", 1e-5);
        config.put("rope_parameters", Map.of("rope_theta", 10000.0, "rope_type", "default"));
        config.put("tie_word_embeddings", false);
        config.put("vocab_size", VOCABULARY);
        config.put("bos_token_id", 1);
        config.put("eos_token_id", 2);
        config.put("dtype", "float32");
        return config;
    }

    private void weights(Path folder, Tokenizer tokenizer) throws IOException {
        for (int token = 0; token < VOCABULARY; token++) {
            embedding[token * WIDTH + CONSTANT] = 1;
        }
        embedding[one(tokenizer.encode(MARK, false)) * WIDTH + IS_MARK] = 1;
        int[] opening =
                new ChatEncoder(ChatTemplate.of(folder), tokenizer).prompt(List.of(new ChatMessage("user", "x")));
        int start = opening[opening.length - 1];
        int end = 2;
        int[] safe = tokenizer.encode("safe", false);
        int[] unsafe = tokenizer.encode("unsafe", false);
        int[] code = tokenizer.encode(",S1", false);
        // Where the next token is certain.
        chain(safe);
        chain(unsafe);
        chain(code);
        next(code[code.length - 1], end, CERTAIN);
        // Where it depends on what was seen: the verdict, and whether a code follows it.
        int last = safe[safe.length - 1];
        if (last != unsafe[unsafe.length - 1] || states.containsKey(start)) {
            throw new IllegalStateException("this tokenizer needs another design");
        }
        next(start, safe[0], 1);
        head[unsafe[0] * WIDTH + SEEN] = 1000;
        next(last, unsafe[0], -CERTAIN);
        next(last, end, 1);
        head[code[0] * WIDTH + SEEN] = 1000;
        next(start, code[0], -CERTAIN);

        List<TensorSource> tensors = new ArrayList<>();
        tensors.add(tensor("model.embed_tokens.weight", VOCABULARY, WIDTH, embedding));
        String layer = "model.layers.0.";
        float[] nothing = new float[WIDTH * WIDTH];
        tensors.add(tensor(layer + "self_attn.q_proj.weight", WIDTH, WIDTH, nothing));
        tensors.add(tensor(layer + "self_attn.k_proj.weight", WIDTH, WIDTH, nothing));
        float[] value = new float[WIDTH * WIDTH];
        value[IS_MARK] = 1; // the head's dimension 0 reads whether a token is a mark
        tensors.add(tensor(layer + "self_attn.v_proj.weight", WIDTH, WIDTH, value));
        float[] out = new float[WIDTH * WIDTH];
        out[SEEN * WIDTH] = 1;
        tensors.add(tensor(layer + "self_attn.o_proj.weight", WIDTH, WIDTH, out));
        tensors.add(tensor(layer + "mlp.gate_proj.weight", INNER, WIDTH, new float[INNER * WIDTH]));
        tensors.add(tensor(layer + "mlp.up_proj.weight", INNER, WIDTH, new float[INNER * WIDTH]));
        tensors.add(tensor(layer + "mlp.down_proj.weight", WIDTH, INNER, new float[INNER * WIDTH]));
        for (String norm : List.of(layer + "input_layernorm", layer + "post_attention_layernorm", "model.norm")) {
            float[] ones = new float[WIDTH];
            Arrays.fill(ones, 1);
            tensors.add(TensorSource.floats(norm + ".weight", ElementType.F32, new Shape(WIDTH), () -> ones));
        }
        tensors.add(tensor("lm_head.weight", VOCABULARY, WIDTH, head));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("format", "pt"), tensors);
    }

    private void chain(int[] tokens) {
        for (int at = 1; at < tokens.length; at++) {
            next(tokens[at - 1], tokens[at], CERTAIN);
        }
    }

    /** How much a token speaks for the next one. */
    private void next(int token, int then, float strength) {
        int state = states.computeIfAbsent(token, any -> FIRST_STATE + states.size());
        embedding[token * WIDTH + state] = 1;
        head[then * WIDTH + state] = strength;
    }

    private static int one(int[] tokens) {
        if (tokens.length != 1) {
            throw new IllegalStateException("the mark is several tokens");
        }
        return tokens[0];
    }

    private static TensorSource tensor(String name, int rows, int columns, float[] values) {
        return TensorSource.floats(name, ElementType.F32, new Shape(rows, columns), () -> values);
    }
}
