package dev.septet.activities.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation as sent.
 *
 * @param content its text; empty where it has only calls
 * @param calls the tools that an earlier answer called; null for none
 * @param callId id of the call whose result this message is; null for other messages
 * @param reasoning the reasoning of an earlier answer; null for none
 * @param name name of the function whose result this message is; null where it has none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AuditedTurn(
        String role,
        String content,
        @Nullable List<AuditedCall> calls,
        @Nullable String callId,
        @Nullable String reasoning,
        @Nullable String name) {
    public AuditedTurn {
        calls = calls == null ? null : List.copyOf(calls);
    }

    /** A message without reasoning and name. */
    public AuditedTurn(String role, String content, @Nullable List<AuditedCall> calls, @Nullable String callId) {
        this(role, content, calls, callId, null, null);
    }

    /** A message without calls. */
    public AuditedTurn(String role, String content) {
        this(role, content, null, null, null, null);
    }
}
