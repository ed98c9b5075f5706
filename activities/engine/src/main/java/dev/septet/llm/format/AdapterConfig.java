package dev.septet.llm.format;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a LoRA adapter, read from PEFT's adapter_config.json.
 *
 * @param baseModel name or path of the model that the adapter belongs to
 * @param revision of the base model, or null
 * @param rank inner size of the low-rank product (PEFT's {@code r})
 * @param alpha the product is scaled by alpha / rank, or by alpha / sqrt(rank) with {@code
 *     rankStabilized}
 * @param dropout probability used in training; inference ignores it
 * @param targets last parts of the adapted modules' names, such as {@code q_proj}; sorted
 * @param rankStabilized PEFT's {@code use_rslora}
 * @param dora PEFT's {@code use_dora}: the adapter also has a magnitude per output row
 */
public record AdapterConfig(
        String baseModel,
        @Nullable String revision,
        int rank,
        double alpha,
        double dropout,
        List<String> targets,
        boolean rankStabilized,
        boolean dora) {

    public AdapterConfig {
        targets = targets.stream().sorted().toList();
    }

    /** This configuration with DoRA. */
    public AdapterConfig withDora() {
        return new AdapterConfig(baseModel, revision, rank, alpha, dropout, targets, rankStabilized, true);
    }

    /** This configuration with other targets. */
    public AdapterConfig withTargets(List<String> others) {
        return new AdapterConfig(baseModel, revision, rank, alpha, dropout, others, rankStabilized, dora);
    }

    /** Scale of the low-rank product of a module with this rank and alpha. */
    double scale(int moduleRank, double moduleAlpha) {
        return moduleAlpha / (rankStabilized ? Math.sqrt(moduleRank) : moduleRank);
    }

    /** The fields that PEFT reads, sorted by name as PEFT writes them. */
    ObjectNode json() {
        ObjectNode json = StrictJson.MAPPER.createObjectNode();
        json.put("base_model_name_or_path", baseModel);
        json.put("bias", "none");
        json.put("fan_in_fan_out", false);
        json.put("inference_mode", true);
        json.put("lora_alpha", alpha);
        if (alpha == Math.rint(alpha)) {
            json.put("lora_alpha", (long) alpha);
        }
        json.put("lora_dropout", dropout);
        json.put("peft_type", "LORA");
        json.put("r", rank);
        json.put("revision", revision);
        ArrayNode modules = json.putArray("target_modules");
        targets.forEach(modules::add);
        json.put("task_type", "CAUSAL_LM");
        json.put("use_dora", dora);
        json.put("use_rslora", rankStabilized);
        return json;
    }
}
