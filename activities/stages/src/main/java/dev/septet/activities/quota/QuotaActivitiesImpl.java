package dev.septet.activities.quota;

import dev.septet.activities.attempt.Failures;
import dev.septet.workflows.Stage;
import dev.septet.workflows.quota.QuotaActivities;
import dev.septet.workflows.quota.QuotaAnswer;
import dev.septet.workflows.quota.QuotaRequest;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Consumer;

/** Compares what a team used with the quotas of the operator's file. */
public final class QuotaActivitiesImpl implements QuotaActivities {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEEE yyyy-MM-dd HH:mm VV", Locale.ENGLISH);

    /** Attempts whose failure, such as that of a connection, is not shown as the reason of a wait. */
    private static final int QUIET_ATTEMPTS = 4;

    private static final Duration ASK_AGAIN = Duration.ofHours(1);

    private final Teams teams;
    private final UsageRecords records;

    public QuotaActivitiesImpl(Teams teams, UsageRecords records) {
        this.teams = teams;
        this.records = records;
    }

    @Override
    public QuotaAnswer check(QuotaRequest request) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        return answer(request, context.getInfo().getAttempt(), context::heartbeat);
    }

    /**
     * The answer of one attempt. A run that asks has begun, so that a mistake in the operator's file or a damaged record does not
     * end it: the answer says why it waits. What another attempt soon may find in order again is a failure at first.
     *
     * @param attempt from 1
     * @param progress receives one line before each record
     */
    QuotaAnswer answer(QuotaRequest request, int attempt, Consumer<String> progress) {
        String team = request.run().team();
        Stage stage = Stage.of(request.stage());
        if (team == null || stage == null) {
            return QuotaAnswer.FREE;
        }
        try {
            return latest(team, stage, request.now(), records.reading(progress));
        } catch (IOException | RuntimeException problem) {
            RuntimeException failure = Failures.of(problem);
            if (!(failure instanceof ApplicationFailure known)
                    || (!known.isNonRetryable() && attempt < QUIET_ATTEMPTS)) {
                throw failure;
            }
            return new QuotaAnswer(
                    "it is not known what team %s may still use: %s. The run asks again within an hour, and continues when this is mended"
                            .formatted(team, known.getOriginalMessage()),
                    request.now() + ASK_AGAIN.toMillis(),
                    true);
        }
    }

    /** The used up quota whose period ends last. */
    private QuotaAnswer latest(String team, Stage stage, long now, UsageRecords.Reading reading) throws IOException {
        QuotaAnswer latest = QuotaAnswer.FREE;
        for (Quota quota : teams.named(team).quotas()) {
            Period.Span span = quota.per().around(now, quota.zone());
            if (!quota.kind().holds(stage) || span.end() <= latest.until()) {
                continue;
            }
            double used = reading.used(team, quota, span, now);
            if (used >= quota.limit()) {
                latest = new QuotaAnswer(sentence(team, quota, used, span), span.end(), false);
            }
        }
        return latest;
    }

    private String sentence(String team, Quota quota, double used, Period.Span span) {
        return "team %s has used %s of %s of this %s; the run continues on %s, or after the operator raises the quota in %s"
                .formatted(
                        team,
                        Quota.number(used),
                        quota.shown(quota.limit()),
                        quota.per().word(),
                        TIME.format(Instant.ofEpochMilli(span.end()).atZone(quota.zone())),
                        teams.file());
    }
}
