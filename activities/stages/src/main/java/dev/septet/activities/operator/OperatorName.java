package dev.septet.activities.operator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import java.nio.file.Path;
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

    /**
     * The thing of a name.
     *
     * @param file the operator's file; null = none is set
     * @param all what the file declares
     * @param where what names the thing, for messages
     * @param noun what it is, such as {@code bucket}; the section has the plural
     * @throws StageProblem POLICY_DENIED when the operator does not declare it
     */
    public static <T> T required(@Nullable Path file, Map<String, T> all, String where, String noun, String name) {
        if (file == null) {
            throw denied(
                    where,
                    "this worker allows no %ss; its operator declares them in a file and sets %s to its path"
                            .formatted(noun, Setting.TRAINERS.variable()));
        }
        T one = all.get(name);
        if (one == null) {
            throw denied(
                    where,
                    "the operator's file %s has no %s '%s' in `%ss:`; it has %s"
                            .formatted(
                                    file, noun, name, noun, all.isEmpty() ? "none" : String.join(", ", all.keySet())));
        }
        return one;
    }

    /** Refuses what the operator does not allow. */
    public static StageProblem denied(String where, String why) {
        return new StageProblem(FailureType.POLICY_DENIED, "%s: %s".formatted(where, why));
    }

    /** The name of an environment variable that holds a secret; null = not declared. */
    public static @Nullable String variable(OperatorFile file, JsonNode json, String at, String name, String example) {
        String variable = file.text(json, at, name);
        if (variable != null && !VARIABLE.matcher(variable).matches()) {
            throw file.wrong(at, name, "the name of an environment variable, %s, not the secret".formatted(example));
        }
        return variable;
    }

    /**
     * The value of a variable that the operator's file names.
     *
     * @param what has the secret, such as {@code bucket 'warehouse'}
     * @throws StageProblem POLICY_DENIED when the variable is not set
     */
    public static String secret(Map<String, String> environment, String variable, String what) {
        String value = environment.get(variable);
        if (value == null || value.isBlank()) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "%s: the worker has no environment variable %s, which the operator's file names; set it and start the worker again"
                            .formatted(what, variable));
        }
        return value;
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

    /**
     * Refuses a pipeline that is not one of {@link #pipelines}.
     *
     * @param use what the pipeline may not do, such as {@code read this bucket}
     * @throws StageProblem POLICY_DENIED
     */
    public static void requirePipeline(
            @Nullable Path file, List<String> pipelines, String pipeline, String where, String use) {
        if (Stream.of(ANY, pipeline).noneMatch(pipelines::contains)) {
            throw denied(
                    where,
                    "the operator's file %s does not let pipeline '%s' %s; ask the operator to add it to `pipelines:`"
                            .formatted(file, pipeline, use));
        }
    }
}
