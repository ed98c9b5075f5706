package dev.septet.llm.model.program;

import dev.septet.llm.model.config.ArchitectureOptions;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ExpertGate;
import dev.septet.llm.model.config.Experts;
import dev.septet.llm.model.config.LayerAttention;
import dev.septet.llm.model.config.LayerAttention.Rotation;
import dev.septet.llm.model.config.Layout;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.model.weights.MatrixProducts;
import dev.septet.llm.model.weights.Nf4;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** The values of the placeholders in the resource {@code decoder.py} and its companions. */
public final class ProgramConstants {
    /** Index of each rotation's cosines in the program's list; -1 for no rotation. */
    private static final Map<Rotation, String> TURNS =
            Map.of(Rotation.MAIN, "0", Rotation.LOCAL, "2", Rotation.NONE, "-1");

    private final ModelConfig config;
    private final ToIntFunction<String> places;
    private final ArchitectureOptions switches;
    private final Map<String, String> numbers = new HashMap<>(DropoutHash.CONSTANTS);

    private ProgramConstants(ModelConfig config, ToIntFunction<String> places) {
        this.config = config;
        this.places = places;
        this.switches = config.switches();
    }

    /** Values for training, where each weight is its own tensor. */
    static Map<String, String> of(ModelConfig config, ComputePrecision precision, LoraAdapter adapter) {
        int slots = Layout.block(config).size();
        return new ProgramConstants(config, name -> Layout.place(config, name)).filled(precision, adapter, slots);
    }

    /** Values for {@code decoding.py}, where weights that read the same input are fused into one tensor. */
    static Map<String, String> fused(ModelConfig config, ComputePrecision precision, MatrixProducts products) {
        int slots = Layout.fused(config).size();
        ProgramConstants numbers = new ProgramConstants(config, name -> Layout.fusedPlace(config, name));
        numbers.put("feedforward", config.feedForwardSize());
        numbers.numbers.put("product", products.forward());
        return numbers.filled(precision, LoraAdapter.NONE, slots);
    }

    private Map<String, String> filled(ComputePrecision precision, LoraAdapter adapter, int slots) {
        sizes(precision);
        put("slots", slots);
        attention();
        rotation();
        feedForward();
        edges();
        adapter(adapter);
        return numbers;
    }

    private void sizes(ComputePrecision precision) {
        put("compute", precision.type());
        put("layers", config.layers());
        put("heads", config.heads());
        put("kvheads", config.keyValueHeads());
        put("group", config.heads() / config.keyValueHeads());
        put("headsize", config.headSize());
        put("short", Decoder.shortRow(precision));
        put("chunk", Decoder.chunk(config));
        put("epsilon", config.normEpsilon());
        put("offsetnorms", switches.offsetNorms());
    }

    private void attention() {
        put("scorescale", 1 / Math.sqrt(switches.queryScalar()));
        put("capped", switches.attentionCap() > 0);
        put("attentioncap", switches.attentionCap());
        int window = switches.attention().stream()
                .mapToInt(LayerAttention::window)
                .min()
                .orElse(LayerAttention.UNLIMITED);
        put("unlimited", LayerAttention.UNLIMITED);
        put("window", window);
        put("windowed", window < LayerAttention.UNLIMITED);
        numbers.put("local", perLayer(layer -> word(layer.window() < LayerAttention.UNLIMITED)));
        place("qbias", "self_attn.q_proj.bias");
        place("kbias", "self_attn.k_proj.bias");
        place("vbias", "self_attn.v_proj.bias");
        place("obias", "self_attn.o_proj.bias");
        place("qnorm", "self_attn.q_norm.weight");
        place("knorm", "self_attn.k_norm.weight");
        boolean sandwich = switches.sandwichNorms();
        place("attentionnorm", sandwich ? "post_attention_layernorm.weight" : "");
    }

    private void rotation() {
        put("turnscale", config.turnScale());
        numbers.put("turns", perLayer(layer -> TURNS.getOrDefault(layer.rotation(), "no rotation")));
        put("twobases", switches.attention().stream().anyMatch(l -> l.rotation() == Rotation.LOCAL));
    }

    private void feedForward() {
        put("gelu", switches.gate() == ExpertGate.GELU_TANH);
        place("gatebias", "mlp.gate_proj.bias");
        place("upbias", "mlp.up_proj.bias");
        place("downbias", "mlp.down_proj.bias");
        place("feedforwardnorm", "post_feedforward_layernorm.weight");
        Experts experts = switches.experts();
        put("mixture", experts != null);
        put("experts", experts == null ? 0 : experts.count());
        put("pertoken", experts == null ? 0 : experts.perToken());
        put("routerloss", experts == null ? 0.0 : experts.lossCoefficient());
        put("balanced", experts != null && experts.lossCoefficient() > 0);
        place("router", Layout.ROUTER);
    }

    private void edges() {
        put("scaled", switches.embeddingScale() != 1);
        put("embeddingscale", switches.embeddingScale());
        put("outputcapped", switches.outputCap() > 0);
        put("outputcap", switches.outputCap());
    }

    private void adapter(LoraAdapter adapter) {
        put("scaling", adapter.scaling());
        numbers.put("dropped", Long.toString(DropoutHash.threshold(adapter.dropout())));
        put("nf4tables", Nf4.TABLES);
        put("survivors", 1 / (1 - adapter.dropout()));
    }

    private String perLayer(Function<LayerAttention, String> value) {
        List<String> values = switches.attention().stream().map(value).toList();
        return values.stream().collect(Collectors.joining(", ", "[", "]"));
    }

    /** Sets a placeholder to a weight's index within its block, or to -1 if the model does not have it. */
    private void place(String name, String weight) {
        put(name, places.applyAsInt(weight));
    }

    private void put(String name, int value) {
        numbers.put(name, Integer.toString(value));
    }

    private void put(String name, double value) {
        numbers.put(name, Double.toString(value));
    }

    private void put(String name, boolean value) {
        numbers.put(name, word(value));
    }

    private static String word(boolean value) {
        return value ? "True" : "False";
    }
}
