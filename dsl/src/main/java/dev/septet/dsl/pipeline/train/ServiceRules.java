package dev.septet.dsl.pipeline.train;

import dev.septet.dsl.pipeline.backend.BedrockSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Which words of {@code train} a service that holds the model has no counterpart for. A pipeline file, and a worker that
 * gets its spec, refuse them by the same rules.
 */
public final class ServiceRules {
    private static final String LEAVE = "Leave it out: the service decides.";

    private static final String BEDROCK = "Write `hyperparameters` in the block of `bedrock`, or leave it out.";

    private static final List<Unknown> UNKNOWN = List.of(
            new Unknown("steps", train -> train.steps() != null, "Write `epochs`."),
            new Unknown(
                    "batch",
                    train -> !train.batch().equals(BatchSpec.DEFAULT),
                    "Write `batchSize` in the block of `openai`, or leave it out.",
                    BEDROCK),
            new Unknown(
                    "learningRate",
                    train -> !train.learningRate().equals(LearningRateSpec.DEFAULT),
                    "Write `learningRateMultiplier` in the block of `openai`, or leave it out.",
                    BEDROCK),
            new Unknown("optimizer", train -> !train.optimizer().equals(AdamwSpec.DEFAULT), LEAVE),
            new Unknown("clip", train -> train.clip() != TrainSpec.DEFAULT_CLIP, LEAVE),
            new Unknown("checkpoint", train -> !train.checkpoint().equals(CheckpointSpec.DEFAULT), LEAVE),
            new Unknown("validate", train -> train.validateEvery() != TrainSpec.DEFAULT_VALIDATE_EVERY, LEAVE));

    private ServiceRules() {}

    /** A word that the service does not know, and when a spec sets it. */
    private record Unknown(String word, Predicate<TrainSpec> set, String hint, String bedrock) {
        Unknown(String word, Predicate<TrainSpec> set, String hint) {
            this(word, set, hint, hint);
        }
    }

    /**
     * What the service cannot do.
     *
     * @param word of {@code train}
     * @param why a sentence without its end
     * @param hint what to write instead
     */
    public record Objection(String word, String why, String hint) {}

    /**
     * All that the service cannot do of a training.
     *
     * @param written whether the file has a word of {@code train}, such as {@code clip}, though it may be the default
     */
    public static List<Objection> of(TrainSpec train, Predicate<String> written) {
        boolean bedrock = train.by() instanceof BedrockSpec;
        int mostEpochs = bedrock ? BedrockSpec.MOST_EPOCHS : OpenAiSpec.MOST_EPOCHS;
        List<Objection> all = new ArrayList<>();
        for (Unknown one : UNKNOWN) {
            if (one.set().test(train) || written.test(one.word())) {
                all.add(new Objection(
                        one.word(),
                        "the service has no setting for `%s`".formatted(one.word()),
                        bedrock ? one.bedrock() : one.hint()));
            }
        }
        if (!(train.method() instanceof FullSpec)) {
            all.add(new Objection(
                    "method",
                    "the service decides how it trains, and its result is a whole model",
                    "Write `method full()`."));
        }
        if (train.epochs() > mostEpochs) {
            all.add(new Objection(
                    "epochs",
                    String.format(
                            Locale.ROOT,
                            "a job of the service has at most %d epochs, got %d",
                            mostEpochs,
                            train.epochs()),
                    ""));
        }
        if (train.objective() instanceof UnsupervisedSpec) {
            all.add(new Objection(
                    "objective",
                    "the service learns answers, not plain text",
                    "Use rows with answers, and `objective supervised()`."));
        } else if (bedrock && train.objective() instanceof DpoSpec) {
            all.add(new Objection(
                    "objective",
                    "Bedrock learns one answer of each row, not pairs",
                    "Use rows with answers, and `objective supervised()`."));
        } else if (train.objective() instanceof DpoSpec dpo && dpo.beta() > OpenAiSpec.MOST_BETA) {
            all.add(new Objection("objective", "the service takes a `beta` of at most 2, got " + dpo.beta(), ""));
        }
        return all;
    }
}
