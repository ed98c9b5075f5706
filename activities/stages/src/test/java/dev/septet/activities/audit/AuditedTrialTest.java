package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditedTrialTest {
    @TempDir
    Path folder;

    @Test
    void countsEachArmFromTheCursorOn() throws IOException {
        AuditReader reader = new AuditReader(folder);
        try (AuditWriter writer = AuditWriter.open(folder, AuditSettings.DEFAULT)) {
            writer.append(Events.answer("before", Arm.CHALLENGER, "q", "a"));
            long cursor = reader.end();
            writer.append(Events.answer("c1", Arm.CHAMPION, "q", "a"));
            writer.append(Events.answer("n1", Arm.CHALLENGER, "q", "I cannot help with that."));
            writer.append(new AnswerEvent(
                    "n2",
                    Events.NOON,
                    new ServedBy("support", "m", "v2", Arm.CHALLENGER),
                    AuditedQuestion.of("q"),
                    Reply.failed("no memory", 1, 5000)));
            writer.append(new AnswerEvent(
                    "other",
                    Events.NOON,
                    new ServedBy("another", "m", "v2", Arm.CHALLENGER),
                    AuditedQuestion.of("q"),
                    Reply.of("a", "stop", 1, 1, 1)));
            writer.append(Events.feedback("n1", Thumb.DOWN, null));
            writer.append(Events.feedback("n1", null, "better"));
            writer.append(Events.feedback("c1", Thumb.UP, null));
            writer.append(Events.feedback("before", Thumb.UP, null));
            AuditedTrial trial = AuditedTrial.read(reader, cursor, "support");
            assertThat(trial.of(Arm.CHAMPION)).isEqualTo(new ArmTally(1, 0, 0, 1, 0, List.of(40L), List.of(1)));
            assertThat(trial.of(Arm.CHALLENGER)).isEqualTo(new ArmTally(2, 1, 1, 0, 1, List.of(40L), List.of(24)));
            assertThat(trial.of(Arm.CHALLENGER).errorRate()).isEqualTo(0.5);
            assertThat(trial.of(Arm.CHALLENGER).latency(0.95)).isEqualTo(40);
            assertThat(trial.next()).isEqualTo(reader.end());
        }
    }

    @Test
    void aKeysVotesCountForNoMoreThanAllOthers() throws IOException {
        try (AuditWriter writer = AuditWriter.open(folder, AuditSettings.DEFAULT)) {
            for (int i = 0; i < 100; i++) {
                voted(writer, "anna", "a" + i, Thumb.DOWN);
            }
            for (int i = 0; i < 30; i++) {
                voted(writer, "ben", "b" + i, Thumb.UP);
                voted(writer, "ben", "b" + i, Thumb.UP);
            }
        }
        ArmTally tally =
                AuditedTrial.read(new AuditReader(folder), 0, "support").of(Arm.CHALLENGER);
        assertThat(tally.thumbsUp()).as("one vote an answer").isEqualTo(30);
        assertThat(tally.thumbsDown()).as("of a hundred").isEqualTo(30);
    }

    private static void voted(AuditWriter writer, String key, String id, Thumb thumb) throws IOException {
        AnswerEvent answer = Events.answer(id, Arm.CHALLENGER, "q", "a");
        writer.append(new AnswerEvent(id, answer.time(), answer.servedBy(), answer.question(), answer.reply(), key));
        writer.append(new FeedbackEvent("f-" + id, Events.NOON, "support", id, thumb, null, key));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "I'm sorry, but I can't help with that. | true",
                "I\u2019m unable to discuss this | true",
                "As an AI language model, I | true",
                "Your parcel is sorry to be late | false",
                "We cannot deliver on Sundays. | false",
                "'' | false"
            })
    void knowsARefusal(String answer, boolean refusal) {
        assertThat(LogRefusals.isRefusal(answer)).isEqualTo(refusal);
    }
}
