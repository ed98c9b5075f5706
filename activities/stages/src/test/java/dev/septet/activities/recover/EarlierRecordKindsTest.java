package dev.septet.activities.recover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.backup.BackupWriter;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.form.FormSpeed;
import dev.septet.activities.evaluate.form.FormsReport;
import dev.septet.activities.evaluate.safety.GuardVerdict;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.forget.Erasure;
import dev.septet.activities.forget.ErasureOrder;
import dev.septet.activities.host.Hosts;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.monitor.log.AuditWindow;
import dev.septet.activities.monitor.sample.SampleJson;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.report.PipelineVersion;
import dev.septet.activities.resource.EnergyRecords;
import dev.septet.activities.retention.RecordKind;
import dev.septet.activities.serving.Endpoint;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.StoreNames;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.command.TrainerPace;
import dev.septet.dsl.EarlierVersions;
import dev.septet.dsl.pipeline.ScheduleSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.AttemptTally;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.forget.ErasureReport;
import dev.septet.workflows.host.Host;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.SteeringDecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One record of each kind that earlier versions wrote. This version reads it without loss: what it writes again has the same bytes.
 *
 * <p>The records are in {@code earlier/VERSION/records/store} and {@code earlier/VERSION/run/store}, and never change. A release
 * adds those of its version, and a change that adds a kind of record adds one: {@code .ci/record-records} runs the tests whose code
 * writes records, and then this class, which copies a record of each {@link Shape} that has none from their stores.
 */
class EarlierRecordKindsTest {
    /** The folder with stores of other tests, from which missing records are copied. */
    private static final String RECORDED = "records.from";

    /** Larger records say no more about a format. */
    private static final long MOST_BYTES = 4000;

    private static final String NAME = "[^/]+";
    private static final String DIGEST = "[0-9a-f]{64}";
    private static final List<String> MODULES =
            List.of("activities/stages", "workers/server", "workers/runtime", "workers/cli");

    /** Beginnings of literals beside a writer of records that are no names of records: a fence, and files of a backup. */
    private static final Set<String> NO_RECORDS = Set.of("schedule", "state", "store", "folder", "database", "blobs");

    /** The class that passes names to a writer that has none itself. */
    private static final Map<String, String> NAMED_BY = Map.of("LineageTracker", "TrackActivitiesImpl");

    /** Parses a record and writes it again. */
    @FunctionalInterface
    private interface Rewriting {
        String of(String text) throws Exception;
    }

    /**
     * Records with names of one pattern and texts of one form.
     *
     * @param name pattern of the whole name
     */
    private record Shape(String name, Rewriting again) {
        boolean hasName(String record) {
            return record.matches(name);
        }

        boolean isKept(String text) {
            try {
                return !text.isEmpty() && again.of(text).equals(text);
            } catch (Exception another) {
                return false; // tests also write what no version writes
            }
        }
    }

    private static final List<Shape> SHAPES = List.of(
            json("results/[a-z]+/" + DIGEST, hidden("result.StageResults$Finished")),
            json("superseded/[a-z]+/" + DIGEST + "/[0-9a-f]{12}", hidden("result.StageResults$Finished")),
            json("latest/.+/[a-z]+", hidden("result.StageResults$Finished")),
            json("versions/%s/[0-9]+-%s".formatted(NAME, NAME), PipelineVersion.class),
            text("readers/%s/.+".formatted(DIGEST), NAME),
            new Shape("forms/" + DIGEST, EarlierRecordKindsTest::pretty),
            json("predictions/" + DIGEST + "/[0-9]{6}", Prediction[].class),
            json("predictions/" + DIGEST + "-answers/[0-9]{6}", Prediction[].class),
            json("answers/[0-9a-f]{2}/" + DIGEST, hidden("answer.StoredAnswer")),
            json("vectors/" + DIGEST, String[].class),
            json("seconds/" + DIGEST, Double[].class),
            json("similarities/" + DIGEST, Double[].class),
            json("guard-verdicts/" + DIGEST, GuardVerdict[].class),
            json("benchmarks/" + DIGEST + "/[0-9]{6}", BenchmarkResponse[].class),
            json("runs/.+", RunRecords.Run.class),
            json("monitors/" + NAME, RunRecords.Monitor.class),
            json("schedules/" + NAME, RunRecords.Scheduled.class),
            json("attempts/.+/[0-9]+", TrainingContext.Beginning.class),
            lines("steering/.+/commands", SteeringCommand.class),
            lines("steering/.+/decisions", SteeringDecision.class),
            json("shortages/.+/.+", Integer[].class),
            json("tally/.+/.+", AttemptTally.class),
            json("sources/.+", JsonNode.class),
            json("answer-budgets/.+", hidden("answer.BudgetLedger$State")),
            text("trainers/.+/.+", "\\S+ [0-9]{1,9} [0-9]{1,9}"),
            json("energy/.+/[a-z]+/.+", hidden("resource.EnergyRecords$Used")),
            json("run-use/.+/[0-9a-f]+", hidden("quota.RunUseRecords$Entry")),
            text("tracking/.+/[0-9]+", "[0-9]+"),
            json("fine-tuning/.+/.+", hidden("train.hosted.JobRecord")),
            json("bedrock/.+/.+", hidden("train.bedrock.BedrockRecord")),
            json("variants/%s/%s".formatted(NAME, DIGEST), Variant.class),
            text("unfinished/[a-z]+/" + DIGEST, "\\S+/\\S+(\n\\S+/\\S+)*"),
            json("usage/%s/[0-9]{4}-[0-9]{2}-[0-9]{2}/[A-Za-z0-9-]+".formatted(NAME), UsageRecords.Entry.class),
            json("aliases/" + NAME, AliasHistory.class),
            json("routes/" + NAME, Route.class),
            json("endpoints/" + NAME, Endpoint.class),
            json("hosts/" + NAME, Host.class),
            json("windows/" + NAME, AuditWindow.class),
            new Shape("baselines/" + DIGEST, EarlierRecordKindsTest::samples),
            new Shape("baselines/opinions-" + DIGEST, EarlierRecordKindsTest::samples),
            json("pace/%s/forms".formatted(NAME), FormSpeed.class),
            json("pace/%s/train".formatted(NAME), TrainerPace.class),
            json("judges/%s/%s".formatted(NAME, NAME), hidden("evaluate.judge.JudgeHistory$History")),
            text("lineage/key", DIGEST),
            text("forgotten/" + NAME, "([0-9a-f]{32}\n?)*(\n?content [0-9a-f]{32})*"),
            json("erasures/%s/[0-9a-f]{12}/order".formatted(NAME), ErasureOrder.class),
            json("erasures/%s/[0-9a-f]{12}/plan".formatted(NAME), Erasure.class),
            json("erasures/%s/[0-9a-f]{12}/report".formatted(NAME), ErasureReport.class),
            text("untraced/" + DIGEST, DIGEST),
            json("backups/last", BackupWriter.Last.class));

    private static Shape json(String name, Class<?> type) {
        return new Shape(name, text -> written(SpecJson.mapper().readValue(text, type)));
    }

    private static Shape lines(String name, Class<?> type) {
        return new Shape(name, text -> {
            StringBuilder again = new StringBuilder();
            for (String line : text.lines().toList()) {
                again.append(written(SpecJson.mapper().readValue(line, type))).append('\n');
            }
            return again.toString();
        });
    }

    /** A text that is no JSON; another one than the pattern's is not read. */
    private static Shape text(String name, String pattern) {
        return new Shape(name, text -> text.matches(pattern) ? text : "");
    }

    private static Class<?> hidden(String name) {
        try {
            return Class.forName("dev.septet.activities." + name);
        } catch (ClassNotFoundException renamed) {
            throw new IllegalStateException("a record has another class now: name it here", renamed);
        }
    }

    private static String written(Object read) throws IOException {
        return SpecJson.mapper().writeValueAsString(read);
    }

    private static String pretty(String text) throws IOException {
        FormsReport read = SpecJson.mapper().readValue(text, FormsReport.class);
        return SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(read) + "\n";
    }

    private static String samples(String text) throws IOException {
        return SampleJson.write(SampleJson.read(text).orElseThrow());
    }

    static Stream<Arguments> shapes() {
        return SHAPES.stream().map(shape -> arguments(shape.name(), shape));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void aRecordIsWrittenAgainWithTheSameBytes(String name, Shape shape) throws Exception {
        record(shape);
        for (Path version : EarlierVersions.all()) {
            for (Map.Entry<String, String> record : records(version).entrySet()) {
                if (shape.hasName(record.getKey()) && !record.getValue().isEmpty()) {
                    assertThat(shape.again().of(record.getValue()))
                            .as("%s of %s", record.getKey(), version.getFileName())
                            .isEqualTo(record.getValue());
                }
            }
        }
        List<Path> all = EarlierVersions.all();
        Path newest = all.get(all.size() - 1);
        assertThat(has(newest, shape))
                .as("%s has a record %s: record it with .ci/record-records", newest, name)
                .isTrue();
    }

    private static boolean has(Path version, Shape shape) throws IOException {
        return records(version).entrySet().stream()
                .anyMatch(record ->
                        shape.hasName(record.getKey()) && !record.getValue().isEmpty());
    }

    /** So that each kind has a record, and each record a kind. */
    @Test
    void everyKindHasAShape() throws IOException {
        Set<RecordKind> kinds = new TreeSet<>();
        for (Shape shape : SHAPES) {
            kinds.add(RecordKind.of(shape.name()).orElseThrow(() -> new AssertionError(shape.name())));
        }
        assertThat(kinds).containsExactly(RecordKind.values());
        for (Path version : EarlierVersions.all()) {
            assertThat(records(version).keySet())
                    .allMatch(record -> SHAPES.stream().anyMatch(shape -> shape.hasName(record)));
        }
    }

    /** Whoever adds a kind of record to the code adds it to {@link RecordKind}, and with it a recorded example. */
    @Test
    void everyNameOfARecordInTheCodeIsOfAKind() throws IOException {
        Pattern literal = Pattern.compile("\"([a-z][a-z-]*)/[^\"]*\"");
        Map<String, String> sources = sources();
        int writers = 0;
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, String> source : sources.entrySet()) {
            String type = source.getKey();
            if (!source.getValue().contains(".putRecord(") && !source.getValue().contains(".replaceRecord(")) {
                continue;
            }
            writers++;
            boolean named = false;
            Matcher names = literal.matcher(source.getValue() + sources.get(NAMED_BY.getOrDefault(type, "")));
            while (names.find()) {
                boolean known = RecordKind.of(names.group(1) + "/").isPresent();
                named |= known;
                if (!known && !NO_RECORDS.contains(names.group(1))) {
                    unknown.add(type + ": " + names.group());
                }
            }
            if (!named) {
                unknown.add(type + ": no name of a record");
            }
        }
        assertThat(writers).isGreaterThan(30);
        assertThat(unknown)
                .as("names of records without a kind: add them to RecordKind, or to NO_RECORDS if they name"
                        + " something else")
                .isEmpty();
    }

    /** The source of each type, by its name. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (String module : MODULES) {
            try (Stream<Path> all = Files.walk(Path.of("../..", module, "src/main/java"))) {
                for (Path file :
                        all.filter(each -> each.toString().endsWith(".java")).toList()) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        return sources;
    }

    /** Most readers take a damaged record for none, so that each is asked by the code that commands and stages use. */
    @Test
    void readersFindThem() throws IOException {
        for (Path version : EarlierVersions.all()) {
            LocalStore store = recorded(version);
            Map<String, String> records = records(version);
            List<Object> damaged = new ArrayList<>();
            assertThat(new RunRecords(store).schedules(damaged::add)).isNotEmpty();
            assertThat(damaged).isEmpty();
            assertThat(new Hosts(store).all()).isNotEmpty();
            assertThat(new Endpoints(store).all()).isNotEmpty();
            String team = new UsageRecords(store).teams().get(0);
            assertThat(records.keySet()).anyMatch(name -> name.startsWith("usage/" + team + "/"));
            assertThat(FormsReport.of(store, artifact(part(records, "forms/", 1))))
                    .isPresent();
            assertThat(FormSpeed.last(store, part(records, "pace/.*/forms", 1))).isPresent();
            assertThat(TrainerPace.last(store, part(records, "pace/.*/train", 1)))
                    .isPresent();
            assertThat(ForgottenRows.of(store, part(records, "forgotten/", 1)).isEmpty())
                    .isFalse();
            assertThat(new EnergyRecords(store, part(records, "energy/", 1)).joules())
                    .isPresent();
            String pipeline = part(records, "erasures/.*/report", 1);
            assertThat(ErasureOrder.read(store, pipeline, part(records, "erasures/.*/order", 2))
                            .rows())
                    .isNotEmpty();
            assertThat(SpecJson.mapper()
                            .readValue(
                                    store.record("erasures/%s/%s/report"
                                                    .formatted(pipeline, part(records, "erasures/.*/report", 2)))
                                            .orElseThrow(),
                                    ErasureReport.class)
                            .pipeline())
                    .isEqualTo(pipeline);
        }
    }

    private static ArtifactRef artifact(String sha256) {
        return new ArtifactRef("store:artifacts/" + sha256, sha256, 0);
    }

    /** A part of the name of the first record whose name begins with a pattern. */
    private static String part(Map<String, String> records, String begins, int part) {
        return records.keySet().stream()
                .filter(name -> name.matches(begins + ".*"))
                .findFirst()
                .orElseThrow()
                .split("/", -1)[part];
    }

    private static LocalStore recorded(Path version) {
        return new LocalStore(version.resolve("records/store"));
    }

    /** All records of a version, by name. */
    private static Map<String, String> records(Path version) throws IOException {
        Map<String, String> records = new LinkedHashMap<>();
        for (LocalStore store : List.of(recorded(version), new LocalStore(version.resolve("run/store")))) {
            for (String name : store.records("")) {
                records.put(name, store.record(name).orElseThrow());
            }
        }
        return records;
    }

    /** Copies a record of a shape from the stores of other tests, unless there is one. */
    private static void record(Shape shape) throws IOException {
        Path version = EarlierVersions.recorded();
        String from = System.getProperty(RECORDED);
        if (!Boolean.getBoolean("golden.update") || from == null || has(version, shape)) {
            return;
        }
        schedule(Path.of(from));
        List<Path> found = new ArrayList<>();
        for (Path root : stores(Path.of(from))) {
            LocalStore store = new LocalStore(root);
            for (String name : store.records("")) {
                Path file = root.resolve(StoreNames.record(name));
                if (shape.hasName(name) && Files.size(file) <= MOST_BYTES && shape.isKept(Files.readString(file))) {
                    found.add(file);
                }
            }
        }
        // The largest one has the most properties.
        found.sort(Comparator.comparing((Path file) -> file.toFile().length()).thenComparing(Path::toString));
        if (!found.isEmpty()) {
            Path file = found.get(found.size() - 1);
            Path to = version.resolve("records/store").resolve(root(file).relativize(file));
            Files.createDirectories(to.toAbsolutePath().getParent());
            Files.writeString(to, elsewhere(Files.readString(file), from));
        }
    }

    /** With another path of the folder in which the record was written. */
    private static String elsewhere(String text, String from) {
        return text.replaceAll(Pattern.quote(from) + "/junit-?[0-9]+", "/srv/septet");
    }

    /** The folders of all stores that have records. */
    private static Set<Path> stores(Path from) throws IOException {
        Set<Path> stores = new TreeSet<>();
        try (Stream<Path> all = Files.walk(from)) {
            all.filter(file -> file.toString().endsWith(".record")
                            && file.toString().contains("/records/"))
                    .forEach(file -> stores.add(root(file)));
        }
        return stores;
    }

    /** The store with a record. */
    private static Path root(Path file) {
        String path = file.toString();
        return Path.of(path.substring(0, path.lastIndexOf("/records/")));
    }

    /** Schedules are recorded by a command of another module. */
    private static void schedule(Path from) {
        ScheduleSpec spec = new ScheduleSpec(
                "0 2 * * SUN",
                null,
                "Europe/Berlin",
                ScheduleSpec.DEFAULT_OVERLAP,
                Duration.ofMinutes(5),
                ScheduleSpec.DEFAULT_CATCHUP,
                true);
        new RunRecords(new LocalStore(from.resolve("schedules-of-this-test")))
                .scheduled(new RunRecords.Scheduled("support", spec, Map.of("region", "eu")), 1_800_000_000_000L);
    }
}
