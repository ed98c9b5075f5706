package dev.septet.workers.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.forget.ErasureOrder;
import dev.septet.activities.recover.RunRecords;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.TemporalServerStub;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.forget.ErasureReport;
import io.temporal.api.history.v1.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code septet recover} tells about damaged records and about erasures. */
class RecoverCommandTest {
    private static final Fence FENCE = new Fence("x", 1);

    @TempDir
    private Path folder = Path.of("");

    private Captured septet;
    private ArtifactStore store;

    @BeforeEach
    void install() throws IOException {
        septet = new Captured(folder);
        store = septet.session().store();
        new RunRecords(store)
                .began(
                        new RunRecords.Run(
                                "bot", "run-1", "bot", "/pipelines", "d", PipelineRequest.named("bot"), 1000),
                        new FencingToken(1, 1));
    }

    @Test
    void namesDamagedRecordsAndFails() throws IOException {
        assertThat(septet.run("recover")).as(septet.err()).isEqualTo(ExitCode.OK);
        store.putRecord("runs/run-2", "{\"secret row", FENCE);
        store.putRecord("monitors/bot", "{}", FENCE);
        store.putRecord("schedules/bot", "null", FENCE);
        store.putRecord("erasures/bot/0123456789ab/order", "[]", FENCE);
        List<String> damaged =
                List.of("runs/run-2", "monitors/bot", "schedules/bot", "erasures/bot/0123456789ab/order");

        assertThat(septet.run("recover")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.out()).contains("lost      run      bot").doesNotContain("secret");
        for (String name : damaged) {
            assertThat(septet.out()).contains("damaged   record   %s: its text is not".formatted(name));
        }
        assertThat(septet.err()).contains("What the damaged records are about was not started");

        assertThat(septet.run("recover", "--json")).isEqualTo(ExitCode.RUN_FAILED);
        JsonNode node = SpecJson.mapper().readTree(septet.out());
        assertThat(node.at("/damaged").findValuesAsText("name")).containsExactlyElementsOf(damaged);
        assertThat(node.at("/found")).hasSize(1);
        assertThat(septet.run("recover", "--run", "run-2")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("damaged   record   runs/run-2");
    }

    @Test
    void listsTheErasuresThatAreNotDone() throws IOException {
        ErasureOrder lost = ordered("1");
        ErasureOrder open = ordered("2");
        ErasureOrder failed = ordered("3");
        ErasureOrder done = ordered("4");
        store.putRecord(
                "erasures/bot/%s/report".formatted(done.id()),
                SpecJson.mapper()
                        .writeValueAsString(
                                new ErasureReport(done.id(), "bot", 1, 0, 0, 0, 0, List.of(), List.of(), List.of(), 0)),
                FENCE);
        assertThat(septet.run("recover")).as("without a server").isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("lost      erasure  " + open.workflowId());

        try (TemporalServerStub server = new TemporalServerStub().of(septet)) {
            server.open("Pipeline", "bot", History.getDefaultInstance());
            server.open("Forget", open.workflowId(), History.getDefaultInstance());
            server.fails("Forget", failed.workflowId());

            assertThat(septet.run("recover")).as(septet.err()).isEqualTo(ExitCode.OK);
            assertThat(septet.out())
                    .contains("lost      erasure  bot/forget/%s  1 rows of bot, not done".formatted(lost.id()))
                    .contains("start it with `septet data forget FILE --order %s --yes`".formatted(lost.id()))
                    .contains("there     erasure  bot/forget/" + open.id())
                    .contains("ended     erasure  bot/forget/%s  1 rows of bot, not done".formatted(failed.id()))
                    .doesNotContain(done.id());
            assertThat(septet.err())
                    .contains("`--start` does not start an erasure")
                    .doesNotContain("Start what is lost with");

            assertThat(septet.run("recover", "--start"))
                    .as("rows that are to be forgotten stay")
                    .isEqualTo(ExitCode.RUN_FAILED);
            server.open("Forget", lost.workflowId(), History.getDefaultInstance());
            assertThat(septet.run("recover", "--start", "--json")).isEqualTo(ExitCode.OK);
            assertThat(SpecJson.mapper().readTree(septet.out()).at("/found").findValuesAsText("kind"))
                    .containsExactly("run", "erasure", "erasure", "erasure");
        }
    }

    private ErasureOrder ordered(String row) throws IOException {
        ErasureOrder order = ErasureOrder.of("bot", Set.of(row.repeat(32)), Map.of());
        order.write(store);
        return order;
    }
}
