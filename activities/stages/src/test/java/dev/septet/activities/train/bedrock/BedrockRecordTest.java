package dev.septet.activities.train.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.train.bedrock.BedrockRecord.Awaited;
import dev.septet.dsl.pipeline.SpecJson;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What an attempt leaves for the next one about a job of Bedrock. */
class BedrockRecordTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final Duration SETTLES = Duration.ofMinutes(5);

    private static BedrockRecord read(String json) throws Exception {
        return SpecJson.mapper().readValue(json, BedrockRecord.class);
    }

    @Test
    void aRecordOfAnEarlierVersionIsReadAndItsWaitBeginsAgain() throws Exception {
        BedrockRecord old = read("{\"prefix\":\"septet-0\",\"number\":1,\"created\":true,\"known\":true,"
                + "\"deployment\":0,\"since\":1767344400000}");

        assertThat(old.region()).isNull();
        assertThat(old.waits(Awaited.JOB, NOON).waited(NOON)).isZero();
        assertThat(SpecJson.mapper().writeValueAsString(BedrockRecord.first("septet-0")))
                .isEqualTo("{\"created\":false,\"deployment\":0,\"known\":false,\"number\":1,\"prefix\":\"septet-0\"}");
    }

    @Test
    void aWaitNeedsTimeAndSeveralAbsencesInARow() throws Exception {
        BedrockRecord record = BedrockRecord.first("septet-0").creates("us-east-1");
        for (int absence = 1; absence < BedrockRecord.MOST_ABSENCES; absence++) {
            record = record.waits(Awaited.JOB, NOON);
        }
        Instant later = NOON.plus(SETTLES);
        assertThat(record.inVain(SETTLES, later)).as("too few").isFalse();
        BedrockRecord last = read(SpecJson.mapper().writeValueAsString(record)).waits(Awaited.JOB, later);
        assertThat(last.inVain(SETTLES, later.minusMillis(1))).as("too short").isFalse();
        assertThat(last.inVain(SETTLES, later)).isTrue();
        assertThat(last.region()).isEqualTo("us-east-1");
        assertThat(last.shown("us-east-1").waits(Awaited.JOB, later).inVain(SETTLES, later))
                .as("shown in between")
                .isFalse();
    }

    @Test
    void aShownJobEndsNoWaitForItsModel() {
        BedrockRecord waits = BedrockRecord.first("septet-0")
                .creates("us-east-1")
                .shown("us-east-1")
                .waits(Awaited.MODEL, NOON);

        assertThat(waits.shown("us-east-1")).isEqualTo(waits);
        assertThat(waits.found(Awaited.MODEL).since()).isNull();
        assertThat(waits.found(Awaited.METRICS)).isEqualTo(waits);
    }
}
