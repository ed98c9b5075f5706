package dev.septet.workflows.notify;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.text.PublicText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people are told, as a webhook's body or a command's standard input. It holds names, digests
 * and sentences of Septet's own; never a prompt, an answer or a secret.
 *
 * @param id the same for every try of one notice, so that a receiver can tell repetitions
 * @param event {@code finished}, {@code failed}, {@code waiting} or {@code drifted}
 * @param at when it happened, ISO 8601 in UTC
 * @param workflowId of the run, by which {@code septet status} finds it
 * @param stage at which it happened, null when it is about the whole run
 * @param message one sentence
 * @param answers commands that answer it; empty where there is nothing to answer
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Notice(
        String id,
        String event,
        String at,
        String pipeline,
        String workflowId,
        String runId,
        @Nullable String stage,
        String message,
        List<String> answers) {
    public Notice {
        message = message == null ? "" : PublicText.visible(message);
        answers = answers == null ? List.of() : List.copyOf(answers);
    }
}
