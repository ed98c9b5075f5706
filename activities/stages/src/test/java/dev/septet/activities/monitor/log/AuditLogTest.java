package dev.septet.activities.monitor.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditLogTest {
    @TempDir
    Path folder;

    @Test
    void readsPromptsAndTheUsersLastMessage() throws IOException {
        append("""
            {"prompt":"one","answer":"1","model":"x"}
            {"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"two"}],"answer":"2"}

            {"answer":"3","prompt":"größer 😀"}
            """);
        AuditWindow window = log().read(0);
        assertThat(prompts(window)).containsExactly("one", "two", "größer 😀");
        assertThat(window.rejected()).isZero();
        assertThat(window.next()).isEqualTo(Files.size(file()));
    }

    @Test
    void goesOnWhereItWas() throws IOException {
        append("{\"prompt\":\"one\"}\n");
        long next = log().read(0).next();
        append("{\"prompt\":\"two\"}\n");
        AuditWindow window = log().read(next);
        assertThat(prompts(window)).containsExactly("two");
        assertThat(window.restarted()).isFalse();
        assertThat(prompts(log().read(window.next()))).isEmpty();
    }

    @Test
    void leavesALineThatIsStillBeingWritten() throws IOException {
        append("{\"prompt\":\"one\"}\n{\"prompt\":\"tw");
        AuditWindow window = log().read(0);
        assertThat(prompts(window)).containsExactly("one");
        assertThat(window.rejected()).isZero();
        append("o\"}\n");
        assertThat(prompts(log().read(window.next()))).containsExactly("two");
    }

    @Test
    void startsAgainWhenTheLogWasRotated() throws IOException {
        append("{\"prompt\":\"one\"}\n{\"prompt\":\"two\"}\n{\"prompt\":\"three\"}\n");
        long next = log().read(0).next();
        Files.writeString(file(), "{\"prompt\":\"new\"}\n");
        AuditWindow shorter = log().read(next);
        assertThat(prompts(shorter)).containsExactly("new");
        assertThat(shorter.restarted()).isTrue();
        assertThat(shorter.from()).isZero();

        Files.writeString(file(), "{\"prompt\":\"a line that ends somewhere else altogether\"}\n");
        append("{\"prompt\":\"and another\"}\n");
        AuditWindow longer = log().read(next);
        assertThat(longer.restarted()).isTrue();
        assertThat(prompts(longer)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "{\"prompt\":42}",
                "{\"prompt\":\"  \"}",
                "{\"messages\":[{\"role\":\"system\",\"content\":\"x\"}]}",
                "{\"messages\":\"x\"}",
                "[]",
                "null",
                "\"text\"",
                "{\"prompt\":\"unfinished",
                "{}",
                "\u0000\u0001"
            })
    void countsHostileLinesAndReadsOn(String line) throws IOException {
        append(line + "\n{\"prompt\":\"fine\"}\n");
        AuditWindow window = log().read(0);
        assertThat(prompts(window)).containsExactly("fine");
        assertThat(window.rejected()).isEqualTo(1);
    }

    @Test
    void survivesDeepNestingInvalidTextAndEndlessLines() throws IOException {
        append("{\"prompt\":" + "[".repeat(100_000) + "\n");
        Files.write(file(), new byte[] {'"', (byte) 0xff, '"', '\n'}, StandardOpenOption.APPEND);
        append("{\"prompt\":\"" + "x".repeat(AuditLog.MAX_LINE_BYTES) + "\"}\n");
        append("{\"prompt\":\"fine\"}\n");
        AuditWindow window = log().read(0);
        assertThat(prompts(window)).containsExactly("fine");
        assertThat(window.rejected()).isEqualTo(3);
    }

    @Test
    void takesAtMostOneWindowfulAtATime() throws IOException {
        append("{\"prompt\":\"x\"}\n".repeat(AuditLog.MAX_PROMPTS + 5));
        AuditWindow window = log().read(0);
        assertThat(prompts(window)).hasSize(AuditLog.MAX_PROMPTS);
        assertThat(prompts(log().read(window.next()))).hasSize(5);
    }

    @Test
    void hasNothingToSayBeforeTheLogIsThere() throws IOException {
        AuditWindow window = log().read(0);
        assertThat(prompts(window)).isEmpty();
        assertThat(window.next()).isZero();
    }

    private static List<@Nullable String> prompts(AuditWindow window) {
        return window.rows().stream().map(ObservedRequest::prompt).toList();
    }

    private AuditLog log() {
        return new AuditLog(file());
    }

    private Path file() {
        return folder.resolve("audit.jsonl");
    }

    private void append(String text) throws IOException {
        Files.write(
                file(), text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
