package dev.septet.activities.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Stores;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageRecordsTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Quota HOURS = new Quota(UsedKind.GPU_HOURS, 40, Period.WEEK, BERLIN);
    private static final long START = Instant.parse("2026-06-03T10:00:00Z").toEpochMilli();
    private static final double AHEAD = TeamUse.AHEAD.toMillis() / 3_600_000.0;

    @TempDir
    private Path folder = Path.of("");

    private UsageRecords records = new UsageRecords(Stores.open(folder, Map.of()));
    private long now = START;

    @BeforeEach
    void openStore() {
        records = new UsageRecords(Stores.open(folder.resolve("store"), Map.of()));
    }

    @Test
    void anAttemptCountsOnceHoweverOftenItIsWritten() throws IOException {
        TeamUse use = use("run-1 Train 1");
        use.begin();
        now += Duration.ofMinutes(90).toMillis();
        use.goOn();
        use.goOn();
        use.end();
        use.goOn(); // a timer that fires late

        assertThat(used()).isCloseTo(1.5, within(1e-9));
        assertThat(records.reading().byPipeline("search", UsedKind.GPU_HOURS, span(), now))
                .containsOnlyKeys("desk");
    }

    /** Kills between any two actions: what is counted is never less than the slot was held, and at most a minute more each. */
    @Test
    void killsNeitherLoseNorDoubleAnHour() throws IOException {
        Random random = new Random(7);
        double held = 0;
        int kills = 0;
        for (int attempt = 1; attempt <= 60; attempt++) {
            TeamUse use = use("run-1 Train " + attempt);
            use.begin();
            boolean killed = false;
            for (int tick = random.nextInt(6); tick > 0 && !killed; tick--) {
                long passed = random.nextLong(TeamUse.AHEAD.toMillis() / 2 + 1);
                now += passed;
                held += passed;
                killed = random.nextInt(4) == 0; // before or after the next record
                if (!killed || random.nextBoolean()) {
                    use.goOn();
                }
            }
            if (killed) {
                kills++;
            } else {
                use.end();
            }
            now += Duration.ofMinutes(2).toMillis(); // the heartbeat timeout, with no use
            openStore(); // another process
        }
        assertThat(kills).isGreaterThan(10);
        assertThat(used()).isBetween(held / 3_600_000.0, held / 3_600_000.0 + kills * AHEAD);
    }

    @Test
    void anHourAcrossMidnightAndTheEndOfTheWeekCountsInEachPeriod() throws IOException {
        now = Instant.parse("2026-06-07T21:30:00Z").toEpochMilli(); // Sunday 23:30 in Berlin
        TeamUse use = use("run-1 Train 1");
        use.begin();
        now = Instant.parse("2026-06-08T00:30:00Z").toEpochMilli();
        use.end();

        Period.Span old = Period.WEEK.around(now - Duration.ofHours(3).toMillis(), BERLIN);
        assertThat(records.reading().used("search", HOURS, old, now)).isCloseTo(0.5, within(1e-9));
        assertThat(used()).isCloseTo(2.5, within(1e-9));
        assertThat(files()).as("a record for each day of UTC").hasSize(2);
    }

    @Test
    void whatWasCountedAheadIntoTheNextDayIsTakenBack() throws IOException {
        now = Instant.parse("2026-06-03T23:59:00Z").toEpochMilli();
        TeamUse use = use("run-1 Train 1");
        use.begin();
        now += 50_000;
        use.goOn();
        assertThat(files()).hasSize(2);
        now += 5_000;
        use.end();

        now += Duration.ofHours(1).toMillis();
        assertThat(used()).isCloseTo(55 / 3600.0, within(1e-9));
    }

    @Test
    void aTrainingOfDaysWritesOnlyTheDaysThatChange() throws IOException {
        TeamUse use = use("run-1 Train 1");
        use.begin();
        now += Duration.ofDays(2).toMillis();
        use.goOn();
        Files.delete(files().get(0));
        now += Duration.ofMinutes(1).toMillis();
        use.goOn();

        assertThat(files()).as("the first day is not written again").hasSize(2);
    }

    @Test
    void daysAtTheChangeOfTheClockHave23And25Hours() {
        long spring = Instant.parse("2026-03-29T12:00:00Z").toEpochMilli();
        long autumn = Instant.parse("2026-10-25T12:00:00Z").toEpochMilli();

        assertThat(Period.DAY.around(spring, BERLIN))
                .isEqualTo(new Period.Span(millis("2026-03-28T23:00:00Z"), millis("2026-03-29T22:00:00Z")));
        assertThat(Period.DAY.around(autumn, BERLIN))
                .isEqualTo(new Period.Span(millis("2026-10-24T22:00:00Z"), millis("2026-10-25T23:00:00Z")));
        assertThat(Period.WEEK.around(spring, BERLIN))
                .isEqualTo(new Period.Span(millis("2026-03-22T23:00:00Z"), millis("2026-03-29T22:00:00Z")));
        assertThat(Period.MONTH.around(millis("2028-02-29T23:30:00Z"), BERLIN))
                .as("in Berlin it is March")
                .isEqualTo(new Period.Span(millis("2028-02-29T23:00:00Z"), millis("2028-03-31T22:00:00Z")));
    }

    /** Santiago has no 00:00 on the first day of summer time. */
    @Test
    void aDayWithoutMidnightBeginsWithItsFirstMoment() {
        ZoneId zone = ZoneId.of("America/Santiago");
        Period.Span day = Period.DAY.around(millis("2026-09-06T15:00:00Z"), zone);

        assertThat(Instant.ofEpochMilli(day.begin())).isEqualTo(Instant.parse("2026-09-06T04:00:00Z"));
        assertThat(Duration.ofMillis(day.end() - day.begin())).isEqualTo(Duration.ofHours(23));
    }

    @Test
    void requestsCountWithTheMostBeforeAndWithTheirUseAfterwards() throws IOException {
        Quota tokens = new Quota(UsedKind.TOKENS, 1000, Period.DAY, ZoneId.of("UTC"));
        Quota money = new Quota(UsedKind.MONEY, 5, Period.DAY, ZoneId.of("UTC"));
        Period.Span day = Period.DAY.around(START, ZoneId.of("UTC"));
        now = day.end() - 10;
        TeamUse use = use("run-1 Prepare 1");

        use.count(List.of("b", "a"), 900, 2.5, "EUR");
        assertThat(records.reading().used("search", tokens, day, now)).isEqualTo(900);
        now += 20; // the answers arrive after midnight: the second record replaces the first
        use.count(List.of("a", "b"), 300, 0.5, "EUR");
        use.count(List.of(), 7, 7, "EUR");

        assertThat(records.reading().used("search", tokens, day, now)).isEqualTo(300);
        assertThat(records.reading().used("search", money, day, now)).isEqualTo(0.5);
        assertThat(files()).hasSize(1);
    }

    @Test
    @SuppressWarnings("try") // the scope ends with the block
    void aJobAtAServiceCountsOnceInThePeriodInWhichItEnded() throws IOException {
        Quota money = new Quota(UsedKind.MONEY, 5, Period.DAY, ZoneId.of("UTC"));
        Period.Span day = Period.DAY.around(START, ZoneId.of("UTC"));
        TeamUse.countJob("service ftjob-0", START, 9.0, "EUR"); // of an activity without a team
        long ended = day.end() - 1000;
        now = day.end() + Duration.ofHours(2).toMillis();
        for (String attempt : List.of("run-1 Train 1", "run-1 Train 2")) {
            try (TeamUse.Scope scope = use(attempt).open()) {
                TeamUse.countJob("service ftjob-1", ended, 0.75, "EUR");
                TeamUse.countJob("service ftjob-2", ended, null, "EUR"); // no price is declared
            }
        }
        assertThat(records.reading().used("search", money, day, now)).isEqualTo(0.75);
        assertThat(files()).hasSize(1);

        Period.Span next = Period.DAY.around(now, ZoneId.of("UTC"));
        for (long unlikely : new long[] {0, -5, now + Duration.ofDays(400).toMillis()}) {
            try (TeamUse.Scope scope = use("run-1 Train 3").open()) {
                TeamUse.countJob("service ftjob-3", unlikely, 2.0, "EUR");
            }
        }
        assertThat(records.reading().used("search", money, next, now)).isEqualTo(2);

        now += Duration.ofDays(1).toMillis();
        try (TeamUse.Scope scope = use("run-1 Train 4").open()) {
            TeamUse.countJob("service ftjob-3", 0, 2.0, "EUR"); // on the next day, by a service that does not say when
        }
        Period.Span month = Period.MONTH.around(now, ZoneId.of("UTC"));
        assertThat(records.reading()
                        .used("search", new Quota(UsedKind.MONEY, 5, Period.MONTH, ZoneId.of("UTC")), month, now))
                .isEqualTo(2.75);
    }

    @Test
    @SuppressWarnings("try") // the scope ends with the block
    void aRunWithoutATeamHasItsOwnUseAndEachPartCountsOnce() throws IOException {
        RunUseRecords own = records.ofRun("run-9");
        assertThat(own.sum()).isEmpty();
        RunRef run = new RunRef("desk", "run-9", "/srv", "0dd");
        for (String attempt : List.of("run-9 Evaluate 1", "run-9 Evaluate 1", "run-9 Evaluate 2")) {
            TeamUse use = new TeamUse(records, run, "Evaluate", attempt, () -> now);
            use.count(List.of("a", "b"), 900, 2.5, "EUR");
            use.count(List.of("b", "a"), 300, 0.5, "EUR");
            use.count(List.of("c"), 100, 0.25, "USD");
            use.count(List.of("d"), 50, 0, "EUR");
            use.count(List.of("e"), 7777, 0, null); // a model of the engine answers
            try (TeamUse.Scope scope = use.open()) {
                TeamUse.countJob("service ftjob-1", START, 0.75, "EUR");
                TeamUse.countJob("service ftjob-2", START, 9.0, null); // whose currency is not declared
            }
            use.countGpus("job", 4, START, START + Duration.ofMinutes(15).toMillis(), START);
        }
        TeamUse slot = new TeamUse(records, run, "Train", "run-9 Train 1", () -> now);
        slot.begin();
        now += Duration.ofMinutes(30).toMillis();
        slot.end();
        TeamUse look = new TeamUse(records, run, "Train", "run-9 Train 2", () -> now);
        look.begin();
        now += 999;
        look.end();
        TeamUse fold = new TeamUse(
                records, new RunRef("desk", "run-9/fold-1", "/srv", "0dd"), "Train", "run-9 Train 3", () -> now);
        fold.begin();
        now += Duration.ofMinutes(15).toMillis();
        fold.end();

        assertThat(own.sum()).hasValueSatisfying(use -> {
            assertThat(use.costs())
                    .as("two attempts of requests, one job; an attempt that counts again counts once")
                    .containsOnlyKeys("EUR", "USD")
                    .hasEntrySatisfying("EUR", amount -> assertThat(amount).isEqualByComparingTo("1.75"))
                    .hasEntrySatisfying("USD", amount -> assertThat(amount).isEqualByComparingTo("0.5"));
            assertThat(use.tokens()).isEqualTo(900);
            assertThat(use.gpuHours())
                    .as("one job, the run's slot and its fold's")
                    .isEqualTo(1 + 0.5 + 0.25);
        });
        assertThat(records.ofRun("run-90").sum()).isEmpty();
        assertThat(records.teams()).as("no team used anything").isEmpty();
    }

    @Test
    void aKilledAttemptsSlotCountsForItsRun() throws IOException {
        RunRef run = new RunRef("desk", "run-9", "/srv", "0dd");
        TeamUse killed = new TeamUse(records, run, "Train", "run-9 Train 1", () -> now);
        killed.begin();
        for (int halfMinute = 0; halfMinute < 60; halfMinute++) {
            now += TeamUse.AHEAD.toMillis() / 2;
            killed.goOn();
        }
        now += Duration.ofMinutes(2).toMillis(); // killed; the heartbeat timeout
        openStore(); // another process
        TeamUse second = new TeamUse(records, run, "Train", "run-9 Train 2", () -> now);
        second.begin();
        now += Duration.ofMinutes(15).toMillis();
        second.end();
        now += Duration.ofMinutes(1).toMillis();
        second.goOn(); // a timer that fires late

        assertThat(records.ofRun("run-9").sum())
                .hasValueSatisfying(use -> assertThat(use.gpuHours()).isEqualTo(0.5 + 0.25));
    }

    /** A monitor checks for years after the run that deployed its model. */
    @Test
    @SuppressWarnings("try") // the scope ends with the block
    void afterItsRunOnlyTheTeamsUseIsCounted() throws IOException {
        RunRef run = new RunRef("desk", "run-9", "/srv", "0dd").withTeam("search");
        TeamUse use = new TeamUse(records, run, "Observe", "run-9 Observe 1", () -> now);
        use.afterRun();
        use.begin();
        use.count(List.of("a"), 300, 0.5, "EUR");
        now += Duration.ofMinutes(5).toMillis();
        use.goOn();
        use.end();

        assertThat(records.ofRun("run-9").sum()).isEmpty();
        assertThat(records.teams()).containsExactly("search");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../results", "a/b", "", "..", "search\n", "%2e%2e"})
    void aHostileTeamNamesNoOtherRecord(String team) {
        RunRef run = new RunRef("desk", "run-1", "/srv", "0dd").withTeam(team);
        TeamUse use = new TeamUse(records, run, "Train", "run-1 Train 1", () -> now);

        assertThatThrownBy(use::begin).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> records.reading().used(team, HOURS, span(), now))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDamagedRecordIsNamed() throws IOException {
        TeamUse use = use("run-1 Train 1");
        use.begin();
        Files.writeString(files().get(0), "{\"pipeline\":");

        assertThatThrownBy(this::used)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("usage/search/2026-06-03/")
                .hasMessageContaining("damaged");
    }

    /** A team that generates 200,000 rows writes thousands of records on a day. */
    @Tag("long")
    @Test
    @SuppressWarnings("try") // the scope ends with the block
    void recordsOfSettledDaysAreReadOnceAlsoByAnAttemptThatEndsBeforeItsAnswer() throws IOException {
        Quota tokens = new Quota(UsedKind.TOKENS, 1000, Period.MONTH, BERLIN);
        Period.Span month = Period.MONTH.around(START, BERLIN);
        List<String> days = List.of("2026-06-01", "2026-06-06", "2026-06-08");
        for (String day : days) {
            now = millis(day + "T12:00:00Z");
            TeamUse use = use("run-1 Prepare 1");
            for (int batch = 0; batch < 200; batch++) {
                use.count(List.of("request " + day + batch), 3, 0, "EUR");
            }
        }
        now = millis("2026-06-09T12:00:00Z");
        CountedReads reads = new CountedReads(store(folder.resolve("store")));
        UsageRecords counted = new UsageRecords(reads.store());

        for (int attempt = 1; attempt <= 3; attempt++) { // a timeout
            reads.left = 90;
            assertThatThrownBy(() -> counted.reading().used("search", tokens, month, now))
                    .hasMessageContaining("no more reads");
        }
        reads.left = Integer.MAX_VALUE;
        assertThat(counted.reading().used("search", tokens, month, now)).isEqualTo(1800);
        assertThat(reads.names).hasSize(600);
        int before = reads.all;
        assertThat(counted.reading().used("search", tokens, month, now)).isEqualTo(1800);
        assertThat(reads.all - before)
                .as("only the record of yesterday may change")
                .isEqualTo(200);

        UsageRecords.Reading reading = counted.reading(progress -> {});
        before = reads.all;
        assertThat(reading.used("search", tokens, month, now)).isEqualTo(1800);
        assertThat(reading.byPipeline("search", UsedKind.TOKENS, month, now)).containsEntry("desk", 1800.0);
        assertThat(reads.all - before).as("once for one command").isEqualTo(200);

        TeamUse late = use("run-2 Train 1");
        try (TeamUse.Scope scope = late.open()) {
            TeamUse.countJob(
                    "service ftjob-1", millis("2026-06-06T13:00:00Z"), 0.75, "EUR"); // a record of a settled day
        }
        assertThat(counted.reading().used("search", new Quota(UsedKind.MONEY, 5, Period.MONTH, BERLIN), month, now))
                .isEqualTo(0.75);
    }

    /** A store that counts reads of records, and refuses them after a while. */
    private static final class CountedReads {
        final Set<String> names = new HashSet<>();
        int all;
        int left = Integer.MAX_VALUE;
        private final ArtifactStore store;

        CountedReads(ArtifactStore store) {
            this.store = store;
        }

        ArtifactStore store() {
            return (ArtifactStore) Proxy.newProxyInstance(
                    ArtifactStore.class.getClassLoader(),
                    new Class<?>[] {ArtifactStore.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("record")) {
                            if (left-- <= 0) {
                                throw new IOException("no more reads");
                            }
                            all++;
                            names.add((String) arguments[0]);
                        }
                        return method.invoke(store, arguments);
                    });
        }
    }

    private TeamUse use(String attempt) {
        RunRef run = new RunRef("desk", "run-1", "/srv", "0dd").withTeam("search");
        return new TeamUse(records, run, "Train", attempt, () -> now);
    }

    private double used() throws IOException {
        return records.reading().used("search", HOURS, span(), now);
    }

    private Period.Span span() {
        return Period.WEEK.around(now, BERLIN);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("store/records/usage"))) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static long millis(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    static ArtifactStore store(Path folder) {
        return Stores.open(folder, Map.of());
    }
}
