package dev.septet.workflows.graph;

import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.workflows.artifact.ArtifactRef;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A dependency of a stage's result, which is a part of the stage's key.
 *
 * @param <Q> the stage's request
 */
public sealed interface StageDependency<Q> {
    /** The dependency's name in explanations, such as {@code training data}. */
    String group();

    /** A value that the request holds; null = the key of this request has no such part. */
    record Value<Q>(String group, Function<Q, @Nullable String> text) implements StageDependency<Q> {}

    /**
     * The words of a block, one part each.
     *
     * @param block null = the key of this request has no such parts
     * @param without words that do not change the result
     */
    record Words<Q>(String group, Function<Q, @Nullable Object> block, Set<String> without)
            implements StageDependency<Q> {}

    /** A value that a worker measures. A key cannot be computed without a needed value. */
    record Measured<Q>(String group, KeyMeasurement what, boolean needed) implements StageDependency<Q> {}

    static <Q> StageDependency<Q> value(String group, Function<Q, @Nullable Object> value) {
        return new Value<>(group, request -> {
            Object found = value.apply(request);
            return found == null
                    ? null
                    : found instanceof Enum<?> constant ? SpecDigest.constant(constant) : String.valueOf(found);
        });
    }

    static <Q> StageDependency<Q> artifact(String group, Function<Q, ArtifactRef> artifact) {
        return new Value<>(group, request -> artifact.apply(request).sha256());
    }

    static <Q> StageDependency<Q> digest(String group, Function<Q, @Nullable Object> record) {
        return new Value<>(
                group,
                request -> Optional.ofNullable(record.apply(request))
                        .map(SpecDigest::of)
                        .orElse(null));
    }

    static <Q> StageDependency<Q> words(String word, Function<Q, @Nullable Object> block, String... without) {
        return new Words<>("words of " + word, block, Set.of(without));
    }

    static <Q> StageDependency<Q> measured(KeyMeasurement what) {
        return new Measured<>(what.group(), what, true);
    }

    static <Q> StageDependency<Q> ifMeasured(KeyMeasurement what) {
        return new Measured<>(what.group(), what, false);
    }
}
