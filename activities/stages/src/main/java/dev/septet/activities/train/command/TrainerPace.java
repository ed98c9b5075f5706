package dev.septet.activities.train.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast a pipeline's last training with an outside trainer was; for estimates only. The store record {@code
 * pace/PIPELINE/train} holds it.
 *
 * @param runId run that trained
 * @param conditions digest of what determines the speed, besides the data
 * @param steps optimizer steps of the measured part: since its program started the last time
 * @param seconds what they took, with validation and checkpoints
 */
public record TrainerPace(String runId, String conditions, int steps, double seconds) {
    private static final Pattern FIRST = Pattern.compile("([0-9]{1,9}) ([0-9]{1,18})\\s*");
    private static final double MILLIS = 1000;

    /** The last measured training of a pipeline; empty when there is none. */
    public static Optional<TrainerPace> last(ArtifactStore store, String pipeline) throws IOException {
        Optional<String> text = store.record(record(pipeline));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SpecJson.mapper().readValue(text.get(), TrainerPace.class))
                    .filter(pace -> pace.steps() > 0 && pace.seconds() > 0);
        } catch (JsonProcessingException damaged) {
            return Optional.empty();
        }
    }

    private static String record(String pipeline) {
        return "pace/%s/train".formatted(pipeline);
    }

    /**
     * Digest of what determines the speed, besides the data.
     *
     * @param trainer fingerprint of the operator's declaration
     */
    public static String conditions(String trainer, TrainSpec train, InitializeSpec initialize, SetupSpec setup) {
        ArrayNode parts = SpecJson.mapper().createArrayNode();
        ObjectNode by = SpecJson.mapper().valueToTree(Objects.requireNonNull(train.by()));
        by.remove("time");
        by.remove("spot");
        parts.add(by)
                .add(SpecJson.mapper().<ObjectNode>valueToTree(train.method()))
                .add(SpecJson.mapper().<ObjectNode>valueToTree(train.batch()))
                .add(SpecJson.mapper().valueToTree(train.objective()))
                .add(initialize.model())
                .add(setup.precision().name())
                .add(train.validateEvery())
                .add(train.checkpoint().everySteps())
                .add(trainer);
        return Sha256.of(parts.toString());
    }

    /** Mean duration of a step. */
    public double secondsPerStep() {
        return seconds / steps;
    }

    /**
     * Notes in the run folder when the first steps of a program were there. The clock is that of the folder's file
     * system. Steps of a restored checkpoint are older than the request.
     */
    static void begin(TrainerFolder folder, int steps) throws IOException {
        if (steps > 0
                && Files.notExists(folder.pace())
                && changed(folder) > Files.getLastModifiedTime(folder.request()).toMillis()) {
            folder.write(folder.pace(), String.format(Locale.ROOT, "%d %d\n", steps, changed(folder)));
        }
    }

    /** Stores the pace of a training that took all of its steps. */
    static void end(
            OutsideTrainer trainer, TrainerFolder folder, TrainRequest request, TrainingContext context, int steps)
            throws IOException {
        Matcher first = FIRST.matcher(folder.read(folder.pace()).orElse(""));
        if (first.matches()) {
            TrainerPace pace = new TrainerPace(
                    request.run().runId(),
                    conditions(trainer.fingerprint(), request.spec(), request.initialize(), request.setup()),
                    steps - Integer.parseInt(first.group(1)),
                    (changed(folder) - Long.parseLong(first.group(2))) / MILLIS);
            if (pace.steps() > 0 && pace.seconds() > 0) {
                context.store()
                        .putRecord(
                                record(request.run().pipeline()),
                                SpecJson.mapper().writeValueAsString(pace),
                                context.attempt().fence());
            }
        }
    }

    private static long changed(TrainerFolder folder) throws IOException {
        return Files.getLastModifiedTime(folder.metrics()).toMillis();
    }
}
