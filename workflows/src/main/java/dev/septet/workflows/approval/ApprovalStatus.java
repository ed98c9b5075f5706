package dev.septet.workflows.approval;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.Approval;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Result of the query {@code approval}.
 *
 * @param question null before it is asked
 * @param answers the answers that count, in their order
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApprovalStatus(State state, @Nullable ApprovalRequest question, List<Approval> answers) {
    public ApprovalStatus {
        answers = List.copyOf(answers);
    }

    /** The state of a question. */
    public enum State {
        /** The file requires no approval. */
        NOT_NEEDED,
        /** The model is not exported yet. */
        NOT_ASKED,
        WAITING,
        APPROVED,
        REJECTED,
        EXPIRED
    }
}
