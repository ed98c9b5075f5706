package dev.septet.activities.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.report.SpecDiff;
import dev.septet.activities.quota.RunUse;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.search.CandidateTrainingSpec;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.retrain.Trigger;
import dev.septet.workflows.summary.RunFacts;
import dev.septet.workflows.summary.RunPageActivities;
import dev.septet.workflows.summary.RunPageRequest;
import dev.septet.workflows.summary.StageTime;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a run, as the workflow requests it when its last stage has ended. */
class RunPageTest {
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "computed");
    private static final String FILE = """
        pipeline('support') {
            description 'Sorts tickets'
            prepare { dataset 'data.jsonl' }
            initialize { model 'org/base', revision: 'v1.0' }
            train { method lora { rank %d }
                 learningRate cosine(peak: %s) }
            evaluate { metric exactMatch }
        }
        """;

    private static final long START = 1_790_000_000_000L;

    @TempDir
    Path folder;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;
    private ArtifactRef dataset;
    private @Nullable ArtifactRef ledger;
    private @Nullable RunPageActivities activities;

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(folder.resolve("store"));
        dataset = put("dataset", Map.of("card.json", """
            {"sources":[{"name":"tickets.jsonl","licence":"cc-by-4.0","sha256":"%s"}]}
            """.formatted("d".repeat(64))));
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void tellsWhoStartedItWhatItTookAndWhatItIsMadeOf() throws IOException {
        String page = Files.readString(write(
                        request("run-1", START, String.format(Locale.ROOT, FILE, 8, "1e-4"), true, null), priced())
                .resolve("run.html"));

        assertThat(page)
                .contains("2026-09-21 14:13:20 UTC", "the schedule nightly", "anna@desk", "resumes run", "run-0")
                .contains("1 h 00 min", "2.40 EUR: 1 h 00 min of one machine at 2.40 EUR an hour")
                .contains("about 0.3000 kWh, estimated as 300 W times 1 h 00 min; about 120.0 g CO2 equivalent")
                .contains("org/base", "v1.0", "apache-2.0", "lora", "rank 8", "seed", "42")
                .contains("source tickets.jsonl", "licence cc-by-4.0, sha256 dddd")
                .contains("This is the first version of the pipeline.")
                .contains("href=\"https://temporal.example/ui/namespaces/")
                .doesNotContain("secret", "Trend over versions", "<script");
    }

    @Test
    void showsWhyTheBaseModelWasChosen() throws IOException {
        String file = String.format(Locale.ROOT, FILE, 8, "1e-4")
                .replace("model 'org/base', revision: 'v1.0'", "candidates 'org/small', 'org/base', 'org/closed'");
        String page = Files.readString(
                write(request("run-1", START, file, true, null), priced()).resolve("run.html"));

        assertThat(page)
                .contains("candidate org/small", "2.5000 bits per byte of the validation answers, 1,000 parameters")
                .contains("candidate org/base", "1.2500 bits per byte of the validation answers, 9,000 parameters")
                .contains("candidate org/closed", "left out: its licence is other");
    }

    @Test
    void showsBothRoundsOfTheChoice() throws IOException {
        String file = String.format(Locale.ROOT, FILE, 8, "1e-4")
                .replace(
                        "model 'org/base', revision: 'v1.0'",
                        "candidates 'org/small', 'org/base', 'org/closed', steps: 5");
        String page = Files.readString(
                write(request("run-1", START, file, true, null), priced()).resolve("run.html"));

        assertThat(page)
                .contains(
                        "candidate org/small",
                        "2.5000 bits per byte of the validation answers, 0.7500 after 5 steps of training, 1,000"
                                + " parameters")
                .contains(
                        "candidate org/base",
                        "1.2500 bits per byte of the validation answers, 9,000 parameters; left out: memory ran out");
    }

    @Test
    void saysThatNoPriceIsGiven() throws IOException {
        String page = Files.readString(write(
                        request("run-1", START, String.format(Locale.ROOT, FILE, 8, "1e-4"), true, null),
                        ReportSettings.NONE)
                .resolve("run.html"));

        assertThat(page).contains("no price given").doesNotContain("kWh", "<a href");
    }

    /** Trackers get the second page, because the message of a failure may quote data. */
    @Test
    void aRunThatPublishedNothingHasASecondPageWithoutTheMessage() throws IOException {
        String file = String.format(Locale.ROOT, FILE, 8, "1e-4");
        Path failed = write(request("run-1", START, file, false, "train: the row 'never-send-this'"), priced());
        Path worked = write(request("run-2", START + 1000, file, true, null), priced());

        assertThat(failed.resolve("run.html")).content().contains("never-send-this");
        assertThat(failed.resolve("tracked.html"))
                .content()
                .contains("published nothing because", "the message is in the history of the run", "org/base")
                .doesNotContain("never-send-this");
        assertThat(worked.resolve("tracked.html")).doesNotExist();
    }

    @Test
    void showsWhatChangedSinceThePublishedVersionAndTheTrend() throws IOException {
        write(request("run-1", START, String.format(Locale.ROOT, FILE, 8, "1e-4"), true, null), priced());
        write(
                request(
                        "run-2",
                        START + 1000,
                        String.format(Locale.ROOT, FILE, 16, "1e-4"),
                        false,
                        "the gate said NO_GO"),
                priced());
        Path third = write(
                request("run-3", START + 2000, String.format(Locale.ROOT, FILE, 8, "3e-4"), true, null), priced());
        String page = Files.readString(third.resolve("run.html"));

        assertThat(page)
                .contains("Compared with version eeeeeeeeeeee of 2026-09-21 14:13:20 UTC, run run-1.")
                .containsSubsequence("train.learningRate.peak", "1.0E-4", "3.0E-4")
                .doesNotContain("train.method.rank")
                .contains("exactMatch over versions", ", not published", "0.9 (0.8 to 1)");
        assertThat(Files.readString(third.resolve("head.html"))).startsWith("<div class=\"columns\">");
    }

    /** The card of the export cannot have it: equal inputs must give equal exports. */
    @Test
    void theCardOfTheRunHasItsEnvironmentalCost() {
        String card = "---\nlicense: mit\n---\n\n# x\n\n## Environmental cost\n\nsee the run\n\n## Lineage\n";
        RunPageRequest request = request("run-1", START, String.format(Locale.ROOT, FILE, 8, "1e-4"), true, null);
        RunCost cost = RunCost.of(request.facts().stages(), request.spec(), priced(), null);
        RunFactTables.Energy energy = RunFactTables.Energy.of(priced(), cost).orElseThrow();

        assertThat(RunCard.of(card, "1 h 00 min", energy, RunFactTables.measured(7.2e6)))
                .startsWith("---\nlicense: mit\nco2_eq_emissions:\n  emissions: 120.0\n")
                .contains(
                        "1 h 00 min of one machine. Energy: about 0.3000 kWh", "Measured: 2.000 kWh of the processors")
                .endsWith("cards.\n\n## Lineage\n")
                .doesNotContain("see the run");
        assertThat(RunCard.of(card, "1 s", null, null))
                .contains("so the energy is not estimated")
                .doesNotContain("co2_eq");
        assertThat(RunCard.of("a card of an earlier version", "1 s", energy, null))
                .isEqualTo("a card of an earlier version");
    }

    @Test
    void recordsTheCostForProgramsAndFindsThePageOfARun() throws IOException {
        RunPageRequest request = request("run-1", START, String.format(Locale.ROOT, FILE, 8, "1e-4"), true, null);
        ArtifactRef page = activities(priced()).write(request);

        RunRecord run = SpecJson.mapper()
                .readValue(store.fetch(page).resolve(RunRecord.FILE).toFile(), RunRecord.class);
        assertThat(run.cost())
                .isEqualTo(new RunCost(
                        3_600_000,
                        new ReportSettings.Price(new BigDecimal("2.40"), "EUR"),
                        new BigDecimal("0.300000"),
                        new BigDecimal("120.000000"),
                        null));
        assertThat(PipelineVersions.page(store, "run-1")).contains(page);
        assertThat(PipelineVersions.page(store, "1")).isEmpty();
        assertThat(SpecJson.mapper()
                        .readValue("{\"pipeline\":\"p\"}", RunRecord.class)
                        .cost())
                .as("files of earlier versions")
                .isNull();
    }

    /** The worker only waits there, perhaps for hours; the service's charge is in the file beside the ledger. */
    @Test
    void aTrainingElsewhereCostsNoMachine() throws IOException {
        ledger = put("ledger", Map.of("ledger.jsonl", "{}\n", "job.json", "{\"cost\":3.214,\"currency\":\"USD\"}\n"));
        RunPageRequest request = request("run-1", START, by("openai(endpoint: 'azure', model: 'gpt')"), true, null);
        ArtifactRef page = activities(priced()).write(request);

        RunCost cost = SpecJson.mapper()
                .readValue(store.fetch(page).resolve(RunRecord.FILE).toFile(), RunRecord.class)
                .cost();
        assertThat(cost)
                .isEqualTo(new RunCost(
                                0,
                                new ReportSettings.Price(new BigDecimal("2.40"), "EUR"),
                                new BigDecimal("0.000000"),
                                new BigDecimal("0.000000"),
                                null)
                        .charged(new ReportSettings.Price(new BigDecimal("3.214"), "USD")));
        assertThat(Files.readString(store.fetch(page).resolve("run.html")))
                .contains(
                        "an hour, without the training, which ran elsewhere, and what services charge",
                        "3.21 USD, by the operator");
        for (String elsewhere : List.of("slurm(command('trl'))", "kubernetes(command('trl'))")) {
            assertThat(costOf(by(elsewhere)).machineMillis()).as(elsewhere).isZero();
        }
        assertThat(costOf(by("command('trl')")).machineMillis())
                .as("a program on the worker's machine")
                .isEqualTo(3_600_000);
    }

    @Test
    void whatServicesCostIsOnThePageByCurrency() throws IOException {
        RunPageRequest request = request("run-1", START, String.format(Locale.ROOT, FILE, 8, "1e-4"), true, null);
        TeamUse use = new TeamUse(new UsageRecords(store), request.run(), "Evaluate", "1", () -> START);
        use.count(List.of("a"), 12_000, 0.5, "EUR");
        use.count(List.of("b"), 345, 1.25, "USD");

        ArtifactRef page = activities(priced()).write(request);

        assertThat(Files.readString(store.fetch(page).resolve("run.html")))
                .contains("0.50 EUR and 1.25 USD by the operator", "12,345 tokens of requests and answers");
        RunCost cost = SpecJson.mapper()
                .readValue(store.fetch(page).resolve(RunRecord.FILE).toFile(), RunRecord.class)
                .cost();
        assertThat(Objects.requireNonNull(cost).use())
                .isEqualTo(new RunUse(0, 12_345, Map.of("EUR", new BigDecimal("0.5"), "USD", new BigDecimal("1.25"))));
    }

    /** A damaged file, or one that an erasure removed, does not keep the page from being written. */
    @Test
    void aChargeThatIsNoAmountIsLeftOut() throws IOException {
        String file = by("openai(endpoint: 'azure', model: 'gpt')");
        for (String job :
                List.of("{\"cost\":-1,\"currency\":\"USD\"}", "{\"cost\":1,\"currency\":\"<b>\"}", "{", "[]")) {
            ledger = put("ledger" + job.hashCode(), Map.of("job.json", job));
            assertThat(ServiceCharge.of(store, request("run-1", START, file, true, null)))
                    .as(job)
                    .isEmpty();
        }
        ledger = null;
        assertThat(ServiceCharge.of(store, request("run-1", START, file, true, null)))
                .as("a training that is not in the store")
                .isEmpty();
    }

    private static String by(String backEnd) {
        String method = backEnd.startsWith("openai") ? "full()" : "lora()";
        return FILE.replaceFirst("(?s)train \\{.*?%s\\) }", "train { by " + backEnd + "; method " + method + " }");
    }

    private RunCost costOf(String file) {
        RunPageRequest request = request("run-1", START, file, true, null);
        return RunCost.of(request.facts().stages(), request.spec(), priced(), null);
    }

    /** A repeated attempt, and a run that began earlier, see the same versions before them. */
    @Test
    void isTheSameWhenItIsWrittenAgain() throws IOException {
        RunPageRequest first = request("run-1", START, String.format(Locale.ROOT, FILE, 8, "1e-4"), true, null);
        RunPageActivities activities = activities(priced());
        ArtifactRef once = activities.write(first);
        activities.write(request("run-2", START + 1000, String.format(Locale.ROOT, FILE, 8, "1e-4"), true, null));

        assertThat(activities.write(first)).isEqualTo(once);
    }

    @Test
    void keepsNoTicketAndNoLongText() throws IOException {
        String prompt = "Answer like a pirate. ".repeat(20);
        String file = String.format(Locale.ROOT, FILE, 8, "1e-4").replace("exactMatch }", "exactMatch; samples 3 }");
        Path out = write(request("run-1", START, file, true, null), priced());

        assertThat(Files.readString(out.resolve("run.json")))
                .doesNotContain("the-ticket", "the-seal")
                .contains("\"run-1\"");
        assertThat(SpecDiff.of(Map.of("a", "x"), Map.of("a", prompt)).get(0).after())
                .startsWith("a text of 440 characters, sha256 ");
    }

    @Test
    void boundsTheDifferencesThatItShows() {
        Map<String, Integer> many = new java.util.TreeMap<>();
        for (int at = 0; at < 500; at++) {
            many.put("key" + at, at);
        }

        assertThat(SpecDiff.of(Map.of(), many))
                .hasSize(SpecDiff.MAX + 1)
                .last()
                .satisfies(rest -> assertThat(rest.path()).isEqualTo("440 more values"));
    }

    @Test
    void theHeadStandsBeforeTheSectionsOfTheEvaluation() {
        assertThat(RunHead.in("<body><main>\n<section>", "<p>head</p>"))
                .isEqualTo("<body><main>\n<p>head</p>\n<section>");
        assertThat(RunHead.in("another page", "<p>head</p>")).isEqualTo("another page");
    }

    private Path write(RunPageRequest request, ReportSettings settings) throws IOException {
        return store.fetch(activities(settings).write(request));
    }

    private RunPageActivities activities(ReportSettings settings) {
        RunPageActivities known = activities;
        if (known != null) {
            return known;
        }
        environment.registerActivitiesImplementations(
                new RunPageActivitiesImpl(store, settings, (workflow, run) -> Optional.of("anna@desk")));
        activities = environment.newActivityStub(RunPageActivities.class);
        return activities;
    }

    private static ReportSettings priced() {
        return ReportSettings.of(Map.of(
                "SEPTET_PRICE_PER_HOUR", "2.40 EUR",
                "SEPTET_POWER_WATTS", "300",
                "SEPTET_GRID_GRAMS", "400",
                "SEPTET_WEB_UI", "https://user:secret@temporal.example/ui/?token=secret"));
    }

    private static ModelChoice choice(ArtifactRef any, PipelineSpec spec) {
        ModelChoice.Examined small = new ModelChoice.Examined("org/small", any, null, 1_000, 2.5, null);
        ModelChoice.Examined base = new ModelChoice.Examined("org/base", any, null, 9_000, 1.25, null);
        ModelChoice.Examined closed = ModelChoice.Examined.leftOut("org/closed", "its licence is other");
        CandidateTrainingSpec training = spec.initialize().candidateTraining();
        return training == null
                ? new ModelChoice("org/base", List.of(small, base, closed))
                : new ModelChoice(
                        "org/small",
                        List.of(small.trained(0.75), base.untrained("memory ran out"), closed),
                        training.steps());
    }

    private RunPageRequest request(String run, long start, String file, boolean published, @Nullable String failure) {
        PipelineSpec spec = PipelineCompiler.compile(PipelineSource.of("p.groovy", file), Map.of())
                .spec()
                .orElseThrow();
        ArtifactRef any = new ArtifactRef("store:artifacts/x", "e".repeat(64), 1);
        PipelineReport results = new PipelineReport(
                null,
                new DatasetRef(dataset, 90, 5, 5, 900, 30, 0, 0, 0, ORIGIN),
                new ModelRef(any, "LlamaForCausalLM", 1_000_000, 4, "apache-2.0", 10_000, 1, ORIGIN)
                        .with(spec.initialize().candidates().isEmpty() ? null : choice(any, spec)),
                null,
                new CheckpointRef(any, true, ledger == null ? any : ledger, 10, 0.5, null, "all steps", ORIGIN),
                new EvaluationReport(
                        published ? Verdict.GO : Verdict.NO_GO,
                        List.of(new Score("exactMatch", 0.2, 0.9, 0.6, 0.8, 100, Verdict.GO, "why")),
                        any,
                        null,
                        ORIGIN,
                        "the-seal"),
                published ? new DeploymentRef(any, List.of(), null, ChainReport.EMPTY, List.of(), ORIGIN) : null,
                null,
                List.of());
        RunRef ref = new RunRef("support", run, "/srv", "5".repeat(64)).withTicket("the-ticket");
        RunFacts facts = new RunFacts(
                start,
                start + 7_200_000,
                "support",
                Trigger.SCHEDULE,
                "by its schedule",
                "nightly",
                null,
                "run-0",
                1,
                List.of(
                        new StageTime(Stage.PREPARE, 0, true, false),
                        new StageTime(Stage.TRAIN, 3_600_000, false, false),
                        new StageTime(Stage.DEPLOY, 3_600_000, false, false)),
                failure);
        return new RunPageRequest(ref, spec, results, facts);
    }

    private ArtifactRef put(String name, Map<String, String> files) throws IOException {
        Path from = Files.createDirectories(folder.resolve(name));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(from.resolve(file.getKey()), file.getValue());
        }
        Fence fence = new Fence("test/" + name, new FencingToken(1, 1));
        store.open(fence);
        ArtifactRef ref = store.put(from, fence);
        store.release(fence);
        return ref;
    }
}
