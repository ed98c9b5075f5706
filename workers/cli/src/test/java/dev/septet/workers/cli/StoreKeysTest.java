package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands say of the keys of the store and the audit logs. */
class StoreKeysTest {
    private static final String KEY = "A".repeat(43) + "=";

    @TempDir
    private Path home;

    @Test
    void aCommandOpensTheStoreOnce() {
        Session session = new Captured(home).session();
        assertThat(session.hasStore()).isFalse();
        assertThat(session.store()).isSameAs(session.store());
    }

    @Test
    void anAuditLogIsReadWithItsKeysAndTheMissingOneIsNamed() throws IOException {
        Captured septet = with("one", "rw-------");
        try (AuditWriter writer = septet.session().auditLogs().writer("support", AuditSettings.DEFAULT)) {
            writer.append(new AnswerEvent(
                    "a1",
                    Instant.parse("2026-03-01T12:00:00Z"),
                    new ServedBy("support", "support", "v1", Arm.CHAMPION),
                    AuditedQuestion.of(List.of(new AuditedTurn("user", "why?"))),
                    Reply.of("because", "stop", 1, 1, 1)));
        }
        assertThat(septet.run("audit", "show", "support")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("because");
        assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.OK);
        assertThat(septet.run("review", "support", "--list")).isNotEqualTo(ExitCode.RUN_FAILED);

        for (Captured other : List.of(with("two", "rw-------"), new Captured(home))) {
            for (String command : List.of("show", "verify")) {
                assertThat(other.run("audit", command, "support")).isEqualTo(ExitCode.RUN_FAILED);
                assertThat(other.err())
                        .contains("support: line 1: is encrypted with the key 'one', ")
                        .doesNotContain("\tat ", "unexpected error");
            }
        }
    }

    @Test
    void aFileWithKeysThatOthersMayReadIsRefusedBeforeAnythingStarts() throws IOException {
        Captured septet = with("one", "rw-r--r--");
        Path file = Files.writeString(home.resolve("pipeline.groovy"), "pipeline('p') {}");
        for (Object[] words : List.of(
                new Object[] {"audit", "show", "support"},
                new Object[] {"dev", "--port", "0", "--pipelines", home},
                new Object[] {"rollback", "support"})) {
            assertThat(septet.run(words)).isEqualTo(ExitCode.USAGE);
            assertThat(septet.err())
                    .contains("SEPTET_STORE_KEYS: others may use the file")
                    .contains("chmod 600");
        }
        assertThat(home.resolve("state/processes")).doesNotExist();
        assertThat(file).exists();
        assertThat(septet.run("doctor")).isEqualTo(1);
        assertThat(septet.out()).contains("SEPTET_STORE_KEYS: others may use the file");
    }

    private Captured with(String name, String mode) throws IOException {
        Path file = home.resolve(name + ".keys");
        Files.writeString(file, "current: %s%n%s: %s%n".formatted(name, name, KEY));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return new Captured(home).with(Setting.STORE_KEYS.variable(), file.toString());
    }
}
