package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet schedule} without a server, at a fixed time. */
class ScheduleAnswersTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Files.createSymbolicLink(folder.resolve("base-model"), QUICKSTART.resolve("base-model"));
        Files.writeString(folder.resolve("rows.csv"), "prompt,completion\nsay one,one\nsay two,two\nsay three,three\n");
    }

    @Test
    void aStartThatDoesNotExistIsNamed() throws IOException {
        Captured septet = new Captured(folder).at(Instant.parse("2027-03-27T00:00:00Z"));
        Path file = pipeline("schedule cron: '30 2 * * *', timezone: 'Europe/Berlin', jitter: 10.minutes");

        assertThat(septet.run("schedule", file)).as(septet.err()).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).isEqualTo("""
                bot, as its file declares; no server was asked
                  30 2 * * * in Europe/Berlin
                  Sat 2027-03-27 02:30:00 +01:00  2027-03-27T01:30:00Z
                  Mon 2027-03-29 02:30:00 +02:00  2027-03-29T00:30:00Z
                  Tue 2027-03-30 02:30:00 +02:00  2027-03-30T00:30:00Z
                  bot: on 2027-03-28 the clocks of Europe/Berlin change from 02:00 to 03:00, so 02:30 does not exist; the server starts it not at all on that day
                  bot: on 2027-10-31 the clocks of Europe/Berlin change from 03:00 to 02:00, so 02:30 comes twice; the server starts it at 02:30 +01:00 on that day
                  bot: on 2028-03-26 the clocks of Europe/Berlin change from 02:00 to 03:00, so 02:30 does not exist; the server starts it not at all on that day
                  bot: each start is delayed by up to 10m
                """);
        assertThat(septet.err())
                .contains("The starts are computed from the files: no Temporal server is configured and none runs");
    }

    @Test
    void aStartThatComesTwiceIsNamed() throws IOException {
        Captured septet = new Captured(folder).at(Instant.parse("2027-11-06T12:00:00Z"));
        Path file = pipeline("schedule cron: '30 1 * * *', timezone: 'America/New_York'");

        assertThat(septet.run("schedule", file, "--json")).isEqualTo(ExitCode.OK);
        JsonNode tree = SpecJson.mapper().readTree(septet.out());
        assertThat(tree.path("server").isNull()).isTrue();
        JsonNode declared = tree.at("/schedules/0/file");
        assertThat(declared.at("/starts/0/local").asText()).isEqualTo("Sun 2027-11-07 01:30:00 -04:00");
        assertThat(declared.at("/starts/1/local").asText()).isEqualTo("Sun 2027-11-07 01:30:00 -05:00");
        assertThat(declared.at("/starts/2/utc").asText()).isEqualTo("2027-11-08T06:30:00Z");
        assertThat(declared.at("/notes/0").asText())
                .endsWith("so 01:30 comes twice; the server starts it at 01:30 -04:00, 01:30 -05:00 on that day");
    }

    @Test
    void aLeapDayAFixedIntervalAndNoScheduleAtAll() throws IOException {
        Captured septet = new Captured(folder).at(Instant.parse("2026-11-29T12:00:00Z"));

        assertThat(septet.run("schedule", pipeline("schedule cron: '0 3 29 2 *'")))
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("2028-02-29T03:00:00Z", "2032-02-29T03:00:00Z", "2036-02-29T03:00:00Z")
                .contains("bot: 29 February exists in leap years only, so the server starts it in no other year");
        assertThat(septet.run("schedule", pipeline("schedule cron: '0 3 30 2 *'")))
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("bot: never starts, because no date matches all fields of `0 3 30 2 *`");
        assertThat(septet.run("schedule", pipeline("schedule every: 7.days"))).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("every 7d in UTC", "Thu 2026-12-03 00:00:00 +00:00  2026-12-03T00:00:00Z");
        assertThat(septet.run("schedule", pipeline(""))).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).isEqualTo("bot has no schedule in its file\n");
    }

    @Test
    void whatIsWrongWithAFileIsNamed() throws IOException {
        Captured septet = new Captured(folder);
        Path file = pipeline("schedule cron: '0 25 * * *'");

        assertThat(septet.run("schedule")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("schedule", file)).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err()).contains("pipeline.groovy:2:", "the hour takes 0 to 23");
        assertThat(septet.run("schedule", folder.resolve("none.groovy"))).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void aPlanShowsTheStarts() throws IOException {
        Captured septet = new Captured(folder).at(Instant.parse("2027-03-27T00:00:00Z"));
        Path file = pipeline("schedule cron: '30 2 * * *', timezone: 'Europe/Berlin'");

        assertThat(septet.run("plan", "--data", QUICKSTART, file))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(
                        "Starts   30 2 * * * in Europe/Berlin",
                        "         Sat 2027-03-27 02:30:00 +01:00  2027-03-27T01:30:00Z",
                        "         Mon 2027-03-29 02:30:00 +02:00  2027-03-29T00:30:00Z",
                        "02:30 does not exist");
        assertThat(septet.run("plan", "--data", QUICKSTART, file, "--json")).isEqualTo(ExitCode.OK);
        assertThat(SpecJson.mapper()
                        .readTree(septet.out())
                        .at("/schedule/starts/1/utc")
                        .asText())
                .isEqualTo("2027-03-29T00:30:00Z");
        assertThat(septet.run("plan", "--data", QUICKSTART, pipeline(""))).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).doesNotContain("Starts ");
    }

    private Path pipeline(String schedule) throws IOException {
        return Files.writeString(folder.resolve("pipeline.groovy"), """
            pipeline('bot') {
                %s
                prepare { dataset 'rows.csv' }
                initialize { model 'base-model' }
                train { method lora() }
            }
            """.formatted(schedule));
    }
}
