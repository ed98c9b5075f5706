package dev.septet.activities.track.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.setup.SetupReport;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a run as names and values. Only the blocks {@code initialize}, {@code setup} and {@code train}, and the
 * split of the rows are read, because other blocks may hold prompts. A text is sent only when it is one name: a word of the
 * language, a model or a path. So no instruction and no address with a password is sent.
 */
final class RunParameters {
    private static final int MOST = 500;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/@+-]{0,199}");

    /** A setting's name, which an author may choose for the options of an outside trainer. */
    private static final Pattern KEY = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");

    /** How a stage is retried says nothing about its result. The texts of options may be anything. */
    private static final Set<String> LEFT_OUT = Set.of("policy");

    private static final Set<String> NUMBERS_ONLY = Set.of("options");

    private RunParameters() {}

    /**
     * The settings.
     *
     * @param found what {@code setup} chose; null before its end
     */
    static SortedMap<String, String> of(PipelineSpec spec, @Nullable SetupReport found) {
        SortedMap<String, String> all = new TreeMap<>();
        add("initialize", SpecJson.mapper().valueToTree(spec.initialize()), true, all);
        add("setup", SpecJson.mapper().valueToTree(spec.setup()), true, all);
        add("train", SpecJson.mapper().valueToTree(spec.train()), true, all);
        add("prepare.split", SpecJson.mapper().valueToTree(spec.prepare().split()), true, all);
        put("prepare.maxTokens", Integer.toString(spec.prepare().maxTokens()), all);
        if (found != null && spec.setup().search() != null) {
            put("found.learningRate", Double.toString(found.learningRate()), all);
            put("found.rank", Integer.toString(found.rank()), all);
        }
        return all;
    }

    private static void add(String name, JsonNode value, boolean texts, SortedMap<String, String> all) {
        if (value.isObject()) {
            value.properties().forEach(field -> {
                String key = field.getKey();
                if (!LEFT_OUT.contains(key) && KEY.matcher(key).matches()) {
                    add(name + "." + key, field.getValue(), texts && !NUMBERS_ONLY.contains(key), all);
                }
            });
        } else if (value.isArray()) {
            for (int at = 0; at < value.size(); at++) {
                add(name + "." + at, value.get(at), texts, all);
            }
        } else if (value.isNumber() || value.isBoolean()) {
            put(name, value.asText(), all);
        } else if (texts && value.isTextual() && NAME.matcher(value.asText()).matches()) {
            put(name, value.asText(), all);
        }
    }

    private static void put(String name, String value, SortedMap<String, String> all) {
        if (all.size() < MOST) {
            all.put(name, value);
        }
    }
}
