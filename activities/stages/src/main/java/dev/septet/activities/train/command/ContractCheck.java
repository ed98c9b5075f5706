package dev.septet.activities.train.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.prepare.SampleRows;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.PrintedLines;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a trainer on a few rows, and checks each part of the contract: metrics, checkpoints, orders, signals, the result.
 * The same check serves an author of a wrapper and the operator who allows it.
 */
public final class ContractCheck {
    static final int STEPS = 12;
    private static final int EVERY = 4;

    private final OutsideTrainer trainer;
    private final TrainerFolder folder;
    private final TrainerProcess process;
    private final Path dataset;
    private final Path model;
    private final TrainerRequest request;
    private final Duration patience;

    /** A part of the contract. */
    private interface Part {
        void check() throws IOException;
    }

    /**
     * What a part came to.
     *
     * @param problem null when the trainer keeps it
     */
    public record Finding(String part, @Nullable String problem) {}

    /**
     * Prepares the check.
     *
     * @param spec the pipeline
     * @param by the trainer that it names
     * @param dataset folder with the prepared rows
     * @param model folder of the base model
     * @param scratch empty folder for the run folder
     * @param patience how long the trainer may take for each part
     */
    public ContractCheck(
            OutsideTrainers trainers,
            PipelineSpec spec,
            OutsideTrainerSpec by,
            SampleRows rows,
            Path dataset,
            Path model,
            Path scratch,
            Duration patience)
            throws IOException {
        TrainSpec train = spec.train();
        CommandTrainerSpec used = by.command();
        this.trainer = trainers.declared(used);
        trainer.check(train);
        this.folder = new TrainerFolder(scratch.resolve("run").toAbsolutePath());
        this.process = new TrainerProcess(
                folder, trainer, trainers.host(), spec.setup().resources().gpus());
        this.dataset = dataset;
        this.model = model;
        this.patience = patience;
        String shape = TrainerRequest.shape(dataset.resolve("train.jsonl"));
        this.request = new TrainerRequest(
                TrainerRequest.CONTRACT,
                spec.name(),
                "contract-check",
                1,
                train.method(),
                TrainerRequest.objective(train, shape),
                shape,
                rows.train(),
                rows.validation(),
                STEPS,
                Math.max(1, (rows.train() + 3) / 4),
                2,
                2,
                train.optimizer(),
                train.learningRate(),
                train.clip(),
                spec.setup().precision(),
                spec.setup().seed(),
                Math.max(2, rows.longest()),
                EVERY,
                2,
                EVERY,
                EnginePlan.makesAdapter(train.method()) ? "adapter" : "model",
                spec.initialize().model(),
                null,
                trainer.grace().toSeconds(),
                trainer.options(used));
    }

    /** Removes the files of a check. */
    public static void remove(Path scratch) throws IOException {
        TrainerFolder.remove(scratch);
    }

    /** The parts, in the order of the check. */
    public static List<String> parts() {
        return List.of(
                String.format(Locale.ROOT, "trains %d steps, each with its metrics", STEPS),
                "writes checkpoints, and validates",
                "hands back a result that fits the base model",
                "writes a checkpoint on request",
                "continues from a checkpoint after SIGKILL",
                "ends in time after SIGTERM",
                "ends early on request, with a result",
                "refuses an impossible request with status 78");
    }

    /**
     * Checks all parts.
     *
     * @param found receives each finding as soon as it is known
     * @return whether the trainer keeps the contract
     */
    public boolean run(Consumer<Finding> found) throws IOException {
        List<Part> checks = List.of(
                this::whole,
                this::checkpoints,
                this::result,
                this::onRequest,
                this::killed,
                this::terminated,
                this::stopped,
                this::impossible);
        boolean all = true;
        try {
            for (int i = 0; i < checks.size(); i++) {
                String problem = null;
                try {
                    checks.get(i).check();
                } catch (StageProblem broken) {
                    problem = String.valueOf(broken.getMessage());
                }
                all &= problem == null;
                found.accept(new Finding(parts().get(i), problem));
            }
        } finally {
            process.end();
        }
        return all;
    }

    private void whole() throws IOException {
        start(json());
        TrainerMetrics metrics = metrics();
        until("the end of the training", () -> false);
        metrics.read();
        require(exit() == 0, String.format(Locale.ROOT, "it ended with exit status %d%s", exit(), printed()));
        require(
                metrics.done() == STEPS,
                String.format(Locale.ROOT, "it wrote the metrics of %d of %d steps", metrics.done(), STEPS));
    }

    private void checkpoints() throws IOException {
        require(
                folder.complete().containsKey(EVERY * 2) || folder.complete().containsKey(STEPS),
                String.format(
                        Locale.ROOT,
                        "there is no complete checkpoint of step %d; the folder is checkpoints/checkpoint-N, with a file `complete`",
                        EVERY * 2));
        TrainerMetrics metrics = metrics();
        metrics.read();
        require(
                request.validationRows() == 0 || metrics.validationLoss() != null,
                "metrics.jsonl has no validationLoss, but there are validation rows");
    }

    private void result() throws IOException {
        Path taken = FileModes.OWNER.folder(folder.root().resolveSibling("taken"));
        new TrainerOutput(trainer.name(), folder.output(), model)
                .takeInto(taken, request.expects().equals("adapter"), request.baseModel());
    }

    private void onRequest() throws IOException {
        start(json().put("checkpointEvery", STEPS * STEPS));
        until("the first step", () -> done() >= 1);
        folder.write(folder.control("checkpoint"), "1\n");
        until("a checkpoint on request", () -> !complete().isEmpty());
        require(
                process.held() && !complete().contains(STEPS),
                "it wrote no checkpoint before its end; the training may be too short for this check");
    }

    /** Continues the training that the last part began. */
    private void killed() throws IOException {
        int step = resume();
        TrainerMetrics metrics = metrics();
        until("the end of the training", () -> false);
        metrics.read();
        require(exit() == 0, String.format(Locale.ROOT, "it ended with exit status %d%s", exit(), printed()));
        require(
                metrics.done() == STEPS,
                String.format(
                        Locale.ROOT,
                        "continued from step %d, it wrote the metrics of %d of %d steps",
                        step,
                        metrics.done(),
                        STEPS));
    }

    private void terminated() throws IOException {
        start(json());
        until("the first step", () -> done() >= 1);
        long began = System.nanoTime();
        process.end();
        long took = System.nanoTime() - began;
        require(
                took < trainer.grace().toNanos(),
                String.format(
                        Locale.ROOT,
                        "it did not end within %d s after SIGTERM",
                        trainer.grace().toSeconds()));
    }

    private void stopped() throws IOException {
        start(json());
        until("the first step", () -> done() >= 1);
        folder.write(folder.control("stop"), "");
        TrainerMetrics metrics = metrics();
        until("its end on request", () -> false);
        metrics.read();
        require(exit() == 0, String.format(Locale.ROOT, "it ended with exit status %d%s", exit(), printed()));
        Path taken = FileModes.OWNER.folder(folder.root().resolveSibling("stopped"));
        new TrainerOutput(trainer.name(), folder.output(), model)
                .takeInto(taken, request.expects().equals("adapter"), request.baseModel());
    }

    private void impossible() throws IOException {
        ObjectNode json = json();
        json.putObject("method").put("type", "a-method-that-does-not-exist");
        start(json);
        until("the refusal", () -> false);
        require(
                exit() == 78,
                String.format(Locale.ROOT, "it ended with exit status %d instead of 78%s", exit(), printed()));
    }

    private ObjectNode json() {
        return SpecJson.mapper().valueToTree(request);
    }

    private void start(ObjectNode written) throws IOException {
        process.end();
        folder.create(dataset, model);
        begin(written);
    }

    private void begin(ObjectNode written) throws IOException {
        folder.write(folder.request(), SpecJson.mapper().writeValueAsString(written));
        process.start();
    }

    /** Kills the trainer, and starts it from its newest checkpoint as Septet does. */
    private int resume() throws IOException {
        TrainerMetrics metrics = metrics();
        metrics.read();
        require(!folder.complete().isEmpty(), "there is no checkpoint to continue from");
        int step = folder.complete().lastKey();
        process.kill();
        metrics.read();
        Path kept = folder.root().resolveSibling("checkpoint");
        TrainerFolder.remove(kept);
        Files.move(folder.checkpoint(step), kept);
        String lines = metrics.upTo(step);
        folder.create(dataset, model);
        Files.move(kept, folder.checkpoint(step));
        folder.write(folder.metrics(), lines);
        begin(json().put("attempt", 2)
                .put("resume", folder.root().relativize(folder.checkpoint(step)).toString()));
        return step;
    }

    private TrainerMetrics metrics() {
        return new TrainerMetrics(folder.metrics(), trainer.name(), STEPS);
    }

    private int done() {
        try {
            TrainerMetrics metrics = metrics();
            metrics.read();
            return metrics.done();
        } catch (IOException e) {
            return 0;
        }
    }

    private Set<Integer> complete() {
        try {
            return folder.complete().keySet();
        } catch (IOException e) {
            return Set.of();
        }
    }

    private int exit() throws IOException {
        return process.exit().map(TrainerLauncher.Exit::status).orElse(-1);
    }

    private String printed() {
        String printed = new PrintedLines(folder).text();
        return printed.isEmpty() ? "" : ". It printed: " + printed;
    }

    /** Waits for a condition, or for the end of the program. */
    private void until(String what, BooleanSupplier condition) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (process.held() && !condition.getAsBoolean()) {
            folder.renewLease();
            require(
                    System.nanoTime() - end < 0,
                    String.format(Locale.ROOT, "%s did not come within %d s", what, patience.toSeconds()));
            TrainerLauncher.sleep();
        }
    }

    private void require(boolean kept, String problem) throws IOException {
        if (!kept) {
            process.end();
            throw StageProblem.invalid(problem);
        }
    }
}
