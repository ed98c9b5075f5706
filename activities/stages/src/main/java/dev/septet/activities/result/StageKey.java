package dev.septet.activities.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.graph.StageDependency;
import dev.septet.workflows.graph.StageNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** The key of a stage's stored result. */
    public static <Q> StageKey of(StageNode<Q, ?> node, Q request, KeyMeasurements measured) {
        return of(node.stage()).with(node.dependencies(), request, measured);
    }

    /** With what a request depends on. */
    public <Q> StageKey with(List<StageDependency<Q>> dependencies, Q request, KeyMeasurements measured) {
        StageKey key = this;
        for (StageDependency<Q> dependency : dependencies) {
            key = key.with(dependency, request, measured);
        }
        return key;
    }

    private <Q> StageKey with(StageDependency<Q> dependency, Q request, KeyMeasurements measured) {
        if (dependency instanceof StageDependency.Words<Q> words) {
            Object block = words.block().apply(request);
            return block == null ? this : words(words.group(), block, words.without());
        }
        if (dependency instanceof StageDependency.Value<Q> value) {
            String text = value.text().apply(request);
            return text == null ? this : with(value.group(), text);
        }
        StageDependency.Measured<Q> part = (StageDependency.Measured<Q>) dependency;
        String value = measured.get(part.what());
        if (value == null && part.needed()) {
            throw new IllegalStateException("%s: the %s was not measured".formatted(stage, part.group()));
        }
        return value == null ? this : with(part.group(), value);
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
    public StageKey words(String group, Object spec, Set<String> without) {
        List<Part> words = new ArrayList<>();
        JsonNode tree = SpecDigest.tree(spec);
        tree.properties().forEach(field -> {
            if (!field.getKey().equals("policy") && !without.contains(field.getKey())) {
                words.add(new Part(group, field.getKey(), SpecDigest.of(field.getValue())));
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

    /** The value of a group that is one thing. */
    public Optional<String> value(String group) {
        return parts.stream()
                .filter(part -> part.group().equals(group))
                .map(Part::value)
                .findFirst();
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
