package dev.septet.activities.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Parts of the operator's file that sections of named things have in common. */
public final class OperatorName {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    /** Any pipeline. */
    private static final String ANY = "*";

    private OperatorName() {}

    /** Reads one named thing of a section. */
    @FunctionalInterface
    public interface Declaration<T> {
        /**
         * @param at its place in the file, for messages
         */
        T of(OperatorFile file, String at, JsonNode json);
    }

    /**
     * All things of a section, by name.
     *
     * @param pattern the names that a pipeline file can write
     */
    public static <T> Map<String, T> section(
            OperatorFile file, String section, String pattern, Declaration<T> declaration) {
        Map<String, T> all = new TreeMap<>();
        file.object(file.root().path(section), section).properties().forEach(one -> {
            String at = section + ": " + one.getKey();
            if (!one.getKey().matches(pattern)) {
                throw file.problem(at + ": is not a name; use letters, digits, '-' and '_'");
            }
            all.put(one.getKey(), declaration.of(file, at, one.getValue()));
        });
        return all;
    }

    /** The name of an environment variable that holds a secret; null = not declared. */
    public static @Nullable String variable(OperatorFile file, JsonNode json, String at, String name, String example) {
        String variable = file.text(json, at, name);
        if (variable != null && !VARIABLE.matcher(variable).matches()) {
            throw file.wrong(
                    at, name, "the name of an environment variable such as %s, not the secret".formatted(example));
        }
        return variable;
    }

    /** The pipelines that may use a thing, which the operator must name; {@code *} is any. */
    public static List<String> pipelines(OperatorFile file, JsonNode json, String at) {
        List<String> pipelines = file.texts(json, at, "pipelines", List.of());
        if (pipelines.isEmpty()) {
            throw file.wrong(
                    at, "pipelines", "the names of the pipelines that may read it, such as [support], or [\"*\"]");
        }
        return pipelines;
    }

    /** Whether a pipeline is one of {@link #pipelines}. */
    public static boolean allows(List<String> pipelines, String pipeline) {
        return Stream.of(ANY, pipeline).anyMatch(pipelines::contains);
    }
}
