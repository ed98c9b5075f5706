package dev.septet.workflows;

import dev.septet.workflows.quota.QuotaActivities;
import dev.septet.workflows.quota.QuotaAnswer;
import dev.septet.workflows.quota.QuotaRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One quota, which is used up for trainings, from the first question on. */
final class FakeQuotas implements QuotaActivities {
    static final String USED_UP = "team search has used 40 of 40 GPU hours of this week";
    static final String UNKNOWN = "the quotas of team search cannot be read: line 3 of operator.yaml is no YAML";
    private static final Duration UNTIL = Duration.ofHours(30);

    final List<QuotaRequest> asked = new CopyOnWriteArrayList<>();

    /** How many questions find the operator's file damaged. */
    volatile int damaged;

    private @Nullable Long began;

    @Override
    public synchronized QuotaAnswer check(QuotaRequest request) {
        asked.add(request);
        if (!"train".equals(request.stage())) {
            return QuotaAnswer.FREE;
        }
        if (damaged > 0) {
            damaged--;
            return new QuotaAnswer(UNKNOWN, request.now() + Duration.ofHours(1).toMillis(), true);
        }
        Long first = began == null ? request.now() : began;
        began = first;
        long end = first + UNTIL.toMillis();
        return request.now() < end ? new QuotaAnswer(USED_UP, end, false) : QuotaAnswer.FREE;
    }

    long asks(String stage) {
        return asked.stream().filter(one -> one.stage().equals(stage)).count();
    }
}
