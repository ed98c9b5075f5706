package dev.septet.activities.train.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.OptimizerSpec;
import dev.septet.dsl.pipeline.train.SupervisedSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.dsl.pipeline.train.UnsupervisedSpec;
import dev.septet.workflows.train.TrainRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code request.json}: what an outside trainer shall do. The JSON schema beside this class documents every field.
 *
 * @param contract version of the contract
 * @param rows shape of the prepared rows: {@code chat}, {@code completion}, {@code preference} or {@code text}
 * @param expects {@code adapter} or {@code model}
 * @param resume folder of the checkpoint to continue from, in the run folder; null = from the start
 */
record TrainerRequest(
        int contract,
        String pipeline,
        String run,
        int attempt,
        MethodSpec method,
        ObjectiveSpec objective,
        String rows,
        long trainRows,
        long validationRows,
        int steps,
        int stepsPerEpoch,
        int batchSize,
        int accumulate,
        OptimizerSpec optimizer,
        LearningRateSpec learningRate,
        double clip,
        Precision precision,
        long seed,
        int maxTokens,
        int checkpointEvery,
        int keepCheckpoints,
        int validateEvery,
        String expects,
        String baseModel,
        @Nullable String resume,
        long graceSeconds,
        Map<String, Object> options) {
    static final int CONTRACT = 1;

    /** The shape of prepared rows, by their first one. */
    static String shape(Path rows) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(rows)) {
            String line = in.readLine();
            JsonNode row = SpecJson.mapper().readTree(line == null ? "{}" : line);
            if (row.has("chosen")) {
                return "preference";
            }
            return row.has("messages") ? "chat" : row.has("text") ? "text" : "completion";
        }
    }

    /** The declared objective; without one, answers are learned, and all of plain text. */
    static ObjectiveSpec objective(TrainSpec train, String rows) {
        ObjectiveSpec declared = train.objective();
        if (declared != null) {
            return declared;
        }
        return rows.equals("text") ? new UnsupervisedSpec() : new SupervisedSpec();
    }

    static TrainerRequest of(
            TrainRequest request,
            OutsideTrainer trainer,
            Map<String, Object> options,
            String rows,
            int attempt,
            @Nullable String resume) {
        EnginePlan plan = new EnginePlan(request.spec(), request.initialize(), request.setup());
        var epoch = EnginePlan.epoch(request.dataset());
        LearningRateSpec rate = request.spec().learningRate();
        return new TrainerRequest(
                CONTRACT,
                request.run().pipeline(),
                request.run().runId(),
                attempt,
                request.chosenMethod(),
                objective(request.spec(), rows),
                rows,
                request.dataset().trainRows(),
                request.dataset().validationRows(),
                plan.steps(epoch),
                plan.stepsPerEpoch(epoch),
                request.spec().batch().size(),
                request.spec().batch().accumulate(),
                request.spec().optimizer(),
                new LearningRateSpec(rate.shape(), request.learningRate(), rate.warmup()),
                request.spec().clip(),
                request.setup().precision(),
                request.setup().seed(),
                request.dataset().longestRow(),
                request.spec().checkpoint().everySteps(),
                request.spec().checkpoint().keep(),
                request.spec().validateEvery(),
                EnginePlan.makesAdapter(request.spec().method()) ? "adapter" : "model",
                request.initialize().model(),
                resume,
                trainer.grace().toSeconds(),
                options);
    }
}
