package dev.septet.activities.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.store.Stores;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.quota.QuotaAnswer;
import dev.septet.workflows.quota.QuotaRequest;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaActivitiesTest {
    private static final long NOW = Instant.parse("2026-06-03T10:00:00Z").toEpochMilli();
    private static final RunRef RUN = new RunRef("desk", "run-1", "/srv", "0dd").withTeam("search");
    private static final String TEAMS = "teams: {search: {pipelines: ['*'], quotas: [{gpuHours: 1, per: day}]}}\n";

    @TempDir
    private Path folder = Path.of("");

    private final List<String> progress = new ArrayList<>();
    private Path file = folder;
    private UsageRecords records = new UsageRecords(Stores.open(folder, Map.of()));

    @BeforeEach
    void declareTeams() throws IOException {
        file = Files.writeString(folder.resolve("operator.yaml"), TEAMS);
        records = new UsageRecords(Stores.open(folder.resolve("store"), Map.of()));
    }

    /** A typo, a file that is half saved, and one that is gone while an editor replaces it. */
    @ParameterizedTest
    @ValueSource(
            strings = {"teams: {search: {pipelines: ['*'], quotas: [{gpuHours: 1}]}}", "teams: {search: {pipe", "", "-"
            })
    void aMistakeInTheOperatorsFileIsAReasonToWait(String text) throws IOException {
        assertThat(ask(1)).isEqualTo(QuotaAnswer.FREE);
        if (text.equals("-")) {
            Files.delete(file);
        } else {
            Files.writeString(file, text);
        }

        QuotaAnswer answer = ask(1);

        assertThat(answer.unknown()).isTrue();
        assertThat(answer.until()).isEqualTo(NOW + Duration.ofHours(1).toMillis());
        assertThat(answer.usedUp()).contains("team search", "operator.yaml", "continues when this is mended");
        Files.writeString(file, TEAMS);
        assertThat(ask(1)).isEqualTo(QuotaAnswer.FREE);
    }

    /** An attempt is soon repeated, so that a store that was away for a second is no reason to wait for a minute. */
    @Test
    void aDamagedRecordBecomesTheReasonAfterSomeAttempts() throws IOException {
        new TeamUse(records, RUN, "Train", "run-1 Train 1", () -> NOW).begin();
        Path record;
        try (Stream<Path> all = Files.walk(folder.resolve("store/records/usage"))) {
            record = all.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        Files.writeString(record, "{");

        for (int attempt = 1; attempt <= 3; attempt++) {
            int now = attempt;
            assertThatThrownBy(() -> ask(now))
                    .isInstanceOfSatisfying(
                            ApplicationFailure.class,
                            failure -> assertThat(failure.isNonRetryable()).isFalse());
        }
        assertThat(Objects.requireNonNull(ask(4).usedUp()))
                .contains("usage/search/2026-06-03/", "is damaged; restore it from a backup, or delete it");
    }

    /** The heartbeats of a check. */
    @Test
    void eachRecordIsReadOnceForAllQuotasAndShown() throws IOException {
        Files.writeString(
                file,
                "teams: {search: {pipelines: ['*'], quotas: [{gpuHours: 9, per: day}, {tokens: 9, per: day}, {money: 9, per:"
                        + " month}]}}");
        new TeamUse(records, RUN, "Train", "run-1 Train 1", () -> NOW).begin();
        new TeamUse(records, RUN, "Train", "run-1 Train 2", () -> NOW).begin();

        assertThat(ask(1)).isEqualTo(QuotaAnswer.FREE);
        assertThat(progress)
                .containsExactly(
                        "reads what team search used on 2026-06-03: 0 of 2 records",
                        "reads what team search used on 2026-06-03: 1 of 2 records");
    }

    private QuotaAnswer ask(int attempt) {
        return new QuotaActivitiesImpl(new Teams(file), records)
                .answer(new QuotaRequest(RUN, Stage.TRAIN.word(), NOW), attempt, progress::add);
    }
}
