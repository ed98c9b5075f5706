package dev.septet.workers.cli.status;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.SearchTags;
import io.temporal.common.SearchAttributeKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that select runs, as a Temporal visibility query. */
public final class RunFilter {
    private static final Map<String, String> STATES = Map.of(
            "running", "Running",
            "completed", "Completed",
            "failed", "Failed",
            "canceled", "Canceled",
            "terminated", "Terminated",
            "timed-out", "TimedOut");

    @Option(names = "--pipeline", paramLabel = "NAME", description = "Runs of this pipeline")
    private @Nullable String pipeline;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Runs in this state: running, completed, failed, canceled, terminated or timed-out")
    private @Nullable String state;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "Runs with this base model, as the file names it; NAME* matches names that begin with NAME")
    private @Nullable String model;

    @Option(
            names = "--dataset",
            paramLabel = "DATASET",
            description = "Runs with this dataset, as the file names it; NAME* matches names that begin with NAME")
    private @Nullable String dataset;

    @Option(
            names = "--gate",
            paramLabel = "VERDICT",
            description = "Runs with this verdict of the gate: GO, NO_GO or INCONCLUSIVE")
    private @Nullable String gate;

    @Option(names = "--score", paramLabel = "MIN", description = "Runs with a first metric of at least this value")
    private @Nullable Double score;

    @Option(
            names = "--drift",
            paramLabel = "MIN",
            description = "Monitors with a drift confidence of at least this value, 0 to 1")
    private @Nullable Double drift;

    /** Whether the query uses names that runs with encrypted payloads hide from the server. */
    boolean filtersByName() {
        return model != null || dataset != null;
    }

    /**
     * The query.
     *
     * @throws CliProblem USAGE when a value is invalid
     */
    String query() {
        List<String> terms = new ArrayList<>();
        // The monitor has the drift attribute; it outlives its run.
        terms.add(drift == null ? "WorkflowType = 'Pipeline'" : "WorkflowType = 'Monitor'");
        String requested = state;
        if (requested != null) {
            String known = STATES.get(requested.toLowerCase(Locale.ROOT));
            if (known == null) {
                throw usage(
                        "--state",
                        String.join(", ", STATES.keySet().stream().sorted().toList()),
                        requested);
            }
            terms.add("ExecutionStatus = '" + known + "'");
        }
        text(SearchTags.PIPELINE, pipeline, terms);
        text(SearchTags.MODEL, model, terms);
        text(SearchTags.DATASET, dataset, terms);
        String verdict = gate;
        if (verdict != null) {
            String word = verdict.toUpperCase(Locale.ROOT).replace('-', '_');
            if (!List.of("GO", "NO_GO", "INCONCLUSIVE").contains(word)) {
                throw usage("--gate", "GO, NO_GO, INCONCLUSIVE", verdict);
            }
            text(SearchTags.GATE, word, terms);
        }
        number(SearchTags.SCORE, "--score", score, terms);
        number(SearchTags.DRIFT, "--drift", drift, terms);
        return String.join(" AND ", terms);
    }

    private static void text(SearchAttributeKey<String> key, @Nullable String value, List<String> terms) {
        if (value == null) {
            return;
        }
        terms.add(
                value.endsWith("*")
                        ? "%s STARTS_WITH %s".formatted(key.getName(), quoted(value.substring(0, value.length() - 1)))
                        : "%s = %s".formatted(key.getName(), quoted(value)));
    }

    private static void number(
            SearchAttributeKey<Double> key, String option, @Nullable Double least, List<String> terms) {
        if (least == null) {
            return;
        }
        if (!Double.isFinite(least)) {
            throw usage(option, "a number", least.toString());
        }
        // Plain digits, because the server's parser does not know exponents.
        terms.add("%s >= %s".formatted(key.getName(), new java.math.BigDecimal(least.toString()).toPlainString()));
    }

    /** A text as a literal of a query. */
    public static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    private static CliProblem usage(String option, String takes, String got) {
        return new CliProblem(ExitCode.USAGE, "%s takes %s, not '%s'".formatted(option, takes, got));
    }
}
