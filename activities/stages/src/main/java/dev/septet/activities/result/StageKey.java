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
 * Everything a stage's result depends on, part by part; equal keys give equal results. The parts
 * are kept so that a new run can say which of them changed.
 */
public record StageKey(String stage, List<Part> parts) {
    /** Grows whenever the same parts would give other bytes than before. */
    public static final String REVISION = "8";

    /**
     * One thing the result depends on.
     *
     * @param group what people call it, such as {@code training data} or {@code words of train}
     * @param word the word inside the group, null when the group is one thing
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Part(String group, @Nullable String word, String value) {}

    public StageKey {
        parts = List.copyOf(parts);
    }

    /** A key to add parts to. */
    public static StageKey of(Stage stage) {
        return new StageKey(stage.word(), List.of()).with("engine revision", REVISION);
    }

    /** With an artifact that goes in. */
    public StageKey with(String group, ArtifactRef artifact) {
        return with(group, artifact.sha256());
    }

    /** With any other value that goes in. */
    public StageKey with(String group, String value) {
        return and(List.of(new Part(group, null, value)));
    }

    /**
     * With the words of a block. Its policy never counts: how often a stage may try does not change
     * what it makes.
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

    /** Without the parts of some groups; for comparisons, never to store a result. */
    StageKey without(Set<String> groups) {
        return new StageKey(
                stage,
                parts.stream().filter(part -> !groups.contains(part.group())).toList());
    }

    /** The groups, in their order. */
    List<String> groups() {
        return parts.stream().map(Part::group).distinct().toList();
    }

    private StageKey and(List<Part> more) {
        List<Part> all = new ArrayList<>(parts);
        all.addAll(more);
        return new StageKey(stage, all);
    }
}
