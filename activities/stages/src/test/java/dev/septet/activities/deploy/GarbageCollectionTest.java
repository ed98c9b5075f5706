package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.RetainedWorld.Run;
import dev.septet.activities.retention.CollectedKind;
import dev.septet.activities.retention.GarbageCollection;
import dev.septet.activities.retention.GarbageReport;
import dev.septet.activities.retention.OpenWork;
import dev.septet.activities.retention.RetentionPolicy;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.ContentStore;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.FencingToken;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Storage;
import dev.septet.activities.store.StoreKeys;
import dev.septet.settings.Setting;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GarbageCollectionTest {
    private static final RetentionPolicy POLICY = new RetentionPolicy(3, Duration.ofDays(20));
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    Path temp;

    private record Version(Run run, int week) {}

    /**
     * A year of weekly retraining: the store has what is kept and the evidence of the others, and no more. The sizes of each week are
     * in {@code target/year-disk.csv}; {@code examples/benchmarks/year.sh} draws them.
     */
    @Tag("long")
    @Test
    void aYearOfWeeklyRetrainingStaysBounded() throws Exception {
        RetainedWorld world = new RetainedWorld(temp, 1 << 20); // beside which the evidence is small
        RetentionPolicy policy = new RetentionPolicy(5, Duration.ofDays(30));
        String champion = null;
        long first = 0;
        long most = 0;
        long removed = 0;
        StringBuilder sizes = new StringBuilder("week,kept bytes,bytes without removal\n");
        List<Run> all = new ArrayList<>();
        for (int week = 0; week < 52; week++) {
            Run run = world.run("run-" + week, week, champion);
            world.publish(run);
            champion = run.export().sha256();
            all.add(run);
            world.diedTraining("died-" + week);
            first = week == 0 ? world.bytes() : first;
            world.pass(WEEK);
            long before = world.bytes();
            GarbageReport report = world.collect(new Disk(), policy, OpenWork.NONE);
            assertThat(report.left()).isEmpty();
            long kept = world.bytes();
            removed += before - kept;
            sizes.append("%s,%s,%s\n".formatted(week + 1, kept, kept + removed));
            most = Math.max(most, kept);
        }
        Files.writeString(Path.of("target", "year-disk.csv"), sizes);
        long evidence = 52 * 4500L; // records of results, and small files
        assertThat(most).isLessThan(6 * first + evidence);
        assertThat(world.folder.resolve("target/versions").toFile().list()).hasSize(5);
        for (Run run : all) {
            world.reads(run.evidence(), "evidence of " + run.id());
        }
        assertThat(world.store().checkpoints().scopes("")).hasSizeLessThanOrEqualTo(5);
        assertThat(world.store().records("predictions/")).hasSizeLessThanOrEqualTo(5);
        for (String kind : List.of("shortages/", "fine-tuning/", "bedrock/", "tracking/")) {
            assertThat(world.store().records(kind)).hasSizeLessThanOrEqualTo(5);
        }
    }

    @Test
    void keepsWhatIsNeededAndRemovesTheRestInAFewWeeks() throws Exception {
        keepsWhatIsNeeded(new RetainedWorld(temp), 1, 7, 200);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(longs = {2, 3})
    void keepsWhatIsNeededAndRemovesTheRestWhereverItIsKilled(long seed) throws Exception {
        keepsWhatIsNeeded(new RetainedWorld(temp), seed, 25, 200);
    }

    /**
     * Weeks of work with collections that are killed; after each, everything that is needed is there.
     *
     * @param actions about the most actions of a collection that are counted for a kill
     */
    static void keepsWhatIsNeeded(RetainedWorld world, long seed, int weeks, int actions) throws Exception {
        Random random = new Random(seed);
        List<Version> versions = new ArrayList<>();
        Map<String, Integer> open = new LinkedHashMap<>();
        Map<String, Integer> used = new HashMap<>();
        Set<Run> published = new HashSet<>();
        Set<String> lost = new HashSet<>();
        int kills = 0;
        for (int week = 0; week < weeks; week++) {
            String champion = new Routes(world.store())
                    .route(RetainedWorld.PIPELINE)
                    .map(route -> route.champion().sha256())
                    .orElse(null);
            int data = random.nextInt(4) == 0 ? Math.max(0, week - random.nextInt(6)) : week;
            Run run = world.run("run-" + week, data, champion);
            used.put(run.id(), week);
            lost.remove(run.export().sha256());
            int what = random.nextInt(10);
            if (what < 6 || published.isEmpty()) {
                publish(world, run, week, versions, published);
            } else if (what < 8) {
                open.put(run.id(), week); // it waits for an approval
            } else {
                world.diedTraining("died-" + week);
            }
            String before = world.aliases().history(RetainedWorld.PIPELINE).before();
            if (random.nextInt(5) == 0 && before != null && !lost.contains(before)) {
                world.rollBack();
                for (Run each : world.runs.values()) {
                    if (each.export().sha256().equals(before)) {
                        used.put(each.id(), week);
                    }
                }
            }
            if (!open.isEmpty() && random.nextInt(3) == 0) {
                String approved = open.keySet().iterator().next();
                open.remove(approved);
                if (random.nextBoolean()) {
                    publish(world, Objects.requireNonNull(world.runs.get(approved)), week, versions, published);
                }
            }
            world.pass(WEEK);
            int now = week + 1;
            OpenWork work = open(open, now);
            for (int kill = random.nextInt(actions / 16);
                    kill < actions && random.nextInt(4) > 0;
                    kill += 1 + random.nextInt(actions / 5)) {
                kills += world.collectUntilKilled(POLICY, work, kill) ? 1 : 0;
                readsEverythingNeeded(world, versions, open, used, published, lost, now);
            }
            if (random.nextInt(3) == 0) {
                GarbageReport done = world.collect(new Disk(), POLICY, work);
                assertThat(done.left()).isEmpty();
                readsEverythingNeeded(world, versions, open, used, published, lost, now);
            }
        }
        assertThat(kills).as("collections that were killed").isGreaterThan(weeks / 4);
        world.pass(WEEK);
        GarbageReport done = world.collect(new Disk(), POLICY, open(open, weeks + 1));
        assertThat(done.busy()).isZero();
        Set<ArtifactRef> needed = readsEverythingNeeded(world, versions, open, used, published, lost, weeks + 1);
        Set<String> expected = new TreeSet<>();
        needed.forEach(each -> expected.add(world.names(each.sha256())));
        assertThat(world.store().contents().artifacts())
                .extracting(each -> world.names(each.name()))
                .as("everything else is gone")
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(new GarbageCollection(world.store(), Map.of(), POLICY, open(open, weeks + 1), Instant.now())
                        .plan()
                        .removedNumber())
                .as("a second collection finds nothing")
                .isZero();
    }

    /** Two pipelines share a base model, datasets and a store; models are published, put on trial, promoted and withdrawn. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void keepsWhatEachOfSeveralPipelinesNeeds(long seed) throws Exception {
        Random random = new Random(seed);
        List<RetainedWorld> worlds = List.of(new RetainedWorld(temp, "bot"), new RetainedWorld(temp, "search"));
        Map<RetainedWorld, List<Version>> versions = new LinkedHashMap<>();
        Map<RetainedWorld, Run> trials = new LinkedHashMap<>();
        Map<Run, Integer> begun = new LinkedHashMap<>();
        OpenWork none = new OpenWork(null, Set.of(), Set.of());
        int ended = 0;
        for (int week = 0; week < 25; week++) {
            RetainedWorld world = worlds.get(random.nextInt(2));
            List<Version> published = versions.computeIfAbsent(world, each -> new ArrayList<>());
            Run trial = trials.remove(world);
            if (trial != null) {
                boolean better = random.nextBoolean();
                world.decide(trial, better);
                if (better) {
                    published.add(new Version(trial, week));
                }
                ended++;
            }
            Run run = world.run(world.pipeline + "-" + week, week - random.nextInt(3), null);
            begun.put(run, week);
            if (published.isEmpty() || random.nextInt(3) == 0) {
                publish(world, run, week, published, new HashSet<>());
            } else {
                world.challenge(run);
                trials.put(world, run);
            }
            world.pass(WEEK);
            for (int kill = random.nextInt(12); kill < 200 && random.nextInt(3) > 0; kill += 1 + random.nextInt(40)) {
                var unused = world.collectUntilKilled(POLICY, none, kill);
            }
            if (random.nextInt(3) == 0) {
                assertThat(world.collect(new Disk(), POLICY, none).left()).isEmpty();
            }
            for (RetainedWorld each : versions.keySet()) {
                Run tried = trials.get(each);
                List<Version> all = versions.get(each);
                AliasHistory history = each.aliases().history(each.pipeline);
                Set<String> serving = new HashSet<>(Set.of(Objects.requireNonNull(history.current())));
                if (history.before() != null) {
                    serving.add(history.before());
                }
                Set<Run> needed = new HashSet<>(tried == null ? Set.of() : Set.of(tried));
                all.stream()
                        .map(Version::run)
                        .filter(known -> serving.contains(known.export().sha256()))
                        .forEach(needed::add);
                for (Map.Entry<Run, Integer> of : begun.entrySet()) {
                    if (WEEK.multipliedBy(week + 1 - of.getValue()).compareTo(POLICY.age()) <= 0) {
                        needed.add(of.getKey());
                    }
                }
                for (Run kept : needed) {
                    each.reads(kept.all(), "week " + week + ", run " + kept.id());
                }
                for (Version version : all) {
                    each.reads(
                            version.run().evidence(),
                            "evidence of " + version.run().id());
                }
            }
        }
        assertThat(ended).as("trials").isGreaterThan(3);
        RetainedWorld any = worlds.get(0);
        any.pass(POLICY.age());
        assertThat(any.collect(new Disk(), POLICY, none).left()).isEmpty();
        int removed = 0;
        for (Run run : begun.keySet()) {
            removed += any.store().holds(run.export()) ? 0 : 1;
        }
        assertThat(removed).as("runs whose export is gone").isGreaterThan(5);
    }

    private static void publish(RetainedWorld world, Run run, int week, List<Version> versions, Set<Run> published)
            throws IOException {
        world.publish(run);
        versions.add(new Version(run, week));
        published.add(run);
    }

    private static OpenWork open(Map<String, Integer> open, int now) {
        Instant oldest = open.values().stream()
                .min(Integer::compare)
                .map(week -> Instant.now().minus(WEEK.multipliedBy(now - week)).minus(Duration.ofMinutes(1)))
                .orElse(null);
        return new OpenWork(oldest, open.keySet(), Set.of());
    }

    /** Everything that must be there; it may be more than the collection keeps only while it is younger than a day. */
    private static Set<ArtifactRef> readsEverythingNeeded(
            RetainedWorld world,
            List<Version> versions,
            Map<String, Integer> open,
            Map<String, Integer> used,
            Set<Run> published,
            Set<String> lost,
            int now)
            throws IOException {
        Set<ArtifactRef> needed = new HashSet<>();
        Set<String> exports = new HashSet<>();
        AliasHistory history = world.aliases().history(RetainedWorld.PIPELINE);
        Route route = new Routes(world.store()).route(RetainedWorld.PIPELINE).orElseThrow();
        exports.add(Objects.requireNonNull(history.current()));
        if (history.before() != null) {
            exports.add(history.before());
        }
        exports.add(route.champion().sha256());
        // The newest versions by their last publication.
        List<String> byLast = new ArrayList<>();
        versions.forEach(version -> {
            String sha256 = version.run().export().sha256();
            byLast.remove(sha256);
            byLast.add(sha256);
        });
        exports.addAll(byLast.subList(Math.max(0, byLast.size() - POLICY.versions()), byLast.size()));
        exports.removeAll(lost); // a second rollback leads to a version that has left
        int oldest = open.values().stream().min(Integer::compare).orElse(Integer.MAX_VALUE);
        for (Run run : world.runs.values()) {
            int week = Objects.requireNonNull(used.get(run.id()));
            boolean recent = WEEK.multipliedBy(now - week).compareTo(POLICY.age()) <= 0 || week >= oldest;
            if (exports.contains(run.export().sha256()) || recent) {
                needed.addAll(run.all());
            } else if (published.contains(run)) {
                needed.addAll(run.evidence());
            }
        }
        for (Version version : versions) {
            boolean recent =
                    WEEK.multipliedBy(now - version.week()).compareTo(POLICY.age()) <= 0 || version.week() >= oldest;
            if (recent) {
                needed.addAll(version.run().all());
                exports.add(version.run().export().sha256());
            }
        }
        for (String version : byLast) {
            boolean stays = needed.stream().anyMatch(each -> each.sha256().equals(version));
            if (!stays) {
                lost.add(version);
            }
        }
        world.reads(needed, "week " + now);
        for (String export : exports) {
            if (byLast.contains(export)) {
                assertThat(new VersionFolder(world.folder.resolve("target"), new Disk())
                                .holds(VersionFolder.version(export)))
                        .as("version %s in week %d", export, now)
                        .isTrue();
            }
        }
        return needed;
    }

    /** A writer finds an old artifact while a collection is about to remove it. */
    @Test
    void leavesWhatAWriterHasJustFound() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        Fence fence = new Fence("writer", 1);
        ArtifactRef first = world.put(world.store(), "first", fence);
        ArtifactRef second = world.put(world.store(), "second", fence);
        world.pass(Duration.ofDays(40));
        ArtifactRef[] found = new ArtifactRef[1];
        Disk disk = new Disk((action, path) -> {
            if (found[0] == null && action.equals("remove") && path.toString().contains("artifacts")) {
                String removed = path.toString();
                boolean isFirst = removed.contains(first.sha256());
                found[0] = isFirst ? second : first;
                assertThat(world.put(world.store(), isFirst ? "second" : "first", fence))
                        .isEqualTo(found[0]);
            }
        });

        GarbageReport report = world.collect(disk, POLICY, OpenWork.NONE);

        assertThat(report.busy()).isEqualTo(1);
        assertThat(Objects.requireNonNull(report.removed().get(CollectedKind.ARTIFACT))
                        .number())
                .isEqualTo(1);
        world.reads(Set.of(found[0]), "what the writer refers to");
    }

    /** A use that comes while a collection runs keeps what the used artifact was made of. */
    @Test
    void leavesTheLineageOfWhatIsUsedWhileItRuns() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        Run first = world.run("run-1", 1, null);
        Run second = world.run("run-2", 2, null);
        world.pass(Duration.ofDays(40));
        Run[] used = new Run[1];
        Disk disk = new Disk((action, path) -> {
            if (used[0] == null && action.equals("remove") && path.toString().contains("artifacts")) {
                used[0] = path.toString().contains(first.export().sha256()) ? second : first;
                assertThat(world.store().fetch(used[0].export())).isDirectory();
            }
        });

        GarbageReport report = world.collect(disk, POLICY, OpenWork.NONE);

        assertThat(report.busy()).isEqualTo(1);
        world.reads(Objects.requireNonNull(used[0]).all(), "the lineage of a used export");
        assertThat(world.store().records("results/deploy/")).hasSize(1);
    }

    @Test
    void deletesNothingWhenTheRecordOfAResultIsDamaged() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        Run run = world.run("run-1", 1, null);
        world.publish(run);
        String name = world.store().records("results/deploy/").get(0);
        Path record = temp.resolve("store/records").resolve(name + ".record");
        byte[] bytes = Files.readAllBytes(record);
        bytes[0] ^= 1;
        Files.write(record, bytes);
        world.pass(Duration.ofDays(400));

        assertThatThrownBy(() -> world.collect(new Disk(), POLICY, OpenWork.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the record " + name + " is damaged")
                .hasMessageContaining("nothing was deleted");
        world.reads(run.all(), "a live version was made of it");
    }

    @Test
    void keepsTheEvidenceOfVersionsThatEarlierSeptetsPublished() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        for (int week = 0; week < 3; week++) {
            world.publish(world.run("run-" + week, week, null));
        }
        Run first = Objects.requireNonNull(world.runs.get("run-0"));
        Files.delete(temp.resolve("store/records/variants/bot/" + first.export().sha256() + ".record"));
        world.pass(Duration.ofDays(400));

        var unused = world.collect(new Disk(), new RetentionPolicy(1, Duration.ofDays(5)), OpenWork.NONE);

        assertThat(world.store().holds(first.trained())).isFalse();
        world.reads(first.evidence(), "it was published");
    }

    @Test
    void aVersionThatIsPublishedAgainIsTheNewest() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        for (int week = 0; week < 4; week++) {
            world.publish(world.run("run-" + week, week, null));
            world.pass(Duration.ofDays(10));
        }
        Run again = Objects.requireNonNull(world.runs.get("run-0"));
        world.publish(again);
        world.pass(Duration.ofDays(10));
        for (int week = 4; week < 6; week++) {
            world.publish(world.run("run-" + week, week, null));
            world.pass(Duration.ofDays(10));
        }

        var unused = world.collect(new Disk(), new RetentionPolicy(3, Duration.ofDays(5)), OpenWork.NONE);

        world.reads(again.all(), "only two versions were published after it");
        assertThat(world.store()
                        .holds(Objects.requireNonNull(world.runs.get("run-3")).export()))
                .isFalse();
    }

    @Test
    void aFetchedArtifactAndAReusedResultCountAsUsed() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        Run run = world.run("run-1", 1, null);
        world.pass(Duration.ofDays(40));
        Run again = world.run("run-2", 1, null);
        assertThat(again.all()).isEqualTo(run.all());

        assertThat(world.collect(new Disk(), POLICY, OpenWork.NONE).removedNumber())
                .isZero();
        world.pass(Duration.ofDays(40));
        GarbageReport report = world.collect(new Disk(), POLICY, OpenWork.NONE);

        assertThat(report.removed().keySet())
                .contains(
                        CollectedKind.TRAINING,
                        CollectedKind.EVALUATION,
                        CollectedKind.EXPORT,
                        CollectedKind.BASE,
                        CollectedKind.RECORD);
        assertThat(world.store().contents().artifacts())
                .as("other pipelines may read the last dataset")
                .extracting(Storage.Used::name)
                .containsExactlyInAnyOrder(run.dataset().sha256(), run.lineage().sha256());
        assertThat(world.store().records("results/")).singleElement().asString().startsWith("results/prepare/");
    }

    @Test
    void anOpenRunAndAMonitorKeepWhatTheyNeed() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        Run first = world.run("run-1", 1, null);
        world.diedTraining("run-1");
        ArtifactRef other = world.put(world.store(), "other", new Fence("other", 1));
        world.pass(Duration.ofDays(400));
        Instant start = Instant.now().minus(Duration.ofDays(399));

        assertThat(world.collect(new Disk(), POLICY, new OpenWork(start, Set.of(), Set.of()))
                        .removedNumber())
                .as("the run started a day after")
                .isPositive();
        assertThat(world.store().holds(first.export())).isFalse();
        Run second = world.run("run-2", 2, null);
        world.diedTraining("run-2");
        world.pass(Duration.ofDays(100));
        OpenWork waits = new OpenWork(
                Instant.now().minus(Duration.ofDays(100)),
                Set.of("run-2"),
                Set.of(second.trained().sha256()));
        assertThat(world.collect(new Disk(), POLICY, waits).removed()).doesNotContainKey(CollectedKind.CHECKPOINTS);
        world.reads(second.all(), "the run waits for an approval");

        OpenWork monitorOnly =
                new OpenWork(null, Set.of("run-2"), Set.of(second.trained().sha256()));
        assertThat(world.collect(new Disk(), POLICY, monitorOnly).removed())
                .doesNotContainKey(CollectedKind.CHECKPOINTS);
        world.reads(Set.of(second.trained(), second.dataset(), second.base()), "the monitor needs them");
        assertThat(world.store().holds(second.export())).isFalse();
        assertThat(world.store().holds(other)).isFalse();
    }

    @Test
    void recordsOfARunLeaveWithTheRun() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        world.diedTraining("died");
        world.diedTraining("open");
        world.pass(Duration.ofDays(40));
        world.diedTraining("recent");
        OpenWork open = new OpenWork(null, Set.of("open"), Set.of());

        assertThat(world.collect(new Disk(), POLICY, open).busy()).isZero();

        for (String kind : List.of("fine-tuning/", "bedrock/", "tracking/")) {
            assertThat(world.store().records(kind))
                    .extracting(name -> name.split("/", -1)[1])
                    .containsExactly("open", "recent");
        }
    }

    /** A result and the history of the alias make a version evidence; without both, its record says nothing any more. */
    @Test
    void theRecordOfAVersionLeavesWhenNothingNamesTheVersion() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        Run first = world.run("run-0", 0, null);
        world.publish(first);
        Run tried = world.run("run-1", 1, null);
        world.challenge(tried);
        world.decide(tried, false);
        world.pass(Duration.ofDays(400));
        for (int week = 2; week < 4; week++) {
            world.publish(world.run("run-" + week, week, null));
        }
        RetentionPolicy policy = new RetentionPolicy(1, Duration.ofDays(5));

        assertThat(world.collect(new Disk(), policy, OpenWork.NONE).versions()).hasSize(2);
        assertThat(variants(world)).as("evidence").hasSize(4);
        for (String name : world.store().records("results/")) {
            String text = world.store().record(name).orElse("");
            if (text.contains(tried.export().sha256())
                    || text.contains(first.export().sha256())) {
                Files.delete(temp.resolve("store/records").resolve(name + ".record"));
            }
        }
        assertThat(world.collect(new Disk(), policy, OpenWork.NONE).left()).isEmpty();

        assertThat(variants(world))
                .as("the alias's history names the first one")
                .contains(first.export().sha256())
                .doesNotContain(tried.export().sha256())
                .hasSize(3);
        assertThat(new GarbageCollection(world.store(), Map.of(), policy, OpenWork.NONE, Instant.now())
                        .plan()
                        .removedNumber())
                .as("a second collection finds nothing")
                .isZero();
    }

    private static List<String> variants(RetainedWorld world) throws IOException {
        return world.store().records("variants/bot/").stream()
                .map(name -> name.substring("variants/bot/".length()))
                .toList();
    }

    @Test
    void recordsThatItDoesNotKnowKeepWhatTheyName() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        ContentStore store = world.store();
        ArtifactRef named = world.put(store, "named", new Fence("x", 1));
        store.putRecord("of-a-later-version/1", "needs " + named.uri(), new Fence("x", 1));
        world.pass(Duration.ofDays(400));

        assertThat(world.collect(new Disk(), POLICY, OpenWork.NONE).removedNumber())
                .isZero();
        world.reads(Set.of(named), "a record names it");
    }

    @Test
    void aRollbackToARemovedVersionIsRefused() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        for (int week = 0; week < 6; week++) {
            world.publish(world.run("run-" + week, week, null));
            world.pass(Duration.ofDays(10));
        }
        GarbageReport report = world.collect(new Disk(), new RetentionPolicy(1, Duration.ofDays(5)), OpenWork.NONE);
        Run first = Objects.requireNonNull(world.runs.get("run-0"));

        assertThat(report.versions())
                .hasSize(4)
                .contains("bot " + first.export().sha256().substring(0, 12));
        world.rollBack();
        assertThatThrownBy(() -> world.aliases().promote("bot", first.export().sha256()))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("is no longer in the store: `septet gc` removes old versions");
    }

    @Test
    void twoCollectionsDoNotRemoveAtTheSameTime() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        var unused = world.put(world.store(), "first", new Fence("x", 1));
        unused = world.put(world.store(), "second", new Fence("x", 1));
        world.pass(Duration.ofDays(40));
        Instant now = Instant.now();
        ContentStore earlier = world.store();
        Fence left =
                new Fence("gc", new FencingToken(now.plus(Duration.ofDays(366)).toEpochMilli(), 1));
        earlier.open(left); // by a machine whose clock is a year ahead
        String first = earlier.contents().artifacts().get(0).name();

        var report = new GarbageCollection(world.store(), Map.of(), POLICY, OpenWork.NONE, now).run();
        assertThat(report.removedNumber()).as("the last one to begin wins").isEqualTo(2);
        assertThatThrownBy(() -> earlier.contents().removeArtifact(first, now, left))
                .isInstanceOf(FencedException.class);
    }

    /** {@code septet restore} and {@code septet keys reencrypt} write the records again, in the order of their names. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsTheVersionsPublishedLastAfterTheRecordsWereWrittenAgain(boolean encrypted) throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        if (encrypted) {
            world.environment = keys("one");
        }
        List<Run> runs = new ArrayList<>();
        for (int number = 0; number < 7; number++) {
            runs.add(world.run("run-" + number, number, null));
        }
        runs.sort(Comparator.comparing((Run run) -> run.export().sha256()).reversed());
        Run tried = runs.get(0); // its name is the last one
        Instant start = Instant.now().minus(Duration.ofDays(100));
        for (Run run : runs.subList(1, 7)) {
            world.publish(run);
            world.pass(WEEK);
            if (run.equals(runs.get(2))) {
                Fence fence = new Fence("trial", 1);
                Routes routes = new Routes(world.store());
                var trial = routes.challenge(RetainedWorld.PIPELINE, tried.variant(), 0.1, fence);
                assertThat(trial.challenger()).isNotNull();
                var ended = routes.withdraw(RetainedWorld.PIPELINE, tried.variant(), run.variant(), fence);
                assertThat(ended.challenger()).isNull();
            }
        }
        List<String> kept = runs.subList(4, 7).stream()
                .map(run -> VersionFolder.version(run.export().sha256()))
                .toList();
        for (Run run : runs) {
            boolean first = run.equals(tried) || runs.indexOf(run) <= 2;
            long at = start.plus(Duration.ofDays(first ? 1 : 7L * runs.indexOf(run)))
                    .toEpochMilli();
            String name = String.format(Locale.ROOT, "versions/%s/%013d-%s", RetainedWorld.PIPELINE, at, run.id());
            world.store().putRecord(name, "{\"runId\":\"%s\"}".formatted(run.id()), new Fence(name, 1));
        }
        world.pass(Duration.ofDays(90));
        if (encrypted) {
            world.environment = keys("one", "two");
            assertThat(world.store()
                            .contents()
                            .reencrypt(new Fence("reencrypt", 1), bytes -> {})
                            .texts())
                    .isGreaterThan(runs.size());
        } else { // a restore writes files one after the other
            for (String name : world.store().records("")) {
                Path record = temp.resolve("store/records").resolve(name + ".record");
                Files.write(record, Files.readAllBytes(record));
            }
        }
        world.pass(Duration.ofDays(60));

        GarbageReport report = world.collect(new Disk(), POLICY, OpenWork.NONE);

        assertThat(report.left()).isEmpty();
        assertThat(temp.resolve("target/versions").toFile().list()).containsExactlyInAnyOrderElementsOf(kept);
        assertThat(world.store().holds(tried.export())).isFalse();
        for (Run run : runs.subList(4, 7)) {
            world.reads(run.all(), "published last");
        }
    }

    private Map<String, String> keys(String... names) throws IOException {
        var unused = StoreKeys.of(temp, null, names);
        return Map.of(
                Setting.STORE_KEYS.variable(),
                temp.resolve("keys-%s.txt".formatted(String.join("-", names))).toString());
    }

    /** A team that generates rows writes thousands of records each day; no quota asks for those of earlier months. */
    @Test
    void recordsOfUseLeaveAfterTwoMonthsAndAreNotRead() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        Instant now = Instant.now();
        List<String> kept = new ArrayList<>();
        List<String> old = new ArrayList<>();
        for (int days : new int[] {0, 30, 61, 62, 64, 99, 400}) {
            LocalDate day = LocalDate.ofInstant(now.minus(Duration.ofDays(days)), ZoneOffset.UTC);
            String name = "usage/search/" + day + "/" + "a".repeat(32);
            (days > 62 ? old : kept).add(name);
            world.store().putRecord(name, "no JSON", new Fence(name, 1));
        }
        kept.add("usage/search/of-a-later-version/x");
        world.store().putRecord("usage/search/of-a-later-version/x", "", new Fence("x", 1));
        world.pass(Duration.ofDays(500)); // as after a restore from a very old backup: the day in the name counts
        List<String> read = new ArrayList<>();
        ContentStore store = world.store();
        ArtifactStore watched = (ArtifactStore) Proxy.newProxyInstance(
                ArtifactStore.class.getClassLoader(),
                new Class<?>[] {ArtifactStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("record")) {
                        read.add((String) arguments[0]);
                    }
                    return method.invoke(store, arguments);
                });

        GarbageReport report = new GarbageCollection(watched, Map.of(), POLICY, OpenWork.NONE, now).run();

        assertThat(report.removedNumber()).isEqualTo(old.size());
        assertThat(store.records("usage/")).containsExactlyInAnyOrderElementsOf(kept);
        assertThat(read).noneMatch(name -> name.startsWith("usage/"));
        RetentionPolicy long100 = new RetentionPolicy(3, Duration.ofDays(100));
        for (String name : old) {
            world.store().putRecord(name, "no JSON", new Fence(name, 1));
        }
        world.pass(Duration.ofDays(500));
        new GarbageCollection(store, Map.of(), long100, OpenWork.NONE, now).run();
        assertThat(store.records("usage/"))
                .as("a longer age of the policy counts")
                .hasSize(kept.size() + 2);
    }

    /** The file {@code run.json} gets their sum when the run ends. */
    @Test
    void whatAnOpenRunUsedStaysAndThatOfEndedRunsLeaves() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        String open = "run-use/run-1/" + "a".repeat(32);
        String ended = "run-use/run-2/" + "a".repeat(32);
        for (String name : List.of(open, ended)) {
            world.store().putRecord(name, "{}", new Fence(name, 1));
        }
        world.pass(Duration.ofDays(60));

        var unused = world.collect(new Disk(), POLICY, new OpenWork(Instant.now(), Set.of("run-1"), Set.of()));

        assertThat(world.store().records("run-use/")).containsExactly(open);
    }

    /** The times of files are those of the machine that wrote them. */
    @Test
    void whatAnOpenRunComputedStaysAlthoughItsClockWasAYearBehind() throws Exception {
        RetainedWorld world = new RetainedWorld(temp);
        Run run = world.run("run-1", 1, null);
        world.pass(Duration.ofDays(366));
        Instant started = Instant.now().minus(Duration.ofHours(1));

        GarbageReport report = world.collect(new Disk(), POLICY, new OpenWork(started, Set.of("run-1"), Set.of()));

        assertThat(report.removedNumber()).isZero();
        world.reads(run.all(), "its run is open");
    }

    @Test
    void aLinkedTargetIsNotWritableThroughTheLink() throws Exception {
        LocalStore store = new LocalStore(temp.resolve("store"));
        Path large = Files.write(temp.resolve("large"), new byte[2 << 20]);
        Path small = Files.writeString(temp.resolve("small"), "{}");
        ArtifactRef export = store.put(Map.of("model.gguf", large, "config.json", small), new Fence("x", 1));
        Path stored = store.fetch(export);

        new VersionFolder(temp.resolve("target"), new Disk(), true)
                .add(
                        "v1",
                        Map.of(
                                "model.gguf",
                                stored.resolve("model.gguf"),
                                "config.json",
                                stored.resolve("config.json")));
        new VersionFolder(temp.resolve("copies"), new Disk())
                .add("v1", Map.of("model.gguf", stored.resolve("model.gguf")));

        Path linked = temp.resolve("target/versions/v1");
        assertThat(Files.isSameFile(linked.resolve("model.gguf"), stored.resolve("model.gguf")))
                .isTrue();
        assertThat(Files.isSameFile(linked.resolve("config.json"), stored.resolve("config.json")))
                .isFalse();
        assertThat(Files.isSameFile(temp.resolve("copies/versions/v1/model.gguf"), stored.resolve("model.gguf")))
                .isFalse();
        assertThat(Files.getPosixFilePermissions(linked.resolve("model.gguf")))
                .extracting(Enum::name)
                .containsExactly("OWNER_READ");
        store.remove(export, new Fence("x", 1));
        assertThat(new VersionFolder(temp.resolve("target"), new Disk()).holds("v1"))
                .isTrue();
    }
}
