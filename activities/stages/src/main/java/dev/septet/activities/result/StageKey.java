package dev.septet.activities.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a stage's result depends on, as a list of parts; equal keys give equal results.
 * The parts are stored, so that a new run can name those that changed.
 */
public record StageKey(String stage, List<Part> parts) {
    /** Increased whenever the same parts would give other bytes than before. */
    public static final String REVISION = "8";

    /**
     * One dependency of the result.
     *
     * @param group its name for people, such as {@code training data} or {@code words of train}
     * @param word the setting inside the group, null when the group is a single value
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Part(String group, @Nullable String word, String value) {}

    public StageKey {
        parts = List.copyOf(parts);
    }

    /** A key without parts. */
    public static StageKey of(Stage stage) {
        return new StageKey(stage.word(), List.of()).with("engine revision", REVISION);
    }

    /** Adds an input artifact. */
    public StageKey with(String group, ArtifactRef artifact) {
        return with(group, artifact.sha256());
    }

    /** Adds any other input. */
    public StageKey with(String group, String value) {
        return and(List.of(new Part(group, null, value)));
    }

    /**
     * Adds the settings of a block. Its policy is left out, because retries do not change a result.
     *
     * @param without further fields that do not change the result
     */
    public StageKey words(String block, Object spec, String... without) {
        Set<String> ignored = Set.of(without);
        List<Part> words = new ArrayList<>();
        JsonNode tree = SpecDigest.tree(spec);
        tree.properties().forEach(field -> {
            if (!field.getKey().equals("policy") && !ignored.contains(field.getKey())) {
                words.add(new Part("words of " + block, field.getKey(), SpecDigest.of(field.getValue())));
            }
        });
        return and(words);
    }

    /** 64 hexadecimal digits. */
    public String digest() {
        return SpecDigest.of(this);
    }

    /** This key without some groups; for comparisons only, never to store a result. */
    StageKey without(Set<String> groups) {
        return new StageKey(
                stage,
                parts.stream().filter(part -> !groups.contains(part.group())).toList());
    }

    /** The groups, in order. */
    List<String> groups() {
        return parts.stream().map(Part::group).distinct().toList();
    }

    private StageKey and(List<Part> more) {
        List<Part> all = new ArrayList<>(parts);
        all.addAll(more);
        return new StageKey(stage, all);
    }
}
