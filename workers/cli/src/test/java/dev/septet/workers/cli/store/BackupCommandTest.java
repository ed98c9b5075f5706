package dev.septet.workers.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.authority.RunKey;
import dev.septet.activities.backup.LastBackup;
import dev.septet.activities.recover.RunRecords;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.server.DatabaseFile;
import dev.septet.workflows.PipelineRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet backup}, {@code restore}, {@code recover} and {@code keys} where no server runs. */
class BackupCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void copiesADatabaseThatIsWrittenAndRestoresIt() throws Exception {
        Captured septet = installation("one");
        Path database = septet.session().state().database();
        try (Connection server = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = server.createStatement()) {
            statement.execute("PRAGMA journal_mode=wal");
            statement.execute("CREATE TABLE runs (id TEXT)");
            statement.execute("INSERT INTO runs VALUES ('bot')"); // in the log only, while the connection is open
            assertThat(septet.run("backup", folder.resolve("backups"))).isEqualTo(ExitCode.OK);
        }
        assertThat(septet.out()).contains("Backup 000001-", "database", "store");
        LastBackup last = LastBackup.read(septet.session().state().lastBackup()).orElseThrow();
        assertThat(last.id()).startsWith("000001-");
        assertThat(last.to()).isEqualTo(folder.resolve("backups").toString());
        assertThat(septet.err()).contains("Not in this backup: pipeline files", "This backup is not encrypted");
        assertThat(septet.run("backup", folder.resolve("backups"), "--verify", "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(SpecJson.mapper().readTree(septet.out()).at("/verified/damaged"))
                .isEmpty();

        Captured other = new Captured(Files.createDirectories(folder.resolve("two")));
        assertThat(other.run("restore", folder.resolve("backups"), "--dry-run")).isEqualTo(ExitCode.OK);
        assertThat(other.session().state().database()).doesNotExist();
        assertThat(other.run("restore", folder.resolve("backups"))).isEqualTo(ExitCode.OK);
        Path again = folder.resolve("again.db");
        new DatabaseFile(other.session().state().database()).copyTo(again);
        try (Connection copy = DriverManager.getConnection("jdbc:sqlite:" + again);
                Statement statement = copy.createStatement()) {
            assertThat(statement.executeQuery("SELECT id FROM runs").getString(1))
                    .isEqualTo("bot");
        }
        assertThat(other.session().store().record("results/x")).contains("made");
        assertThat(other.run("restore", folder.resolve("backups"))).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(other.err()).contains("not empty: ", "Nothing was restored");
    }

    @Test
    void refusesWhatCannotBeABackup() throws Exception {
        Captured empty = new Captured(Files.createDirectories(folder.resolve("empty")));
        assertThat(empty.run("backup", folder.resolve("b"))).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(empty.run("restore", folder.resolve("b"))).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(empty.err()).contains("has no complete backup");
        Captured septet = installation("one");
        assertThat(septet.run("backup", septet.session().state().path().resolve("b")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("name a folder elsewhere");
        assertThat(septet.run("backup", "s3://")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("is not an address of an object store");
        assertThat(septet.run("backup", folder.resolve("b"), "--keep", "0")).isEqualTo(ExitCode.USAGE);
        Files.writeString(Files.createDirectories(folder.resolve("mine")).resolve("photo"), "x");
        assertThat(septet.run("backup", folder.resolve("mine"))).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("has other files, such as photo");
        Files.writeString(septet.session().state().database(), "no database");
        assertThat(septet.run("backup", folder.resolve("b"))).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("the server's database").doesNotContain("Exception");
    }

    @Test
    void servesNothingBesideAnUnfinishedRestore() throws Exception {
        Captured septet = installation("one");
        Files.writeString(septet.session().state().path().resolve("restore.json"), "{}");
        assertThat(septet.run("serve")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("was not completed. Run `septet restore` again");
    }

    @Test
    void leavesOutTheDatabaseOfAServerThatItDoesNotRun() throws Exception {
        Captured septet = installation("one").with("TEMPORAL_ADDRESS", "127.0.0.1:1");
        Files.writeString(septet.session().state().database(), "of an earlier server");
        assertThat(septet.run("backup", folder.resolve("b"))).isEqualTo(ExitCode.OK);
        assertThat(septet.err())
                .contains(
                        "the database of the Temporal server 127.0.0.1:1, which Septet does not run: back it up by its own means");
        assertThat(septet.out()).doesNotContain("  database");
    }

    @Test
    void listsWhatTheStoreKnowsWithoutAServer() throws Exception {
        Captured septet = installation("one");
        RunRecords records = new RunRecords(septet.session().store());
        for (int run = 1; run <= 2; run++) {
            records.began(
                    new RunRecords.Run(
                            "bot", "run-" + run, "bot", "/pipelines", "d", PipelineRequest.named("bot"), run * 1000L),
                    new FencingToken(1, 1));
        }
        assertThat(septet.run("recover")).isEqualTo(ExitCode.OK);
        assertThat(septet.out().lines().filter(line -> line.startsWith("lost      run")))
                .as("an earlier run of the same id has ended")
                .singleElement()
                .asString()
                .contains("bot  of bot, started 1970-01-01T00:00:02Z; results: none");
        assertThat(septet.err()).contains("No Temporal server answers", "septet recover --start");
        assertThat(septet.run("recover", "--start")).isEqualTo(ExitCode.SERVER_UNREACHABLE);
        assertThat(septet.run("recover", "--run", "nobody")).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void changesTheKeyOfTickets() throws Exception {
        Captured septet = installation("one");
        assertThat(septet.run("keys")).isEqualTo(ExitCode.NOT_FOUND);
        RunKey key = RunKey.of(Map.of(), septet.session().state().path(), 0);
        String first = key.keys().get(0).id();
        assertThat(septet.run("keys", "ticket")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("keys", "ticket", "--activate")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("has no prepared key");
        assertThat(septet.run("keys", "ticket", "--rotate")).isEqualTo(ExitCode.OK);
        assertThat(key.keys().get(0).id()).as("a worker that runs").isNotEqualTo(first);
        assertThat(septet.run("keys")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains(first + "     accepted; signed until", "signs", "not encrypted");
        assertThat(septet.run("keys", "ticket", "--remove-old"))
                .as("whether a run uses it is not known")
                .isEqualTo(ExitCode.SERVER_UNREACHABLE);
        assertThat(septet.run("keys", "ticket", "--remove-old", "--force")).isEqualTo(ExitCode.OK);
        assertThat(key.keys()).hasSize(1);
        assertThat(septet.run("keys", "reencrypt")).isEqualTo(ExitCode.USAGE);
    }

    private Captured installation(String name) throws IOException {
        Captured septet = new Captured(Files.createDirectories(folder.resolve(name)));
        ArtifactStore store = septet.session().store();
        store.putRecord("results/x", "made", new Fence("x/prepare", 1));
        return septet;
    }
}
