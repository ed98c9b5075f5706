package dev.septet.activities.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.RunPriority;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.quota.QuotaAnswer;
import dev.septet.workflows.quota.QuotaRequest;
import dev.septet.workflows.quota.TeamShare;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TeamsTest {
    private static final String FILE = """
            teams:
              search:
                pipelines: [desk]
                weight: 2
                timezone: Europe/Berlin
                quotas:
                  - {gpuHours: 40, per: week}
                  - {tokens: 1000, per: day}
              ads: {pipelines: ["*"]}
            """;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aPipelineCountsAsItsTeamWhereTheOperatorDeclaresIt() throws IOException {
        Teams teams = teams(FILE);

        assertThat(teams.of(pipeline("desk", "team 'search'")).orElseThrow().share())
                .isEqualTo(new TeamShare(2, true));
        assertThat(teams.of(pipeline("any", "team 'ads'")).orElseThrow().share())
                .isEqualTo(new TeamShare(1, false));
        assertThat(teams.of(pipeline("any", "")).orElseThrow().name()).isEqualTo("default");
        assertThat(Teams.NONE.of(pipeline("desk", "team 'search'"))).isEmpty();
        assertThat(teams("endpoints: {}\n").of(pipeline("desk", "team 'search'")))
                .isEmpty();
    }

    @Test
    void anotherTeamsNameIsRefused() throws IOException {
        Teams teams = teams(FILE);

        assertThatThrownBy(() -> teams.of(pipeline("other", "team 'search'")))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("does not let pipeline 'other' count as this team")
                .hasMessageContaining("pipelines:");
        assertThatThrownBy(() -> teams.of(pipeline("desk", "team 'serach'")))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("has no team 'serach' in `teams:`; it has ads, search");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a/b: {pipelines: ['*']} | is not a name",
                "a: {} | pipelines: expected the names of the pipelines",
                "a: {pipelines: ['*'], weight: 0} | weight: expected a number from 0.001 to 1000",
                "a: {pipelines: ['*'], weight: many} | weight: expected a number",
                "a: {pipelines: ['*'], timezone: Berlin} | timezone: expected a time zone such as Europe/Berlin",
                "a: {pipelines: ['*'], quotas: 40} | quotas: expected a list",
                "a: {pipelines: ['*'], quotas: [40]} | quotas: expected a list",
                "a: {pipelines: ['*'], quotas: [{gpuHours: 40}]} | per: expected day or week or month",
                "a: {pipelines: ['*'], quotas: [{gpuHours: 40, per: year}]} | per: expected day or week or month",
                "a: {pipelines: ['*'], quotas: [{gpuHours: -1, per: day}]} | gpuHours: expected a number from 0",
                "a: {pipelines: ['*'], quotas: [{gpuHours: 1.0e+999, per: day}]} | gpuHours: expected a number",
                "a: {pipelines: ['*'], quotas: [{gpuHours: 1, tokens: 1, per: day}]} | quotas: expected one limit",
                "a: {pipelines: ['*'], quotas: [{hours: 1, per: day}]} | has no `hours`",
                "a: {pipelines: ['*'], limits: []} | has no `limits`",
            })
    void namesEachMistakeOfTheFile(String team, String message) throws IOException {
        Teams teams = teams("teams: {" + team + "}\n");

        assertThatThrownBy(teams::all)
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("operator.yaml (SEPTET_TRAINERS)")
                .hasMessageContaining(message);
    }

    @Test
    void thePagesFilesAreRead() throws IOException {
        String page = Files.readString(Path.of("../../.github/docs/teams.md"));
        PipelineSpec spec = compiled(block(page, "groovy"));
        Teams teams = teams(block(page, "yaml"));

        assertThat(spec.priority()).isEqualTo(RunPriority.INTERACTIVE);
        assertThat(teams.of(spec).orElseThrow().quotas()).hasSize(3);
        assertThat(teams.of(pipeline("other", "")).orElseThrow().share()).isEqualTo(new TeamShare(1, true));
    }

    private static String block(String page, String language) {
        String after = page.substring(page.indexOf("```" + language + "\n") + language.length() + 4);
        return after.substring(0, after.indexOf("```"));
    }

    @Test
    void aUsedUpQuotaSaysWhenTheRunContinues() throws IOException {
        Teams teams = teams(FILE);
        UsageRecords records = new UsageRecords(UsageRecordsTest.store(folder.resolve("store")));
        RunRef run = new RunRef("desk", "run-1", "/srv", "0dd").withTeam("search");
        long wednesday = Instant.parse("2026-11-25T10:00:00Z").toEpochMilli();
        long[] now = {wednesday};
        TeamUse use = new TeamUse(records, run, "Train", "1", () -> now[0]);
        use.begin();
        now[0] += Duration.ofHours(40).toMillis();
        use.end();
        QuotaActivitiesImpl activities = new QuotaActivitiesImpl(teams, records);

        QuotaAnswer answer = activities.answer(new QuotaRequest(run, "train", now[0]), 1, line -> {});

        assertThat(answer.usedUp())
                .isEqualTo("team search has used 40 of 40 GPU hours of this week; the run continues on"
                        + " Monday 2026-11-30 00:00 Europe/Berlin, or after the operator raises the quota in "
                        + folder.resolve("operator.yaml"));
        assertThat(Instant.ofEpochMilli(answer.until())).isEqualTo(Instant.parse("2026-11-29T23:00:00Z"));
        assertThat(activities.answer(new QuotaRequest(run, "prepare", now[0]), 1, line -> {}))
                .as("needs no slot")
                .isEqualTo(QuotaAnswer.FREE);
        assertThat(activities.answer(new QuotaRequest(run, "train", answer.until()), 1, line -> {}))
                .as("in the next week")
                .isEqualTo(QuotaAnswer.FREE);
        Files.writeString(folder.resolve("operator.yaml"), FILE.replace("40", "41"));
        assertThat(activities.answer(new QuotaRequest(run, "train", now[0]), 1, line -> {}))
                .as("the operator raised it")
                .isEqualTo(QuotaAnswer.FREE);
    }

    private Teams teams(String text) throws IOException {
        Path file = folder.resolve("operator.yaml");
        Files.writeString(file, text);
        return new Teams(file);
    }

    private static PipelineSpec pipeline(String name, String words) {
        String text = """
                pipeline('%s') {
                    %s
                    prepare { dataset 'rows.jsonl' }
                    initialize { model 'models/base' }
                    train { method lora() }
                }
                """.formatted(name, words);
        return compiled(text);
    }

    private static PipelineSpec compiled(String text) {
        return PipelineCompiler.compile(
                        PipelineSource.of("pipeline.groovy", text.getBytes(StandardCharsets.UTF_8)), Map.of())
                .spec()
                .orElseThrow();
    }
}
