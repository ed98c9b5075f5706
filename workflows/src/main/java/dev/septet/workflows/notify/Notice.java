package dev.septet.workflows.notify;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.text.PublicText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A notification: the body of a webhook's request, or the standard input of a command. It contains names, digests and
 * Septet's own sentences; never a prompt, an answer or a secret.
 *
 * @param id the same for every attempt to deliver one notification, so that a receiver can detect repetitions
 * @param event {@code finished}, {@code failed}, {@code waiting}, {@code drifted} or {@code warned}
 * @param at when it happened, ISO 8601 in UTC
 * @param workflowId workflow id of the run, by which {@code septet status} finds it
 * @param stage the stage at which it happened, null when it concerns the whole run
 * @param message one sentence
 * @param answers commands that answer it; empty when no answer is needed
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
