package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.ResourcesSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.vocabulary.search.SearchDsl;
import dev.septet.dsl.vocabulary.word.DataSize;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Training environment: the worker's resources, the number format and the seed. */
public final class SetupDsl extends StageDsl {
    private ResourcesSpec resources = ResourcesSpec.DEFAULT;
    private Precision precision = SetupSpec.DEFAULT.precision();
    private long seed = SetupSpec.DEFAULT_SEED;
    private @Nullable SearchSpec search;

    SetupDsl() {
        super(SetupSpec.DEFAULT_POLICY);
    }

    /**
     * What a worker must have: the number of GPUs (0 = none; Septet's engine uses at most 1), free memory, and its task
     * queue.
     */
    @Example("resources gpus: 1, memory: 24.gb, queue: 'septet-gpu'")
    public void resources(
            @Option @Example("1") @Nullable Integer gpus,
            @Option @Example("24.gb") @Nullable DataSize memory,
            @Option @Example("'septet-gpu'") @Nullable String queue) {
        Refusal.unless(gpus != null || memory != null || queue != null, "resources needs gpus:, memory: or queue:");
        resources = new ResourcesSpec(
                gpus == null ? ResourcesSpec.DEFAULT.gpus() : gpus, memory == null ? null : memory.bytes(), queue);
    }

    /**
     * Number format of the matrix products. Trained parameters stay float32 in both formats. A worker whose processor
     * has no bf16 instructions computes in float32.
     */
    @Example("precision bf16")
    public void precision(Precision format) {
        precision = format;
    }

    /** The seed of all random numbers. The same seed gives the same run. */
    @Example("seed 7")
    public void seed(@Example("7") long number) {
        seed = number;
    }

    /** Runs short trials before training. Training then uses the settings of the best trial. */
    @Example("search { learningRate 1e-4, 2e-4; rank 8, 16 }")
    public void search(Consumer<SearchDsl> words) {
        search = SearchDsl.spec(words);
    }

    SetupSpec spec() {
        return new SetupSpec(resources, precision, seed, search, policy());
    }
}
