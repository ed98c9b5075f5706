package dev.septet.llm.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads PEFT's adapter_config.json. It rejects options that merging or training here would silently
 * compute wrongly.
 *
 * @param config the adapter's configuration
 * @param alphas PEFT's {@code alpha_pattern}: alpha of modules that differ from the config, by name
 *     or name suffix
 */
record AdapterConfigReader(AdapterConfig config, Map<String, Double> alphas) {

    /** PEFT options that change the adapter's output and that are not implemented here. */
    private static final List<String> UNSUPPORTED = List.of(
            "modules_to_save",
            "trainable_token_indices",
            "target_parameters",
            "layer_replication",
            "lora_bias",
            "alora_invocation_tokens",
            "use_qalora",
            "use_bdlora");

    static AdapterConfigReader read(Path file) throws IOException {
        ObjectNode json = StrictJson.file(file);
        require(file, json.path("peft_type").asText().equals("LORA"), "peft_type is", json.path("peft_type"), "LORA");
        require(file, json.path("bias").asText("none").equals("none"), "bias is", json.path("bias"), "none");
        require(
                file,
                !json.path("fan_in_fan_out").asBoolean(),
                "fan_in_fan_out is",
                json.path("fan_in_fan_out"),
                "false");
        for (String unsupported : UNSUPPORTED) {
            JsonNode value = json.path(unsupported);
            boolean unset = value.isMissingNode()
                    || value.isNull()
                    || (value.isContainerNode() && value.isEmpty())
                    || (value.isBoolean() && !value.asBoolean());
            require(file, unset, unsupported + " is", value, "nothing");
        }
        int rank = json.path("r").asInt();
        require(file, rank >= 1, "r is", json.path("r"), "a rank of at least 1");
        JsonNode alpha = json.path("lora_alpha");
        require(file, alpha.isNumber(), "lora_alpha is", alpha, "a number");
        JsonNode revision = json.path("revision");
        AdapterConfig config = new AdapterConfig(
                json.path("base_model_name_or_path").asText(),
                revision.isTextual() ? revision.asText() : null,
                rank,
                alpha.asDouble(),
                json.path("lora_dropout").asDouble(),
                targets(json.path("target_modules")),
                json.path("use_rslora").asBoolean(),
                json.path("use_dora").asBoolean());
        return new AdapterConfigReader(config, alphas(file, json.path("alpha_pattern")));
    }

    /** Alpha of a module, from the longest pattern that is a suffix of its name. */
    double alpha(String module) {
        double alpha = config.alpha();
        int matched = 0;
        for (Map.Entry<String, Double> entry : alphas.entrySet()) {
            String pattern = entry.getKey();
            boolean matches = module.equals(pattern) || module.endsWith("." + pattern);
            if (matches && pattern.length() > matched) {
                alpha = entry.getValue();
                matched = pattern.length();
            }
        }
        return alpha;
    }

    private static List<String> targets(JsonNode node) {
        List<String> targets = new ArrayList<>();
        node.forEach(name -> targets.add(name.asText()));
        if (node.isTextual()) {
            targets.add(node.asText());
        }
        return targets;
    }

    private static Map<String, Double> alphas(Path file, JsonNode patterns) {
        Map<String, Double> alphas = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : patterns.properties()) {
            if (!entry.getKey().matches("[A-Za-z0-9_.]+") || !entry.getValue().isNumber()) {
                throw new FormatProblem(
                        file,
                        "alpha_pattern \"" + entry.getKey() + "\" is not understood, expected the name of a module");
            }
            alphas.put(entry.getKey(), entry.getValue().asDouble());
        }
        return alphas;
    }

    private static void require(Path file, boolean holds, String field, JsonNode found, String expected) {
        if (!holds) {
            throw new FormatProblem(file, field + " " + found + ", expected " + expected);
        }
    }
}
