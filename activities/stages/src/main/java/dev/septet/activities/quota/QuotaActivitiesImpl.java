package dev.septet.activities.quota;

import dev.septet.activities.attempt.Failures;
import dev.septet.workflows.Stage;
import dev.septet.workflows.quota.QuotaActivities;
import dev.septet.workflows.quota.QuotaAnswer;
import dev.septet.workflows.quota.QuotaRequest;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Compares what a team used with the quotas of the operator's file. */
public final class QuotaActivitiesImpl implements QuotaActivities {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEEE yyyy-MM-dd HH:mm VV", Locale.ENGLISH);

    private final Teams teams;
    private final UsageRecords records;

    public QuotaActivitiesImpl(Teams teams, UsageRecords records) {
        this.teams = teams;
        this.records = records;
    }

    @Override
    public QuotaAnswer check(QuotaRequest request) {
        String team = request.run().team();
        Stage stage = Stage.of(request.stage());
        if (team == null || stage == null) {
            return QuotaAnswer.FREE;
        }
        try {
            QuotaAnswer latest = QuotaAnswer.FREE;
            for (Quota quota : teams.named(team).quotas()) {
                Period.Span span = quota.per().around(request.now(), quota.zone());
                if (!quota.kind().holds(stage) || span.end() <= latest.until()) {
                    continue;
                }
                double used = records.used(team, quota, span, request.now());
                if (used >= quota.limit()) {
                    latest = new QuotaAnswer(sentence(team, quota, used, span), span.end());
                }
            }
            return latest;
        } catch (IOException | RuntimeException problem) {
            throw Failures.of(problem);
        }
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
