package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.chain.AuditBreak;
import dev.septet.activities.audit.chain.AuditBreak.Damage;
import dev.septet.activities.audit.chain.AuditVerdict;
import dev.septet.activities.audit.chain.AuditVerifier;
import dev.septet.activities.audit.chain.Segment;
import dev.septet.activities.store.FileModes;
import dev.septet.workflows.monitor.AuditHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who may do anything to the log's folder, against what a monitor noted elsewhere. */
class NotedHeadTest {
    @TempDir
    private Path state = Path.of("");

    private AuditLogs logs = new AuditLogs(Path.of(""));

    @BeforeEach
    void write() throws IOException {
        logs = new AuditLogs(state.resolve("audit"));
        write(1, 5);
    }

    @Test
    void aLogThatGrewIsWhole() throws IOException {
        AuditHead noted = noted();
        assertThat(noted.sequence()).isEqualTo(5);
        write(6, 9);

        assertThat(verify(noted, noted()).whole()).isTrue();
        assertThat(FileModes.openToOthers(state.resolve("audit.key"), 1)).isEmpty();
    }

    @Test
    void linesCutOffTogetherWithTheHeadBesideThemShow() throws IOException {
        AuditHead noted = noted();
        Path file = Segment.in(logs.folder("support")).get(0).file();
        List<String> lines = Files.readAllLines(file);
        Files.write(file, lines.subList(0, 3));
        Files.delete(logs.folder("support").resolve("head.json"));

        assertThat(new AuditVerifier(logs.folder("support")).verify().whole())
                .as("without the note")
                .isTrue();
        AuditBreak broken = Objects.requireNonNull(verify(noted).broken());
        assertThat(broken.damage()).isEqualTo(Damage.TRUNCATED);
        assertThat(broken.what()).isEqualTo("the log ends with line 3, but the monitor noted line 5 in its history");
    }

    @Test
    void aMissingLogShows() throws IOException {
        AuditHead noted = noted();
        try (var files = Files.walk(logs.folder("support"))) {
            for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        assertThat(Objects.requireNonNull(verify(noted).broken()).damage()).isEqualTo(Damage.TRUNCATED);
    }

    @Test
    void aLogThatSomebodyWroteWithAChainOfTheirOwnShows() throws IOException {
        AuditHead noted = noted();
        AuditLogs forged = new AuditLogs(state.resolve("forged"));
        try (AuditWriter writer = AuditWriter.open(forged.folder("support"), AuditSettings.DEFAULT)) {
            for (int number = 11; number <= 17; number++) {
                writer.append(Events.answer(number));
            }
        }
        AuditVerdict verdict = new AuditLogs(forged.root()).verifier("support").verify(null, List.of(noted));
        assertThat(Objects.requireNonNull(verdict.broken()).what())
                .isEqualTo("line 5 is not the one that the monitor noted in its history");
    }

    @Test
    void aHeadThatTheKeyDidNotSignShows() throws IOException {
        AuditHead noted = noted();
        AuditHead lower = new AuditHead(3, noted.sha256(), noted.signature());
        AuditHead another = logs.head("support").orElseThrow();

        assertThat(Objects.requireNonNull(verify(lower).broken()).what())
                .contains("a head of line 3 that this state folder's key did not sign");
        assertThat(verify(another).whole()).isTrue();
        AuditVerdict ofAnother = logs.verifier("other").verify(null, List.of(noted));
        assertThat(Objects.requireNonNull(ofAnother.broken()).what()).contains("did not sign");
    }

    private AuditVerdict verify(AuditHead... noted) throws IOException {
        return logs.verifier("support").verify(null, List.of(noted));
    }

    private AuditHead noted() throws IOException {
        return logs.head("support").orElseThrow();
    }

    private void write(int from, int to) throws IOException {
        try (AuditWriter writer = AuditWriter.open(logs.folder("support"), AuditSettings.DEFAULT)) {
            for (int number = from; number <= to; number++) {
                writer.append(Events.answer(number));
            }
        }
    }
}
