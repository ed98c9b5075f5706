package dev.septet.workers.cli.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.rival.Recommendation;
import dev.septet.activities.evaluate.rival.RivalReport;
import dev.septet.activities.report.ReportSettings;
import dev.septet.activities.report.RunCost;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.EvaluationReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet recommend}. */
@Command(
        name = "recommend",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Say whether to fine-tune, to retrieve, to do both or neither, by the numbers of a run.",
            "",
            "The run's file needs `compare retrieval` in evaluate. The cheapest candidate wins that is not worse than"
                    + " the best one: the 95 %% interval of their difference contains 0."
        })
public final class RecommendCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "RUN", description = "The run's workflow id")
    private String run = "";

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description = "The metric that decides. Default: the first one of the set")
    private @Nullable String metric;

    @Option(names = "--set", paramLabel = "NAME", description = "A test set of the file. Default: the test split")
    private String set = "";

    @Option(
            names = "--price",
            paramLabel = "PRICE",
            description = "The price of an hour of the machine that answers, for the cost of 1000 answers. Default: the"
                    + " price that the run's report records, if there is one")
    private @Nullable Double price;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public RecommendCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        Double perHour = price;
        if (perHour != null && !(perHour >= 0 && perHour < 1e9)) {
            throw new CliProblem(ExitCode.USAGE, "--price is a number from 0, not " + perHour);
        }
        PipelineReport report;
        try (Connection connection = ServerConnector.any(session)) {
            report = RunReports.of(new RunHandle(connection, run, ""));
        }
        EvaluationReport evaluation = report.evaluation();
        if (evaluation == null) {
            throw new CliProblem(ExitCode.NOT_FOUND, run + " has not been evaluated");
        }
        String results = new ReportFiles(session)
                .results(evaluation)
                .orElseThrow(() -> new CliProblem(
                        ExitCode.NOT_FOUND,
                        "the results of %s are in the workers' store, which this machine cannot read: set SEPTET_STORE to it"
                                .formatted(run)));
        print(results, RunFile.of(session, report.page()).map(RunFile::cost).map(RunCost::pricePerHour));
        return ExitCode.OK;
    }

    /**
     * Prints the recommendation of a {@code results.json}.
     *
     * @param recorded the price in the report of the run; empty when it has none
     */
    void print(String results, Optional<ReportSettings.Price> recorded) throws IOException {
        RivalReport report = rivals(results);
        RivalReport.Set found = chosen(report);
        Recommendation recommendation;
        try {
            recommendation = Recommendation.of(
                    found, metric == null ? found.metrics().get(0).name() : metric);
        } catch (IllegalArgumentException unknown) {
            throw new CliProblem(ExitCode.NOT_FOUND, String.valueOf(unknown.getMessage()));
        }
        RecommendationText text =
                new RecommendationText(report, found, recommendation, seconds(found), price, recorded.orElse(null));
        if (json) {
            session.terminal().print(text.json().toPrettyString());
        } else {
            text.lines(session.terminal().screen()).forEach(session.terminal()::print);
        }
    }

    private RivalReport.Set chosen(RivalReport report) {
        for (RivalReport.Set each : report.sets()) {
            if (each.set().equals(set)) {
                return each;
            }
        }
        String others = report.sets().stream()
                .map(RivalReport.Set::set)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.joining(", "));
        throw new CliProblem(
                ExitCode.NOT_FOUND,
                "%s has no test set '%s'; %s"
                        .formatted(
                                run,
                                set,
                                others.isEmpty()
                                        ? "leave --set out"
                                        : "choose one of " + others + ", or leave --set out"));
    }

    /** The comparison with retrieval in {@code results.json}. */
    private RivalReport rivals(String results) throws IOException {
        JsonNode found = SpecJson.mapper().readTree(results).path(RivalReport.NAME);
        if (!(found instanceof ObjectNode)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "%s has not been compared with retrieval: add `compare retrieval(rows: 5)` to `evaluate` in its file, and run it again; finished stages are reused"
                            .formatted(run));
        }
        return SpecJson.mapper().treeToValue(found, RivalReport.class);
    }

    /** The measured seconds of each candidate's answers; empty where this machine has no record of them. */
    private List<List<Double>> seconds(RivalReport.Set found) throws IOException {
        List<List<Double>> all = new ArrayList<>();
        for (RivalReport.Candidate candidate : found.candidates()) {
            List<Double> seconds = List.of();
            try {
                if (session.hasStore() && candidate.seconds().matches("seconds/[0-9a-f]{64}")) {
                    String record = session.store().record(candidate.seconds()).orElse("[]");
                    seconds = List.of(SpecJson.mapper().readValue(record, Double[].class));
                }
            } catch (JsonProcessingException | NullPointerException damaged) {
                // Times are measured and not kept safe: without them, the rest is still right.
            }
            all.add(seconds);
        }
        return all;
    }
}
