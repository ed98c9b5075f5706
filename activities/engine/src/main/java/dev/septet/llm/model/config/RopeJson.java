package dev.septet.llm.model.config;

import dev.septet.llm.format.FormatProblem;
import org.jspecify.annotations.Nullable;

/**
 * The rotary position settings of config.json. transformers 5 writes them as one object, or as two
 * objects for Gemma 3. transformers 4 writes the base as a field beside an object for RoPE scaling.
 *
 * @param localTheta base in layers with {@link LayerAttention.Rotation#LOCAL} rotations
 */
record RopeJson(double theta, @Nullable RopeScaling scaling, double localTheta) {
    private static final String FIVE = "rope_parameters";
    private static final double LOCAL_THETA = 10_000;

    static RopeJson of(ConfigFile json, Family family) {
        ConfigFile five = json.object(FIVE);
        boolean perLayerKind = family == Family.GEMMA3 && five.has("full_attention");
        ConfigFile local = perLayerKind ? five.object("sliding_attention") : json.object("none");
        if (scaling(local) != null) {
            throw new FormatProblem(
                    json.file(),
                    FIVE + ".sliding_attention scales positions; this engine scales only those" + " of full_attention");
        }
        ConfigFile main = json.has(FIVE) ? five : json.object("rope_scaling");
        main = perLayerKind ? five.object("full_attention") : main;
        requireWholeHeads(json); // older files have this field at the top level
        return new RopeJson(
                main.number("rope_theta", json.number("rope_theta", family.ropeTheta())),
                scaling(main),
                local.number("rope_theta", json.number("rope_local_base_freq", LOCAL_THETA)));
    }

    private static void requireWholeHeads(ConfigFile holder) {
        double share = holder.number("partial_rotary_factor", 1);
        if (share != 1) {
            throw new FormatProblem(
                    holder.file(), "partial_rotary_factor is " + share + "; this engine rotates whole heads");
        }
    }

    private static @Nullable RopeScaling scaling(ConfigFile rope) {
        requireWholeHeads(rope);
        String type = rope.text("rope_type", rope.text("type", "default"));
        return switch (type) {
            case "default" -> null;
            case "linear" -> new RopeScaling.Linear(rope.number("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                        rope.number("factor"),
                        rope.number("low_freq_factor"),
                        rope.number("high_freq_factor"),
                        rope.whole("original_max_position_embeddings"));
            case "yarn" -> yarn(rope);
            default ->
                throw new FormatProblem(
                        rope.file(), "rope type '" + type + "' is not known; known: default, linear, llama3, yarn");
        };
    }

    private static RopeScaling yarn(ConfigFile rope) {
        rope.forbid("mscale");
        rope.forbid("mscale_all_dim");
        double factor = rope.number("factor");
        double sharpened = factor <= 1 ? 1 : 0.1 * StrictMath.log(factor) + 1;
        return new RopeScaling.Yarn(
                factor,
                rope.number("beta_fast", 32),
                rope.number("beta_slow", 1),
                rope.whole("original_max_position_embeddings"),
                rope.number("attention_factor", sharpened),
                rope.flag("truncate", true));
    }
}
