package dev.septet.workflows.approval;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * An answer that fits its question, to be checked for who gave it.
 *
 * @param approves false for a rejection
 */
public record AnswerRequest(RunRef run, ApprovalRequest question, ApprovalDecision answer, boolean approves)
        implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of();
    }
}
