package dev.septet.workflows.approval;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * Input of the check that identifies the person behind an answer. The answer already matches its question.
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
