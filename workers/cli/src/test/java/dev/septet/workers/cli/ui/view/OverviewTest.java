package dev.septet.workers.cli.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.report.PageTemplate;
import dev.septet.workers.cli.run.RunRow;
import dev.septet.workers.schedule.Schedules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OverviewTest {
    private static final String HOSTILE = "\"><script>alert(1)</script>";

    private static RunRow run(String pipeline, String state, @Nullable Double drift) {
        return new RunRow(
                pipeline,
                "run-" + pipeline,
                state,
                "2026-11-29T18:00:00Z",
                null,
                pipeline,
                "train",
                null,
                null,
                "GO",
                0.5,
                drift);
    }

    private static List<Overview.Details> nothing(List<String> names) {
        return names.stream().map(name -> Overview.Details.NOTHING).toList();
    }

    private static ServerFacts facts(List<RunRow> runs, List<RunRow> monitors) {
        Map<String, RunRow> newest = new HashMap<>();
        runs.forEach(run -> newest.put(String.valueOf(run.pipeline()), run));
        Map<String, RunRow> watched = new HashMap<>();
        monitors.forEach(run -> watched.put(String.valueOf(run.pipeline()), run));
        return new ServerFacts(
                "127.0.0.1:7233",
                runs.stream().filter(run -> run.state().equals("running")).toList(),
                newest,
                watched,
                Map.of("b", new Schedules.Listed("b", "b", false, "", Instant.parse("2026-12-01T03:00:00Z"))),
                List.of(),
                List.of());
    }

    @Test
    void selectsCountsAndSearches() {
        ServerFacts facts = facts(
                List.of(run("alpha", "running", null), run("beta", "failed", null), run("gamma", "completed", null)),
                List.of(run("gamma", "running", 0.97), run("beta", "running", 0.4)));
        StoreFacts store = new StoreFacts(Map.of("delta", "versions/delta/1"), Set.of("delta"), Set.of("epsilon"));

        Overview all = Overview.of(facts, store, "", Overview.Show.ALL, 1, OverviewTest::nothing);

        assertThat(all.rows())
                .extracting(Overview.Row::pipeline)
                .containsExactly("alpha", "b", "beta", "delta", "epsilon", "gamma");
        assertThat(all.counts())
                .containsEntry(Overview.Show.RUNNING, 1)
                .containsEntry(Overview.Show.FAILED, 1)
                .containsEntry(Overview.Show.DRIFT, 1);
        assertThat(all.rows().get(1).next()).isEqualTo("2026-12-01T03:00:00Z");
        assertThat(Overview.of(facts, store, "", Overview.Show.DRIFT, 1, OverviewTest::nothing)
                        .rows())
                .extracting(Overview.Row::pipeline)
                .containsExactly("gamma");
        assertThat(Overview.of(facts, store, " BET", Overview.Show.ALL, 9, OverviewTest::nothing)
                        .rows())
                .extracting(Overview.Row::pipeline)
                .containsExactly("beta");
    }

    @Test
    void readsOnlyThePipelinesOfThePageOfAThousand() {
        List<RunRow> runs = new ArrayList<>();
        for (int at = 0; at < 1000; at++) {
            runs.add(run(String.format(Locale.ROOT, "pipeline-%04d", at), "completed", null));
        }
        List<String> read = new ArrayList<>();

        Overview last = Overview.of(facts(runs, List.of()), StoreFacts.NONE, "pipe", Overview.Show.ALL, 40, names -> {
            read.addAll(names);
            return nothing(names);
        });

        assertThat(last.pages()).isEqualTo(40);
        assertThat(read).hasSize(Overview.ROWS).endsWith("pipeline-0999");
    }

    @Test
    void namesAreTextAndNeverMarkup() {
        ServerFacts facts = facts(List.of(run(HOSTILE, "failed", null)), List.of());
        Overview view = Overview.of(facts, StoreFacts.NONE, HOSTILE, Overview.Show.ALL, 1, OverviewTest::nothing);
        UiPage<Overview> page = new UiPage<>(
                "Pipelines",
                UiPage.Place.PIPELINES,
                new UiUser(HOSTILE, true, false, "0".repeat(48), null),
                HOSTILE,
                "2026-11-29T18:00:00Z",
                HOSTILE,
                new UiPage.Notice(HOSTILE, false),
                0,
                view);

        String html = PageTemplate.html("ui/overview.jte", "page", page);

        assertThat(html).doesNotContain("<script>alert").contains("/pipeline?name=%22%3E%3Cscript%3E");
    }
}
