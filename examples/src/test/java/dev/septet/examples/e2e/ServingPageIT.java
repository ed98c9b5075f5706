package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What .github/docs/serving.md shows does what it says. */
@Tag("long")
class ServingPageIT {
    private static final Path MODEL = Workspace.CHECKOUT.resolve("examples/quickstart/base-model");

    @Test
    void itsPipelineCompiles() throws IOException {
        RunnableDocPage page = RunnableDocPage.of("serving.md");
        var compiled = PipelineCompiler.compile(
                PipelineSource.of("support.groovy", page.blocks("groovy").get(0)), Map.of());

        assertThat(compiled.printed()).isEmpty();
        assertThat(compiled.spec()).isPresent();
    }

    @Test
    void itsRequestsAreAnsweredByAPublishedModel(@TempDir Path root) throws Exception {
        RunnableDocPage page = RunnableDocPage.of("serving.md");
        publish(root.resolve("store"));
        try (ServeStack serve = ServeStack.start(root, Map.of(), "quickstart")) {
            List<String> asking = page.blocks("bash").stream()
                    .filter(block -> block.contains("curl"))
                    .toList();
            assertThat(asking)
                    .as("requests, a format of the answer, and feedback")
                    .hasSize(3);
            for (String block : asking) {
                Shell.Said said = run(serve, "bash", "-euc", block);
                assertThat(said.status()).as(block + said.all()).isZero();
            }
            Shell.Said said =
                    run(serve, Python.interpreter(), "-c", page.blocks("python").get(0));
            assertThat(said.status()).as(said.all()).isZero();
            try (OurModel ours = new OurModel(MODEL)) {
                assertThat(said.out()).startsWith(ours.answer(ours.rendered("Where is my parcel?"), 256) + " ");
            }
        }
        List<AuditRecord> records = new AuditLogs(root.resolve("audit"), AtRestEncryption.none())
                .reader("quickstart")
                .read(0, 100)
                .records();
        assertThat(records).as("five answers and a feedback").hasSize(6);
        assertThat(records.stream().map(AuditRecord::event).filter(FeedbackEvent.class::isInstance))
                .hasSize(1);
    }

    private static Shell.Said run(ServeStack serve, String... command) throws Exception {
        List<String> there = Stream.of(command)
                .map(part -> part.replace("http://127.0.0.1:8080", serve.address()))
                .toList();
        return Shell.run(Workspace.CHECKOUT, Map.of("NO_PROXY", "127.0.0.1"), there, 120);
    }

    /** As a run's promotion does it. */
    private static void publish(Path folder) throws IOException {
        LocalStore store = new LocalStore(folder);
        Fence fence = new Fence("run-1/route", 1);
        store.open(fence);
        Map<String, Path> files;
        try (Stream<Path> all = Files.list(MODEL)) {
            files = all.collect(Collectors.toMap(file -> "model/" + file.getFileName(), f -> f));
        }
        var artifact = store.put(files, fence);
        var unused = new Routes(store)
                .publish("quickstart", new Variant(artifact.sha256().substring(0, 12), artifact, null, "run-1"), fence);
    }
}
