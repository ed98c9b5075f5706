package dev.septet.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.host.Host;
import dev.septet.workflows.host.HostActivities;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two machines ask for the hosts of the pipelines of one store. */
class HostActivitiesTest {
    private static final RunRef HELLO = new RunRef("hello", "run-1", "/srv/hello", "5eed");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theFirstMachineThatAsksIsAPipelinesHost() throws IOException {
        Host attic = HostFile.of(folder.resolve("attic"));

        assertThat(ask("attic")).isEqualTo(attic);
        assertThat(ask("cellar")).as("for ever").isEqualTo(attic);
        assertThat(ask("attic")).as("also for itself").isEqualTo(attic);
        assertThat(store().leftovers().isEmpty()).as("no fence is left").isTrue();
    }

    @Test
    void whatAnEarlierVersionPublishedIsOfTheMachineThatHasItsFiles() throws IOException {
        published("/srv/models/hello");
        Files.createDirectories(folder.resolve("attic/audit/hello"));

        assertThatThrownBy(() -> ask("cellar"))
                .hasStackTraceContaining("pipeline 'hello' has no host yet, and its files are not on ")
                .hasStackTraceContaining("septet adopt hello");
        assertThat(ask("attic")).isEqualTo(HostFile.of(folder.resolve("attic")));
    }

    @Test
    void whatIsOnlyInABucketHasNoMachineYet() throws IOException {
        published("s3://models/hello");

        assertThat(ask("cellar")).isEqualTo(HostFile.of(folder.resolve("cellar")));
    }

    @Test
    void aPersonMovesAPipeline() throws IOException {
        ask("attic");
        Host cellar = HostFile.of(folder.resolve("cellar"));

        assertThat(new Hosts(store()).move("hello", cellar)).isTrue();

        assertThat(ask("attic")).isEqualTo(cellar);
        assertThat(new Hosts(store()).all()).isEqualTo(Map.of("hello", cellar));
    }

    @Test
    void aStateFolderKeepsItsIdToItself() throws IOException {
        Path state = folder.resolve("attic");
        assertThat(HostFile.existing(state)).isEmpty();

        Host host = HostFile.of(state);

        assertThat(HostFile.of(state)).isEqualTo(host);
        assertThat(HostFile.existing(state)).contains(host);
        assertThat(host.name()).endsWith(":" + state.toAbsolutePath());
        assertThat(host.queue()).matches("septet@[0-9a-f]{16}");
        assertThat(HostFile.of(folder.resolve("cellar")).id()).isNotEqualTo(host.id());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("host.id"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aDamagedIdIsSaid() throws IOException {
        Files.writeString(folder.resolve("host.id"), "../x\n");

        assertThatThrownBy(() -> HostFile.of(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("16 hexadecimal digits expected");
    }

    @Test
    void commandsOfAnotherMachineAreToldWhereTheFilesAre() throws IOException {
        ask("attic");
        Map<String, String> bucket = Map.of("SEPTET_STORE", "s3://shared/store");

        LocalPipelines.of(store(), folder.resolve("attic"), bucket).require("hello");
        LocalPipelines.of(store(), folder.resolve("cellar"), bucket).require("unpublished");
        LocalPipelines.of(store(), folder.resolve("cellar"), Map.of()).require("hello");
        assertThatThrownBy(() -> LocalPipelines.of(store(), folder.resolve("cellar"), bucket)
                        .require("hello"))
                .hasMessageStartingWith("the files of pipeline 'hello' are on host ")
                .hasMessageEndingWith(
                        ":%s: run this command there, or move the pipeline to this machine with `septet adopt hello`"
                                .formatted(folder.resolve("attic")));
    }

    private Host ask(String machine) throws IOException {
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        try {
            Path state = folder.resolve(machine);
            environment.registerActivitiesImplementations(new HostActivitiesImpl(
                    store(),
                    HostFile.of(state),
                    new AuditLogs(state.resolve("audit"), AtRestEncryption.none()),
                    new ReviewedRows(state.resolve("reviewed")),
                    Map.of()));
            return environment.newActivityStub(HostActivities.class).host(HELLO);
        } finally {
            environment.close();
        }
    }

    private void published(String target) throws IOException {
        store().putRecord(
                        "aliases/hello",
                        "{\"targets\":[{\"type\":\"directory\",\"folder\":\"%s\"}],\"moves\":[]}".formatted(target),
                        new Fence("test", 1));
    }

    private LocalStore store() {
        return new LocalStore(folder.resolve("store"));
    }
}
