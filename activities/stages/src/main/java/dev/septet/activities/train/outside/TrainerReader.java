package dev.septet.activities.train.outside;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.operator.DeclaredOption;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads declarations of trainers.
 *
 * @param file the operator's file
 */
public record TrainerReader(OperatorFile file) {
    private static final Set<String> METHODS = new TreeSet<>(Set.of("full", "partial", "lora", "dora", "qlora"));
    private static final Set<String> OBJECTIVES = new TreeSet<>(Set.of("supervised", "unsupervised", "dpo"));
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** The declaration of a trainer. */
    public OutsideTrainer trainer(String name, JsonNode json) {
        String at = "trainers: " + name;
        file.object(
                json,
                at,
                "command",
                "methods",
                "objectives",
                "environment",
                "folder",
                "grace",
                "orphan",
                "silence",
                "version",
                "options",
                "images");
        List<String> command = file.texts(json, at, "command", List.of());
        if (command.isEmpty() || command.get(0).isBlank()) {
            throw file.wrong(at, "command", "a list of texts, such as [/opt/trl/bin/python, /opt/trl/train.py]");
        }
        Map<String, DeclaredOption> options = new TreeMap<>();
        file.object(json.path("options"), at + ": options").properties().forEach(one -> {
            if (!one.getKey().matches(CommandTrainerSpec.NAME_PATTERN)) {
                throw file.wrong(at + ": options", one.getKey(), "a name with letters, digits, '-' and '_'");
            }
            options.put(one.getKey(), DeclaredOption.of(file, at + ": options: " + one.getKey(), one.getValue()));
        });
        JsonNode version = json.path("version");
        if (!version.isMissingNode() && !(version.isInt() && version.asInt() >= 1)) {
            throw file.wrong(at, "version", "a whole number from 1");
        }
        return new OutsideTrainer(
                name,
                command,
                words(json, at, "methods", List.of("lora", "full"), METHODS),
                words(json, at, "objectives", List.of("supervised"), OBJECTIVES),
                environment(json.path("environment"), at),
                file.text(json, at, "folder"),
                file.time(json, at, "grace", OutsideTrainer.GRACE),
                file.time(json, at, "orphan", OutsideTrainer.ORPHAN),
                file.time(json, at, "silence", OutsideTrainer.SILENCE),
                version.asInt(1),
                options,
                images(file, json, at));
    }

    private Map<String, String> environment(JsonNode json, String at) {
        Map<String, String> all = new TreeMap<>();
        file.object(json, at + ": environment").properties().forEach(one -> {
            if (!VARIABLE.matcher(one.getKey()).matches() || !one.getValue().isTextual()) {
                throw file.wrong(at + ": environment", one.getKey(), "a variable's name with a text in quotes");
            }
            all.put(one.getKey(), one.getValue().asText());
        });
        return all;
    }

    private List<String> words(JsonNode json, String at, String name, List<String> standard, Set<String> known) {
        List<String> words = file.texts(json, at, name, standard);
        if (!known.containsAll(words) || words.isEmpty()) {
            throw file.wrong(at, name, "a list of " + String.join(", ", known));
        }
        return words;
    }

    /** The list {@code images:} of a section or of a trainer. */
    public static List<String> images(OperatorFile file, JsonNode json, String at) {
        List<String> images = file.texts(json, at, "images", List.of());
        if (!images.stream().allMatch(one -> one.matches(KubernetesSpec.IMAGE_PATTERN))) {
            throw file.wrong(
                    at, "images", "a list of images such as [registry.example/ml/trl:3]; the first one is the default");
        }
        return images;
    }
}
