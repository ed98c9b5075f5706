package dev.septet.activities.audit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events and a clock to move by hand. */
public final class Events {
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private Events() {}

    public static AnswerEvent answer(String id, Arm arm, String prompt, String answer) {
        return new AnswerEvent(
                id,
                NOON,
                new ServedBy("support", "support", "v1", arm),
                AuditedQuestion.of(List.of(new AuditedTurn("system", "be kind"), new AuditedTurn("user", prompt))),
                Reply.of(answer, "stop", 12, 5, 40));
    }

    public static AnswerEvent answer(int number) {
        return answer("a" + number, Arm.CHAMPION, "question " + number, "answer " + number);
    }

    static FeedbackEvent feedback(String of, @Nullable Thumb thumb, @Nullable String correction) {
        return new FeedbackEvent("f-" + of, NOON, "support", of, thumb, correction);
    }

    /** Stands still until it is told to move, in either direction. */
    public static final class HandClock extends Clock {
        private Instant now = NOON;

        void move(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
