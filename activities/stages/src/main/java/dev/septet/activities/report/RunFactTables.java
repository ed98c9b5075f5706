package dev.septet.activities.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.report.FactSection;
import dev.septet.activities.evaluate.report.HyperParameters;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.quota.RunUse;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.summary.RunFacts;
import dev.septet.workflows.summary.StageTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tables of facts at the head of a run's report.
 *
 * @param deployment what the run published; null when it published nothing
 * @param card the dataset's {@code card.json}; a missing node without one
 * @param cost of the run
 */
record RunFactTables(
        RunRecord run, @Nullable DeploymentRef deployment, JsonNode card, ReportSettings settings, RunCost cost) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final int MOST_SOURCES = 20;

    List<FactSection> sections() {
        return List.of(
                new FactSection("run", "Run", runLines()),
                new FactSection("durations", "Duration and cost", durations()),
                new FactSection("model", "Base model and method", model()),
                new FactSection("sources", "Data", data()),
                new FactSection("software", "Software and machine", software()));
    }

    /** A time as on the page. */
    static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }

    private List<SummaryLine> runLines() {
        RunFacts facts = run.facts();
        List<SummaryLine> lines = new ArrayList<>();
        add(lines, "pipeline", run.pipeline());
        add(lines, "version", run.published() == null ? "not published" : run.published());
        if (deployment != null) {
            deployment.published().forEach(at -> add(lines, "published to " + at.type(), at.location()));
        }
        add(lines, "run id", run.runId());
        add(lines, "workflow id", facts.workflowId());
        add(lines, "started", time(facts.startedMillis()));
        add(lines, "ended", time(facts.endedMillis()));
        add(lines, "started by", trigger(facts));
        add(lines, "client", run.startedBy() == null ? "not known to the server" : run.startedBy());
        if (!facts.why().isEmpty()) {
            add(lines, "reason", facts.why());
        }
        add(lines, "started by workflow", facts.parentId());
        add(lines, "resumes run", facts.resumedRun());
        if (facts.attempt() > 1) {
            add(lines, "attempt", Integer.toString(facts.attempt()));
        }
        add(lines, "published nothing because", facts.failure());
        add(lines, "pipeline spec", run.specDigest());
        return lines;
    }

    private static String trigger(RunFacts facts) {
        String schedule = facts.scheduleId();
        return switch (facts.trigger()) {
            case REQUEST -> schedule == null ? "a request" : "the schedule " + schedule;
            case SCHEDULE -> schedule == null ? "a schedule" : "the schedule " + schedule;
            case DRIFT -> "drift";
            case FEEDBACK -> "feedback";
        };
    }

    private List<SummaryLine> durations() {
        List<SummaryLine> lines = new ArrayList<>();
        RunFacts facts = run.facts();
        add(lines, "whole run", duration(facts.endedMillis() - facts.startedMillis()));
        for (StageTime stage : facts.stages()) {
            add(
                    lines,
                    stage.stage().word(),
                    stage.reused() ? "reused" : duration(stage.millis()) + (stage.failed() ? ", failed" : ""));
        }
        long machine = cost.machineMillis();
        ReportSettings.Price price = cost.pricePerHour();
        add(
                lines,
                "cost",
                price == null
                        ? "no price given"
                        : "%s: %s of one machine at %s an hour, without %s"
                                .formatted(
                                        price.of(machine),
                                        duration(machine),
                                        price,
                                        RunCost.trainsElsewhere(run.spec())
                                                ? "the training, which ran elsewhere, and what services charge"
                                                : "what services charge"));
        ReportSettings.Price charge = cost.serviceCharge();
        add(
                lines,
                "charge for the training",
                charge == null
                        ? null
                        : String.format(
                                Locale.ROOT,
                                "%.2f %s, by the operator's price of the service",
                                charge.amount(),
                                charge.currency()));
        add(lines, "costs of services", services(cost.use()));
        Energy.of(settings, cost).ifPresent(energy -> add(lines, "energy", energy.words()));
        add(lines, "measured energy", measured(cost.measuredJoules()));
        return lines;
    }

    /** What outside services cost in words, one amount for each currency; null when nothing was recorded. */
    private static @Nullable String services(@Nullable RunUse use) {
        if (use == null || (use.costs().isEmpty() && use.tokens() == 0)) {
            return null;
        }
        List<String> parts = new ArrayList<>();
        use.costs().forEach((currency, amount) -> parts.add(String.format(Locale.ROOT, "%.2f %s", amount, currency)));
        String costs = parts.isEmpty() ? "no price given" : String.join(" and ", parts) + " by the operator's prices";
        return use.tokens() == 0
                ? costs
                : String.format(Locale.ROOT, "%s; %,d tokens of requests and answers", costs, use.tokens());
    }

    /** The measured energy in words; null when it was not measured. */
    static @Nullable String measured(@Nullable Double joules) {
        return joules == null
                ? null
                : String.format(
                        Locale.ROOT,
                        "%.4g kWh of the processors of the training machine (RAPL), with all its programs and without"
                                + " its cards",
                        joules / RunCost.JOULES_PER_KILOWATT_HOUR);
    }

    /** The model card of the evaluation with the environmental cost of this run. */
    String card(String ofEvaluation) {
        return RunCard.of(
                ofEvaluation,
                duration(cost.machineMillis()),
                Energy.of(settings, cost).orElse(null),
                measured(cost.measuredJoules()));
    }

    private List<SummaryLine> model() {
        List<SummaryLine> lines = new ArrayList<>();
        InitializeSpec base = run.spec().initialize();
        ModelRef model = run.model();
        ModelChoice choice = model == null ? null : model.choice();
        String undecided = base.candidates().isEmpty()
                ? base.model()
                : "not chosen yet of " + String.join(", ", base.candidates());
        add(lines, "base model", choice == null ? undecided : choice.chosen());
        add(lines, "revision", base.revision());
        if (choice != null) {
            choice.candidates()
                    .forEach(each -> add(lines, "candidate " + each.model(), candidate(each, choice.steps())));
        }
        if (model != null) {
            add(lines, "base model sha256", model.artifact().sha256());
            add(lines, "licence", model.licence());
            add(lines, "architecture", model.architecture());
            add(
                    lines,
                    "parameters",
                    String.format(Locale.ROOT, "%,d, %,d of them trained", model.parameters(), model.trainable()));
        }
        TrainSpec train = run.spec().train();
        lines.addAll(HyperParameters.of(train, run.spec().setup(), run.setup()));
        return lines;
    }

    /** The values of a candidate in both rounds of the choice, and why it is left out. */
    private static String candidate(ModelChoice.Examined candidate, @Nullable Integer steps) {
        Double bits = candidate.bitsPerByte();
        Double trained = candidate.trainedBitsPerByte();
        String why = candidate.leftOut() == null ? "" : "left out: " + candidate.leftOut();
        return bits == null
                ? why
                : String.format(
                        Locale.ROOT,
                        "%.4f bits per byte of the validation answers%s, %,d parameters%s",
                        bits,
                        trained == null
                                ? ""
                                : String.format(Locale.ROOT, ", %.4f after %d steps of training", trained, steps),
                        candidate.parameters(),
                        why.isEmpty() ? why : "; " + why);
    }

    private List<SummaryLine> data() {
        List<SummaryLine> lines = new ArrayList<>();
        DatasetRef dataset = run.dataset();
        if (dataset != null) {
            add(
                    lines,
                    "rows",
                    String.format(
                            Locale.ROOT,
                            "%,d training, %,d validation, %,d test",
                            dataset.trainRows(),
                            dataset.validationRows(),
                            dataset.testRows()));
            add(lines, "dataset sha256", dataset.artifact().sha256());
        }
        List<JsonNode> sources = new ArrayList<>();
        card.path("sources").forEach(sources::add);
        if (sources.isEmpty() && card.path("source").isObject()) {
            sources.add(card.path("source"));
        }
        for (JsonNode source : sources.subList(0, Math.min(MOST_SOURCES, sources.size()))) {
            add(
                    lines,
                    "source " + source.path("name").asText(source.path("file").asText("")),
                    "licence %s, sha256 %s"
                            .formatted(
                                    source.path("licence").asText("not declared"),
                                    source.path("sha256").asText("unknown")));
        }
        if (sources.size() > MOST_SOURCES) {
            add(lines, "more sources", Integer.toString(sources.size() - MOST_SOURCES));
        }
        return lines;
    }

    private List<SummaryLine> software() {
        List<SummaryLine> lines = new ArrayList<>();
        Software.lines().forEach(line -> add(lines, line.name(), line.value()));
        SetupReport setup = run.setup();
        if (setup != null) {
            add(
                    lines,
                    "training machine",
                    String.format(
                            Locale.ROOT,
                            "%s, %d threads",
                            setup.preflight().worker().device(),
                            setup.preflight().worker().threads()));
            add(lines, "machine and engine", setup.preflight().worker().fingerprint());
        }
        return lines;
    }

    private static void add(List<SummaryLine> lines, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            lines.add(new SummaryLine(name, value));
        }
    }

    /** Such as {@code 2 h 03 min}, {@code 4 min 09 s}, {@code 12.3 s}. */
    static String duration(long millis) {
        Duration time = Duration.ofMillis(Math.max(0, millis));
        if (time.toDays() > 0) {
            return String.format(Locale.ROOT, "%d d %02d h", time.toDays(), time.toHoursPart());
        }
        if (time.toHours() > 0) {
            return String.format(Locale.ROOT, "%d h %02d min", time.toHours(), time.toMinutesPart());
        }
        return time.toMinutes() > 0
                ? String.format(Locale.ROOT, "%d min %02d s", time.toMinutes(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    /**
     * Energy that a machine used, estimated as its power times its time.
     *
     * @param grams emissions of carbon dioxide equivalent; null without the grid's intensity
     */
    record Energy(
            BigDecimal kilowattHours,
            BigDecimal watts,
            long millis,
            @Nullable BigDecimal grams) {
        static Optional<Energy> of(ReportSettings settings, RunCost cost) {
            BigDecimal watts = settings.watts();
            BigDecimal used = cost.kilowattHours();
            return watts == null || used == null
                    ? Optional.empty()
                    : Optional.of(new Energy(used, watts, cost.machineMillis(), cost.gramsOfCarbonDioxide()));
        }

        String words() {
            String energy = "about %s kWh, estimated as %s W times %s"
                    .formatted(figure(kilowattHours), watts.toPlainString(), duration(millis));
            return grams == null ? energy : energy + "; about %s g CO2 equivalent".formatted(figure(grams));
        }

        private static String figure(BigDecimal value) {
            return String.format(Locale.ROOT, "%.4g", value.doubleValue());
        }
    }
}
