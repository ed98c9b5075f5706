package dev.septet.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.chain.EventJson;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools, calls and their results in the audit log. */
class AuditedCallsTest {
    private static final AuditedCall CALL =
            new AuditedCall("abcdefghi", "mail", "{\"to\": \"jane@example.org\", \"city\": \"Bonn\"}");

    private static AnswerEvent event() {
        return new AnswerEvent(
                "chatcmpl-1",
                Instant.parse("2026-01-02T03:04:05Z"),
                new ServedBy("bot", "bot", "0123456789ab", Arm.CHAMPION),
                AuditedQuestion.of(
                        List.of(
                                new AuditedTurn("user", "write to her"),
                                new AuditedTurn("assistant", "", List.of(CALL), null),
                                new AuditedTurn("tool", "sent", null, "abcdefghi")),
                        new AuditedTools(List.of("mail"), "0".repeat(64))),
                Reply.of("", "tool_calls", 10, 20, 30).calling(List.of(CALL)));
    }

    @Test
    void areReadAsTheyWereWrittenWithPersonalDataMasked(@TempDir Path root) throws IOException {
        AuditLogs logs = new AuditLogs(root);
        try (AuditWriter writer = logs.writer("bot", AuditSettings.DEFAULT)) {
            writer.append(writer.redacted(event()));
        }
        AnswerEvent read =
                (AnswerEvent) logs.reader("bot").read(0, 10).records().get(0).event();
        assertThat(read.question().tools()).isEqualTo(event().question().tools());
        List<AuditedTurn> turns = Objects.requireNonNull(read.question().messages());
        AuditedCall asked = Objects.requireNonNull(turns.get(1).calls()).get(0);
        assertThat(asked.arguments()).contains("Bonn").doesNotContain("jane");
        assertThat(turns.get(2).callId()).isEqualTo("abcdefghi");
        assertThat(Objects.requireNonNull(read.reply().calls())).hasSize(1);
        assertThat(read.reply().calls().get(0).arguments()).doesNotContain("jane");
        assertThat(read.reply().length()).isEqualTo(CALL.arguments().length());
        assertThat(logs.verifier(logs.folder("bot")).verify().whole()).isTrue();
    }

    /** Escapes hide nothing, and what is written is JSON. */
    @Test
    void argumentsAreRedactedAsValues() throws IOException {
        String hidden = "{\"to\": \"jane\\u0040example.org\", \"card\": 4111111111111111, \"n\": 3}";
        AuditedQuestion question = AuditedQuestion.of(List.of(
                new AuditedTurn("user", "write"),
                new AuditedTurn(
                        "assistant",
                        "",
                        List.of(new AuditedCall("a", "mail", hidden)),
                        null,
                        "jane@example.org?",
                        null),
                new AuditedTurn("tool", "sent", null, "a", null, "mail")));
        AuditedQuestion drawn = new AuditRedaction(AuditSettings.DEFAULT).question(question);
        List<AuditedTurn> turns = Objects.requireNonNull(drawn.messages());
        String arguments = Objects.requireNonNull(turns.get(1).calls()).get(0).arguments();
        assertThat(SpecJson.mapper().readTree(arguments).path("n").asInt()).isEqualTo(3);
        assertThat(arguments).doesNotContain("jane").doesNotContain("4111111111111111");
        assertThat(turns.get(1).reasoning()).isNotNull().doesNotContain("jane");
        assertThat(turns.get(2).name()).isEqualTo("mail");
    }

    @Test
    void aConversationWithoutToolsIsWrittenAsBefore() {
        AnswerEvent plain = new AnswerEvent(
                "chatcmpl-1",
                Instant.parse("2026-01-02T03:04:05Z"),
                new ServedBy("bot", "bot", "0123456789ab", Arm.CHAMPION),
                AuditedQuestion.of(List.of(new AuditedTurn("user", "hello"))),
                Reply.of("hi", "stop", 1, 2, 3));
        assertThat(EventJson.fields(plain)).doesNotContainKeys("calls", "tools");
        assertThat(SpecJson.mapper()
                        .valueToTree(EventJson.fields(plain))
                        .path("messages")
                        .toString())
                .isEqualTo("[{\"content\":\"hello\",\"role\":\"user\"}]");
    }
}
