package dev.septet.activities.train.outside;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads declarations of trainers. What it does not know, it refuses by name. */
public final class TrainerReader {
    private static final Set<String> METHODS = new TreeSet<>(Set.of("full", "partial", "lora", "dora", "qlora"));
    private static final Set<String> OBJECTIVES = new TreeSet<>(Set.of("supervised", "unsupervised", "dpo"));
    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,5})(s|m|h)");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Path file;

    /** Of an operator's file. */
    public TrainerReader(Path file) {
        this.file = file;
    }

    /** The declaration of a trainer. */
    public OutsideTrainer trainer(String name, JsonNode json) {
        String at = "trainers: " + name;
        object(
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
        List<String> command = texts(json, at, "command", List.of());
        if (command.isEmpty() || command.get(0).isBlank()) {
            throw wrong(at, "command", "a list of texts, such as [/opt/trl/bin/python, /opt/trl/train.py]");
        }
        Map<String, TrainerOption> options = new TreeMap<>();
        object(json.path("options"), at + ": options").properties().forEach(one -> {
            if (!one.getKey().matches(CommandTrainerSpec.NAME_PATTERN)) {
                throw wrong(at + ": options", one.getKey(), "a name with letters, digits, '-' and '_'");
            }
            options.put(one.getKey(), option(at + ": options: " + one.getKey(), one.getValue()));
        });
        JsonNode version = json.path("version");
        if (!version.isMissingNode() && !(version.isInt() && version.asInt() >= 1)) {
            throw wrong(at, "version", "a whole number from 1");
        }
        return new OutsideTrainer(
                name,
                command,
                words(json, at, "methods", List.of("lora", "full"), METHODS),
                words(json, at, "objectives", List.of("supervised"), OBJECTIVES),
                environment(json.path("environment"), at),
                text(json, at, "folder"),
                time(json, at, "grace", OutsideTrainer.GRACE),
                time(json, at, "orphan", OutsideTrainer.ORPHAN),
                time(json, at, "silence", OutsideTrainer.SILENCE),
                version.asInt(1),
                options,
                images(json, at));
    }

    private TrainerOption option(String at, JsonNode json) {
        object(json, at, "type", "default", "min", "max", "choices");
        String type = text(json, at, "type");
        TrainerOption.Type known = null;
        for (TrainerOption.Type one : TrainerOption.Type.values()) {
            known = one.word().equals(type) ? one : known;
        }
        if (known == null) {
            throw wrong(at, "type", "truth, whole, number or text");
        }
        TrainerOption option = new TrainerOption(
                known,
                value(json.path("default"), at),
                number(json, at, "min"),
                number(json, at, "max"),
                texts(json, at, "choices", List.of()));
        Object standard = option.standard();
        String objection = standard == null ? null : option.objection(standard);
        if (objection != null) {
            throw problem("%s: default: %s".formatted(at, objection));
        }
        return option;
    }

    private @Nullable Object value(JsonNode json, String at) {
        if (json.isMissingNode()) {
            return null;
        } else if (json.isTextual()) {
            return json.asText();
        } else if (json.isBoolean()) {
            return json.asBoolean();
        } else if (json.isIntegralNumber() && json.canConvertToLong()) {
            return json.asLong();
        } else if (json.isNumber()) {
            return json.asDouble();
        }
        throw wrong(at, "default", "text, a number, true or false");
    }

    private Map<String, String> environment(JsonNode json, String at) {
        Map<String, String> all = new TreeMap<>();
        object(json, at + ": environment").properties().forEach(one -> {
            if (!VARIABLE.matcher(one.getKey()).matches() || !one.getValue().isTextual()) {
                throw wrong(at + ": environment", one.getKey(), "a variable's name with a text in quotes");
            }
            all.put(one.getKey(), one.getValue().asText());
        });
        return all;
    }

    private List<String> words(JsonNode json, String at, String name, List<String> standard, Set<String> known) {
        List<String> words = texts(json, at, name, standard);
        if (!known.containsAll(words) || words.isEmpty()) {
            throw wrong(at, name, "a list of " + String.join(", ", known));
        }
        return words;
    }

    /** A time, such as {@code 5m}. */
    public Duration time(JsonNode json, String at, String name, Duration standard) {
        String text = text(json, at, name);
        if (text == null) {
            return standard;
        }
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw wrong(at, name, "a time such as 30s, 5m or 1h");
        }
        long count = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    /** The list {@code images:} of a section or of a trainer. */
    public List<String> images(JsonNode json, String at) {
        List<String> images = texts(json, at, "images", List.of());
        if (!images.stream().allMatch(one -> one.matches(KubernetesSpec.IMAGE_PATTERN))) {
            throw wrong(
                    at, "images", "a list of images such as [registry.example/ml/trl:3]; the first one is the default");
        }
        return images;
    }

    private @Nullable Double number(JsonNode json, String at, String name) {
        JsonNode value = json.path(name);
        if (!value.isMissingNode() && !value.isNumber()) {
            throw wrong(at, name, "a number");
        }
        return value.isMissingNode() ? null : (Double) value.asDouble();
    }

    /** A text; null when there is none. */
    public @Nullable String text(JsonNode json, String at, String name) {
        JsonNode value = json.path(name);
        if (!value.isMissingNode() && !value.isTextual()) {
            throw wrong(at, name, "text");
        }
        return value.isMissingNode() ? null : value.asText();
    }

    /** A list of texts. */
    public List<String> texts(JsonNode json, String at, String name, List<String> standard) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) {
            return standard;
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode one : value) {
            if (!one.isTextual()) {
                throw wrong(at, name, "a list of texts");
            }
            texts.add(one.asText());
        }
        if (!value.isArray()) {
            throw wrong(at, name, "a list of texts");
        }
        return texts;
    }

    /** The node, which must be an object with no other names than these; without names, all are allowed. */
    public JsonNode object(JsonNode json, String at, String... names) {
        if (json.isMissingNode() && names.length == 0) {
            return json;
        }
        if (!json.isObject()) {
            throw problem("%s: expected names with values, such as `command: [...]`".formatted(at));
        }
        Set<String> known = Set.of(names);
        for (Iterator<String> given = json.fieldNames(); given.hasNext(); ) {
            String name = given.next();
            if (names.length > 0 && !known.contains(name)) {
                throw problem("%s: has no `%s`; it has %s".formatted(at, name, String.join(", ", names)));
            }
        }
        return json;
    }

    /** A value that is not what the file must have there. */
    public StageProblem wrong(String at, String name, String expected) {
        return problem("%s: %s: expected %s".formatted(at, name, expected));
    }

    /** Something that the file must not have. */
    public StageProblem problem(String what) {
        return new StageProblem(
                FailureType.POLICY_DENIED, "%s (%s): %s".formatted(file, Setting.TRAINERS.variable(), what));
    }
}
