package dev.septet.workers.cli.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.catalog.Catalog;
import dev.septet.activities.catalog.CatalogEntry;
import dev.septet.activities.forget.Erasure;
import dev.septet.activities.forget.ErasureOrder;
import dev.septet.activities.lineage.PipelineRows;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowMatches;
import dev.septet.activities.lineage.RowQuery;
import dev.septet.activities.lineage.Trace;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.FileOption;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.option.WorkflowPresence;
import dev.septet.workers.local.CatalogueFile;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.forget.ErasureReport;
import dev.septet.workflows.forget.ForgetRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet data forget}. */
@Command(
        name = "forget",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Erase rows: train again without them, then delete what was made of them.",
            "",
            "Without --yes it only prints the plan. With --yes it starts a durable workflow, which needs `septet dev`"
                    + " or workers. Nothing is deleted while an old version serves."
        })
final class DataForgetCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private FileOption file = new FileOption();

    @Mixin
    private WhereOption where = new WhereOption();

    @Option(
            names = "--row",
            paramLabel = "ROW",
            description = "A row: FILE:LINE as it was prepared, a digest, or a file with the row's JSON; repeatable")
    private List<String> rows = new ArrayList<>();

    @Option(
            names = "--order",
            paramLabel = "ID",
            description = "The rows of an earlier order that is not done; --status lists the orders")
    private @Nullable String earlier;

    @Option(names = "--plan", description = "Print what would be done; this is the default")
    private boolean planOnly;

    @Option(names = "--yes", description = "Do it, and wait for the end")
    private boolean yes;

    @Option(names = "--status", description = "Show the pipeline's earlier orders and what became of them")
    private boolean status;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    DataForgetCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean chosen = where.text() != null || !rows.isEmpty();
        boolean several =
                Stream.of(chosen, earlier != null, status).filter(each -> each).count() != 1;
        if (several || (planOnly && yes) || (status && yes)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "choose the rows with --where EXPR or --row ROW, or an earlier order with --order ID (and --plan or"
                            + " --yes), or show earlier orders with --status");
        }
        session.checkSettings();
        PipelineSpec spec = file.spec();
        RowDigests digests = RowArgument.digests(session);
        if (status) {
            return status(spec.name());
        }
        try {
            session.localPipelines().require(spec.name());
        } catch (StageProblem elsewhere) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(elsewhere.getMessage()));
        }
        ErasureOrder order = earlier == null ? order(spec.name(), digests) : earlier(spec.name(), earlier);
        Trace trace = Trace.of(session.store(), session.environment(), order.query());
        if (!yes) {
            plan(order, Erasure.of(session.store(), order, trace), trace);
            return ExitCode.OK;
        }
        Optional<ErasureReport> done = trace.isEmpty() ? order.report(session.store()) : Optional.empty();
        if (done.isPresent()) {
            if (!json) {
                session.terminal().print("These rows were forgotten earlier, and no dataset has them. This was done:");
            }
            show(done.get());
            return ExitCode.OK;
        }
        return forget(spec, order);
    }

    private ErasureOrder order(String pipeline, RowDigests digests) throws IOException {
        SortedMap<String, String> contents = new TreeMap<>();
        Set<String> chosenRows = chosen(pipeline, digests, contents);
        if (chosenRows.isEmpty()) {
            throw new CliProblem(ExitCode.NOT_FOUND, "no such row was found, so there is nothing to forget");
        }
        return ErasureOrder.of(pipeline, chosenRows, contents);
    }

    /** An order in the store. Its rows need not be in the sources any more. */
    private ErasureOrder earlier(String pipeline, String id) throws IOException {
        if (orders(pipeline).stream().noneMatch(known -> known.id().equals(id))) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no order %s to forget rows of %s; `septet data forget %s --status` lists the orders"
                            .formatted(id, pipeline, file.path()));
        }
        return ErasureOrder.read(session.store(), pipeline, id);
    }

    /**
     * Digests of the rows as the pipeline reads them.
     *
     * @param contents receives the digests of the texts of the sources' rows, by the digest of the row
     */
    private Set<String> chosen(String pipeline, RowDigests digests, Map<String, String> contents) throws IOException {
        Set<String> chosen = new TreeSet<>();
        if (where.text() != null) {
            RowMatches matches = where.matches(session, file.file(), digests);
            session.terminal()
                    .note(String.format(
                            Locale.ROOT,
                            "%,d rows read, the expression is true for %,d",
                            matches.read(),
                            matches.rows().size()));
            if (matches.unfit() > 0) {
                session.terminal()
                        .note(String.format(
                                Locale.ROOT, "the expression cannot be computed for %,d rows", matches.unfit()));
            }
            chosen.addAll(matches.digests());
            contents.putAll(matches.contents());
        }
        for (String row : rows) {
            RowQuery query = RowArgument.query(row, digests);
            Set<String> found = PipelineRows.read(session.store(), pipeline, query);
            if (!query.places().isEmpty() && found.size() > 1) {
                throw new CliProblem(
                        ExitCode.USAGE,
                        "%s was not the same row in all datasets of %s; choose with --row one or more of these digests: %s"
                                .formatted(row, pipeline, String.join(", ", found)));
            }
            found.addAll(query.digests());
            if (found.isEmpty()) {
                throw new CliProblem(
                        ExitCode.NOT_FOUND,
                        "no traced dataset of %s has the row %s; see `septet data trace`".formatted(pipeline, row));
            }
            chosen.addAll(found);
        }
        return chosen;
    }

    private void plan(ErasureOrder order, Erasure erasure, Trace trace) throws IOException {
        Terminal terminal = session.terminal();
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            node.put("order", order.id());
            node.set("plan", SpecJson.mapper().valueToTree(erasure));
            node.set("trace", SpecJson.mapper().valueToTree(trace));
            terminal.print(node.toPrettyString());
            return;
        }
        TraceText.of(trace, terminal.screen()).forEach(terminal::print);
        terminal.print("");
        terminal.print("Left out  %s, in all later runs"
                .formatted(erasure.exclusions().entrySet().stream()
                        .map(each -> String.format(
                                Locale.ROOT,
                                "%,d %s of %s",
                                each.getValue().size(),
                                each.getValue().size() == 1 ? "row" : "rows",
                                each.getKey()))
                        .collect(Collectors.joining(", "))));
        if (erasure.byContent() > 0) {
            terminal.print(String.format(
                    Locale.ROOT,
                    "          also every row with one of %,d texts, whatever else its record has",
                    erasure.byContent()));
        }
        if (erasure.recordsOnly() > 0) {
            terminal.print(String.format(
                    Locale.ROOT,
                    "          %,d of the rows only while their record stays as it is: no digest of their texts is known",
                    erasure.recordsOnly()));
        }
        long similar =
                trace.datasets().stream().mapToLong(Trace.SeenDataset::similar).sum();
        if (similar > 0) {
            terminal.print(String.format(
                    Locale.ROOT, "          The datasets have %,d rows that were found by their texts only", similar));
        }
        Set<String> more = new TreeSet<>(erasure.exclusions().getOrDefault(order.pipeline(), new TreeSet<>()));
        order.rows().forEach(more::remove);
        if (!more.isEmpty()) {
            terminal.print(String.format(
                    Locale.ROOT,
                    "          You chose %,d; %,d more gave equal prepared rows",
                    order.rows().size(),
                    more.size()));
        }
        terminal.print("Trained   "
                + (erasure.retrain().isEmpty()
                        ? "nothing, because no version with the rows serves or is on trial"
                        : String.join(
                                ", ",
                                erasure.retrain().stream()
                                        .map(each -> each.pipeline())
                                        .toList())));
        terminal.print(String.format(
                Locale.ROOT,
                "Deleted   %,d artifacts (%,d MB) in the store: %,d datasets, %,d models, %,d evaluations, %,d versions",
                erasure.artifacts().size(),
                erasure.bytes() / 1_000_000,
                erasure.datasets(),
                trace.models().size(),
                trace.evaluations().size(),
                trace.versions().size()));
        terminal.print(String.format(
                Locale.ROOT,
                "          and the checkpoints of %,d trainings, published versions, and all cached answers to test rows",
                erasure.scopes().size()));
        terminal.print("          and of `generate`, also those of other pipelines; they are asked, and paid, again");
        terminal.print("Not deleted, because Septet cannot:");
        erasure.left().forEach(what -> terminal.print("  - " + what));
        terminal.print("");
        terminal.print("Nothing was done. Do it with --yes.");
    }

    private int forget(PipelineSpec spec, ErasureOrder order) throws IOException, InterruptedException {
        try (Connection connection = ServerConnector.any(session)) {
            order.write(session.store());
            ErasureReport report =
                    new ForgetRun(connection, session.terminal()).follow(spec.name(), order.id(), request(spec));
            show(report);
            return ExitCode.OK;
        }
    }

    private void show(ErasureReport report) {
        if (json) {
            session.terminal().print(SpecJson.mapper().valueToTree(report).toPrettyString());
        } else {
            print(report);
        }
    }

    /** The pipeline's name where the workers of this machine serve its file, else the text that was checked. */
    private PipelineRequest request(PipelineSpec spec) throws IOException {
        Optional<CatalogEntry> entry = new Catalog(new CatalogueFile(session.state()).read()).find(spec.name());
        TreeMap<String, Object> params = new TreeMap<>(file.file().params());
        return entry.isPresent() && Files.isSameFile(entry.get().file(), file.path())
                ? new PipelineRequest(spec.name(), params, null, null)
                : new PipelineRequest(
                        null, params, file.file().text(), file.folder().toString());
    }

    private void print(ErasureReport report) {
        Terminal terminal = session.terminal();
        terminal.print(String.format(
                Locale.ROOT,
                "%s  %,d rows are forgotten; %,d artifacts (%,d MB) and %,d datasets among them are deleted",
                report.order(),
                report.rows(),
                report.artifacts(),
                report.bytes() / 1_000_000,
                report.datasets()));
        if (report.byContent() > 0) {
            terminal.print(String.format(
                    Locale.ROOT,
                    "Left out  also every row with one of %,d texts, whatever else its record has",
                    report.byContent()));
        }
        if (!report.versions().isEmpty()) {
            terminal.print("Versions  " + String.join(", ", report.versions()));
        }
        if (!report.retrained().isEmpty()) {
            terminal.print("Trained   runs " + String.join(", ", report.retrained()));
        }
        terminal.print("Emptied   all cached answers to test rows and of `generate`");
        terminal.print("Not deleted, because Septet cannot:");
        report.left().forEach(what -> terminal.print("  - " + what));
    }

    private int status(String pipeline) throws IOException {
        List<ErasureOrder.Status> all = orders(pipeline);
        if (all.isEmpty() && !json) {
            throw new CliProblem(ExitCode.NOT_FOUND, "no row of %s was ever forgotten".formatted(pipeline));
        }
        ArrayNode nodes = SpecJson.mapper().createArrayNode();
        try (Connection connection = all.stream().allMatch(each -> each.report() != null) ? null : server()) {
            for (ErasureOrder.Status each : all) {
                ErasureReport report = each.report();
                ObjectNode node = SpecJson.mapper().valueToTree(each);
                nodes.add(node);
                if (report == null) {
                    String workflow = ForgetRequest.workflowId(pipeline, each.id());
                    WorkflowPresence presence = WorkflowPresence.of(connection, workflow);
                    node.put("workflow", workflow);
                    node.put("workflowState", presence.name().toLowerCase(Locale.ROOT));
                    if (!json) {
                        session.terminal().print(notDone(each, workflow, presence));
                    }
                } else if (!json) {
                    print(report);
                }
            }
        }
        if (json) {
            session.terminal().print(nodes.toPrettyString());
        }
        return all.isEmpty() ? ExitCode.NOT_FOUND : ExitCode.OK;
    }

    private List<ErasureOrder.Status> orders(String pipeline) throws IOException {
        try {
            return ErasureOrder.all(session.store(), pipeline);
        } catch (StageProblem damaged) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(damaged.getMessage()));
        }
    }

    /** Null when no server answers. */
    private @Nullable Connection server() throws IOException {
        try {
            return ServerConnector.any(session);
        } catch (CliProblem unreachable) {
            if (unreachable.exitCode() != ExitCode.SERVER_UNREACHABLE) {
                throw unreachable;
            }
            return null;
        }
    }

    private String notDone(ErasureOrder.Status order, String workflow, WorkflowPresence presence) {
        String again = "`septet data forget %s --order %s --yes`".formatted(file.path(), order.id());
        String why = switch (presence) {
            case OPEN -> "the workflow %s is open".formatted(workflow);
            case ENDED ->
                "the workflow %s has ended without success; start it again with %s".formatted(workflow, again);
            case ABSENT -> "the Temporal server has no workflow %s; start it with %s".formatted(workflow, again);
            case UNKNOWN ->
                "no Temporal server answers, so whether the workflow %s is open is not known".formatted(workflow);
        };
        return String.format(Locale.ROOT, "%s  %,d rows: not done; %s", order.id(), order.rows(), why);
    }
}
