package dev.septet.activities.setup;

import dev.septet.activities.support.Heartbeats;
import dev.septet.activities.support.HostMemory;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.TrainingFiles;
import dev.septet.dsl.spec.AdapterSpec;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.train.AtOnce;
import dev.septet.llm.train.Preservation;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.TokenDataset;
import dev.septet.llm.train.TokenDatasetWriter;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.TrainingPlan;
import dev.septet.workflows.Progress;
import dev.septet.workflows.setup.SetupRequest;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Everything that training does, once, on a micro-batch made of the longest row: what would fail
 * after hours fails here in the first minute.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int PARTS = 6;
    private static final double NANOS = 1e9;

    private final SetupRequest request;
    private final TrainingFiles files;
    private final Path scratch;
    private final Heartbeats heartbeats;

    /**
     * What it took.
     *
     * @param secondsPerStep of one optimizer step at the longest row
     */
    record Findings(double secondsPerStep, long peakMemoryBytes) {}

    Rehearsal(SetupRequest request, TrainingFiles files, Path scratch, Heartbeats heartbeats) {
        this.request = request;
        this.files = files;
        this.scratch = scratch;
        this.heartbeats = heartbeats;
    }

    Findings run() throws IOException {
        HostMemory.resetPeak();
        TokenDataset rows = longestRows();
        TrainingPlan plan = plan(rows);
        AtOnce atOnce = files.fitting(plan);
        while (true) {
            try {
                return run(plan, rows, atOnce);
            } catch (OutOfMemory e) { // training does the same
                LOG.warn("memory ran out with {}", atOnce);
                atOnce = atOnce.less(rows.longest()).orElseThrow(() -> e);
            }
        }
    }

    private Findings run(TrainingPlan plan, TokenDataset rows, AtOnce atOnce) throws IOException {
        Path checkpoint = Files.createTempDirectory(scratch, "checkpoint");
        double seconds;
        StepMetrics undisturbed;
        say(0, "starting the trainer");
        try (Trainer trainer = Trainer.open(plan, files.model(), rows, Optional.empty())) {
            trainer.compute(atOnce);
            say(1, "taking a training step");
            trainer.step(); // the first call also compiles
            long began = System.nanoTime();
            trainer.step();
            seconds = (System.nanoTime() - began) / NANOS;
            say(2, "evaluating");
            trainer.loss(rows);
            say(3, "saving");
            trainer.save(checkpoint);
            undisturbed = trainer.step();
        }
        say(4, "resuming");
        try (Trainer trainer = Trainer.open(plan, files.model(), rows, Optional.of(checkpoint))) {
            trainer.compute(atOnce);
            compare(undisturbed, trainer.step());
            say(5, "exporting");
            export(trainer);
        }
        return new Findings(seconds * request.train().batch().accumulate(), HostMemory.peak());
    }

    private TrainingPlan plan(TokenDataset rows) {
        TrainingPlan full =
                new EnginePlan(request.train(), request.initialize(), request.spec())
                        .plan(
                                request.train().learningRate().peak(),
                                0,
                                Math.max(1, (int) request.dataset().trainRows()),
                                rows.longest());
        // All blocks train, as they will later, and copies of their beginning are held.
        Preservation whole = new Preservation(0, full.preservation().l2sp(), 0, 0);
        return new TrainingPlan(
                full.method(),
                full.precision(),
                full.seed(),
                full.batchSize(),
                1,
                Math.max(PARTS, full.totalSteps()),
                full.optimizer(),
                full.learningRate(),
                full.clipNorm(),
                full.frozenLayers(),
                full.maxTokens(),
                whole);
    }

    /** As many copies of the longest row as a micro-batch has rows. */
    private TokenDataset longestRows() throws IOException {
        TokenDataset train = files.train();
        int longest =
                IntStream.range(0, train.rows())
                        .boxed()
                        .max(Comparator.comparingInt(train::length))
                        .orElseThrow();
        List<TokenDataset.Row> rows =
                Collections.nCopies(request.train().batch().size(), train.row(longest));
        Path file = scratch.resolve("longest.safetensors");
        TokenDatasetWriter.write(file, rows);
        return TokenDataset.open(file);
    }

    private static void compare(StepMetrics undisturbed, StepMetrics resumed) {
        if (!undisturbed.equals(resumed)) {
            LOG.warn(
                    "a resumed step differs from the undisturbed one on this worker: {} and {};"
                            + " a killed run may end in other bytes here",
                    undisturbed,
                    resumed);
        }
    }

    private void export(Trainer trainer) throws IOException {
        Path export = Files.createTempDirectory(scratch, "export");
        trainer.exportTo(export, request.initialize().model());
        if (request.train().method() instanceof AdapterSpec) {
            PeftAdapter.open(export);
        } else {
            ModelFolder.open(export);
        }
    }

    private void say(int done, String doing) {
        heartbeats.beat(Progress.of("preflight: " + doing, done, PARTS, "parts"));
    }
}
