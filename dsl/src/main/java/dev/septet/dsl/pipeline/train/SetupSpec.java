package dev.septet.dsl.pipeline.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.ResourcesSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import dev.septet.dsl.pipeline.search.DimensionSpec;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The training environment of a pipeline file. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SetupSpec(
        ResourcesSpec resources,
        Precision precision,
        long seed,
        @Nullable SearchSpec search,
        StagePolicy policy) implements StageSpec {
    public static final long DEFAULT_SEED = 42;
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(12));
    public static final SetupSpec DEFAULT =
            new SetupSpec(ResourcesSpec.DEFAULT, Precision.FLOAT32, DEFAULT_SEED, null, DEFAULT_POLICY);

    /** The largest LoRA rank that a search may come to; 0 = the file's own is the only one. */
    public int largestRank() {
        return search == null
                ? 0
                : search.dimension(DimensionSpec.Name.RANK)
                        .map(rank -> (int) rank.largest())
                        .orElseGet(() -> search.ranks().stream()
                                .mapToInt(rank -> rank)
                                .max()
                                .orElse(0));
    }

    /** The methods that this training may come to: the file's own and those of a search. */
    public List<MethodSpec> methods(TrainSpec train) {
        return search == null
                ? List.of(train.method())
                : Stream.concat(Stream.of(train.method()), search.methods().stream())
                        .distinct()
                        .toList();
    }

    /** The largest micro-batch that this training may come to. */
    public int largestBatch(TrainSpec train) {
        return search == null
                ? train.batch().size()
                : search.dimension(DimensionSpec.Name.BATCH)
                        .map(batch -> Math.max(train.batch().size(), (int) batch.largest()))
                        .orElse(train.batch().size());
    }
}
