package dev.septet.dsl.vocabulary.backend;

import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import dev.septet.dsl.vocabulary.word.DataSize;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a training job requests from Amazon SageMaker. */
public final class SageMakerDsl {
    private @Nullable String image;
    private @Nullable String instance;
    private int nodes = 1;
    private @Nullable Long volume;
    private @Nullable Duration time;
    private @Nullable Duration spot;

    private SageMakerDsl() {}

    /**
     * The container image that holds the trainer. The operator of the workers declares the allowed images; the first one
     * is the default.
     */
    @Example("image '123456789012.dkr.ecr.eu-west-1.amazonaws.com/trl:3'")
    public void image(@Example("'123456789012.dkr.ecr.eu-west-1.amazonaws.com/trl:3'") String name) {
        Refusal.unless(name.matches(SageMakerSpec.IMAGE_PATTERN), "'%s' is not an image's name", name);
        image = name;
    }

    /**
     * The instance type, which decides GPUs, processors and memory. The operator of the workers declares the allowed
     * types; the first one is the default.
     */
    @Example("instance 'ml.g5.2xlarge'")
    public void instance(@Example("'ml.g5.2xlarge'") String type) {
        Refusal.unless(
                type.matches(SageMakerSpec.INSTANCE_PATTERN),
                "'%s' is not an instance type, such as ml.g5.2xlarge",
                type);
        instance = type;
    }

    /** How many instances train together, such as the nodes of torchrun. At least 1. */
    @Example("nodes 2")
    public void nodes(@Example("2") int count) {
        Refusal.unless(count >= 1, "nodes must be at least 1, got %s", count);
        nodes = count;
    }

    /** The storage volume of each instance, for the model, the data and the checkpoints. By default 100 GB. */
    @Example("volume 200.gb")
    public void volume(@Example("200.gb") DataSize size) {
        volume = size.bytes();
    }

    /**
     * How long the job may train. SageMaker stops it then, and the next job continues from the newest checkpoint. The
     * operator of the workers declares the limit, which is also the default.
     */
    @Example("time 12.hours")
    public void time(@Example("12.hours") Duration limit) {
        time = limit;
    }

    /**
     * Uses spot capacity, which costs less and may be interrupted. After an interruption, the next job continues from
     * the newest checkpoint. The job waits at most this long for capacity.
     */
    @Example("spot wait: 6.hours")
    public void spot(@Option @Example("6.hours") Duration wait) {
        spot = wait;
    }

    /**
     * What the block sets.
     *
     * @param words null = the file has no block
     */
    public static SageMakerSpec spec(CommandTrainerSpec command, @Nullable Consumer<SageMakerDsl> words) {
        var dsl = new SageMakerDsl();
        if (words != null) {
            words.accept(dsl);
        }
        return new SageMakerSpec(command, dsl.image, dsl.instance, dsl.nodes, dsl.volume, dsl.time, dsl.spot);
    }
}
