package dev.septet.workers.cli.explain;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.explain.ExplainProblem;
import dev.septet.activities.explain.Explainer;
import dev.septet.activities.explain.Explanation;
import dev.septet.activities.explain.Question;
import dev.septet.activities.explain.TrainedModel;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ParamOption;
import dev.septet.workers.cli.option.PipelineArgument;
import dev.septet.workers.cli.option.Session;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet explain}. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show which training rows moved an answer most, and which words of the prompt mattered.",
            "",
            "It compares the gradients of the rows with the answer's gradient, over the parameters of the trained"
                    + " adapter (lora, dora, qlora). It reads the store only, so it needs no server and no workers. It"
                    + " computes about as long as one epoch of the training; Ctrl-C ends it, and nothing is left behind."
        })
public final class ExplainCommand implements Callable<Integer> {
    private static final int MOST_ROWS = 1000;
    private static final int MOST_CHECKPOINTS = 50;
    private static final String FILE = ".groovy";

    private final Session session;

    @Parameters(
            paramLabel = "PIPELINE",
            description =
                    "A pipeline's name or file (.groovy): its last trained model. Or the id of a run that trained")
    private String named = "";

    @Option(
            names = "--row",
            paramLabel = "N",
            description = "A row of the test split, from 1: its answer in the report")
    private @Nullable Long row;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "A prompt instead of a row")
    private @Nullable String prompt;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system message before --prompt")
    private @Nullable String system;

    @Option(
            names = "--answer",
            paramLabel = "TEXT",
            description = "The answer to explain. Default: the model's own answer")
    private @Nullable String answer;

    @Option(names = "--reference", description = "Explain the reference answer of --row instead of the model's")
    private boolean reference;

    @Option(
            names = "--top",
            paramLabel = "N",
            description = "The number of rows to list, from 1 to 1000 (default: ${DEFAULT-VALUE})")
    private int top = 10;

    @Option(
            names = "--checkpoints",
            paramLabel = "N",
            description =
                    "Repeat the training of the file, and compare gradients at N of its steps, from 1 to 50. Default:"
                            + " compare them in the trained adapter only")
    private @Nullable Integer checkpoints;

    @Mixin
    private ParamOption params = new ParamOption();

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public ExplainCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        Question question = question();
        session.checkSettings();
        PipelineSpec spec = named.endsWith(FILE) ? new PipelineArgument(Path.of(named), params.values()).spec() : null;
        ArtifactStore store = session.existingStore();
        try (Scratch scratch = new Scratch()) {
            Explainer explainer = new Explainer(store, TrainedModel.find(store, spec == null ? named : spec.name()));
            Integer count = checkpoints;
            Explanation explanation = (count == null || spec == null ? explainer : explainer.repeating(spec, count))
                    .explain(question, top, scratch.folder, new Progress());
            if (json) {
                session.terminal()
                        .print(SpecJson.mapper().valueToTree(explanation).toPrettyString());
            } else {
                ExplanationText.of(explanation, session.terminal().screen()).forEach(session.terminal()::print);
            }
            return ExitCode.OK;
        } catch (ExplainProblem problem) {
            throw new CliProblem(code(problem.kind()), String.valueOf(problem.getMessage()));
        } catch (FormatProblem | DatasetProblem damaged) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "the stored files cannot be explained: %s. Run the pipeline again, then ask again"
                            .formatted(damaged.getMessage()));
        } catch (OutOfMemory memory) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "the memory does not suffice for a training step on one row; end other programs, or use a machine"
                            + " with more memory");
        }
    }

    private Question question() {
        if ((row == null) == (prompt == null)) {
            throw new CliProblem(
                    ExitCode.USAGE, "name a row of the test split with --row N, or a text with --prompt TEXT");
        }
        if (top < 1 || top > MOST_ROWS) {
            throw new CliProblem(
                    ExitCode.USAGE, String.format(Locale.ROOT, "--top is from 1 to %d, not %d", MOST_ROWS, top));
        }
        if (checkpoints != null && (checkpoints < 1 || checkpoints > MOST_CHECKPOINTS)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    String.format(Locale.ROOT, "--checkpoints is from 1 to %d, not %d", MOST_CHECKPOINTS, checkpoints));
        }
        if (checkpoints != null && !named.endsWith(FILE)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "--checkpoints repeats the training, so it needs the pipeline's file (.groovy) instead of '%s'"
                            .formatted(named));
        }
        if (row != null && row < 1) {
            throw new CliProblem(ExitCode.USAGE, String.format(Locale.ROOT, "--row is from 1, not %d", row));
        }
        if (system != null && prompt == null) {
            throw new CliProblem(ExitCode.USAGE, "--system belongs to --prompt; a row has its own messages");
        }
        if (reference && (row == null || answer != null)) {
            throw new CliProblem(ExitCode.USAGE, "--reference belongs to --row, without --answer");
        }
        return new Question(row == null ? 0 : row, prompt, system, answer, reference);
    }

    private static int code(ExplainProblem.Kind kind) {
        return switch (kind) {
            case REQUEST -> ExitCode.USAGE;
            case MISSING -> ExitCode.NOT_FOUND;
            case REFUSED -> ExitCode.RUN_FAILED;
        };
    }

    /** Notes the progress every few seconds, so that a short explanation notes nothing. */
    private final class Progress implements Explanation.Listener {
        private static final long EVERY = Duration.ofSeconds(5).toNanos();

        private long last = System.nanoTime();

        @Override
        public void report(String doing, int done, int all) {
            long now = System.nanoTime();
            if (now - last >= EVERY) {
                last = now;
                session.terminal().note(String.format(Locale.ROOT, "%s: %,d of %,d", doing, done, all));
            }
        }
    }

    /** A folder of the owner only, which is deleted at the end, also by Ctrl-C. */
    private static final class Scratch implements AutoCloseable {
        private final Path folder;
        private final Thread atExit = new Thread(this::delete, "septet-explain-scratch");

        Scratch() throws IOException {
            folder = Files.createTempDirectory("septet-explain");
            Runtime.getRuntime().addShutdownHook(atExit);
        }

        private void delete() {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            } catch (IOException | UncheckedIOException gone) {
                // Nothing is left.
            }
        }

        @Override
        public void close() {
            delete();
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
    }
}
