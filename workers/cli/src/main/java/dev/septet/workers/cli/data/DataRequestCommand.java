package dev.septet.workers.cli.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.evaluate.cluster.ClusterFile;
import dev.septet.activities.evaluate.cluster.DataRequest;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.EvaluationReport;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet data request}. */
@Command(
        name = "request",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show which rows an evaluation requests: clusters of the rows that the model fails (`errorClusters`).",
            "",
            "It reads the store only, so it needs no server and no workers."
        })
final class DataRequestCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            paramLabel = "RUN",
            description = "The id of a run that evaluated, or a pipeline's name: its last evaluation")
    private String named = "";

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description = "Write the clusters to a new file for `slices from:`, such as data/error-clusters.json")
    private @Nullable Path save;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    DataRequestCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        ArtifactStore store = session.existingStore();
        Path folder = store.fetch(evaluation(store).artifact());
        DataRequest request = request(folder);
        if (save != null) {
            write(folder, request, save);
        }
        if (json) {
            session.terminal().print(SpecJson.mapper().valueToTree(request).toPrettyString());
        } else {
            print(request);
        }
        return ExitCode.OK;
    }

    private EvaluationReport evaluation(ArtifactStore store) throws IOException {
        String run = named.substring(named.lastIndexOf('/') + 1); // a workflow id begins with the pipeline's name
        Optional<StoredResult> found = named.isBlank() || named.contains("/")
                ? Optional.empty()
                : new StageResults(store).last(named, Stage.EVALUATE);
        StoredResult result = found.or(() -> byRun(store, run))
                .orElseThrow(() -> new CliProblem(
                        ExitCode.NOT_FOUND,
                        "no evaluation of a run or a pipeline '%s' is in the store. `septet runs` lists runs. A run that reused an earlier evaluation is found by its pipeline's name"
                                .formatted(PublicText.line(named))));
        return SpecJson.mapper().treeToValue(result.result(), EvaluationReport.class);
    }

    private static Optional<StoredResult> byRun(ArtifactStore store, String run) {
        try {
            return StoredResult.ofRun(StoredResult.all(store), Stage.EVALUATE, run);
        } catch (IOException unreadable) {
            throw new CliProblem(ExitCode.NOT_FOUND, "the store cannot be read: " + unreadable.getMessage());
        }
    }

    private DataRequest request(Path folder) throws IOException {
        try {
            return SpecJson.mapper().readValue(Files.readString(folder.resolve(DataRequest.NAME)), DataRequest.class);
        } catch (NoSuchFileException none) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "the evaluation of '%s' searched no clusters of failed rows; add `errorClusters max: 8` to `evaluate`, and run the pipeline again"
                            .formatted(PublicText.line(named)));
        } catch (JsonProcessingException other) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED, "another version of Septet wrote the request; run the pipeline again");
        }
    }

    private void write(Path folder, DataRequest request, Path file) throws IOException {
        Path clusters = folder.resolve(ClusterFile.NAME);
        if (!Files.exists(clusters)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND, "the evaluation found no clusters to save: %s".formatted(request.note()));
        }
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.copy(clusters, file);
        } catch (FileAlreadyExistsException exists) {
            throw new CliProblem(
                    ExitCode.USAGE, "%s exists already; remove it first, or name another file".formatted(file));
        }
        session.terminal().note("wrote " + file);
    }

    private void print(DataRequest request) {
        Terminal terminal = session.terminal();
        terminal.print(String.format(
                Locale.ROOT, "Failed   %,d of %,d test rows: %s", request.failed(), request.rows(), request.rule()));
        if (request.note() != null) {
            terminal.print("Request  none: " + request.note());
            return;
        }
        Grid grid = new Grid(
                        terminal.screen(),
                        "cluster",
                        "failed",
                        "of rows",
                        "of all failures",
                        "training rows",
                        "test rows")
                .right(1, 2, 3, 4, 5);
        for (DataRequest.Wanted each : request.clusters()) {
            grid.row(
                    PublicText.line(each.name()),
                    Integer.toString(each.failed()),
                    Integer.toString(each.rows()),
                    Figures.share(each.share()),
                    String.format(Locale.ROOT, "+%,d", each.trainingRows()),
                    each.testRows() == null ? "unknown" : String.format(Locale.ROOT, "+%,d", each.testRows()));
        }
        terminal.print("");
        grid.text().lines().forEach(terminal::print);
        terminal.print("");
        for (DataRequest.Wanted each : request.clusters()) {
            terminal.print("%s: %s".formatted(PublicText.line(each.name()), String.join(", ", each.examples())));
        }
        terminal.print("");
        for (DataRequest.Line line : request.add()) {
            terminal.print("Add to `%s`: %s".formatted(line.block(), line.line()));
        }
    }
}
