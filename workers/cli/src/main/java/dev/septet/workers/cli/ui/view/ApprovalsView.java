package dev.septet.workers.cli.ui.view;

import java.util.List;

/**
 * Models that wait for an approval.
 *
 * @param unsigned whether workers accept an answer without a signature, as far as this process knows; otherwise only the commands
 *     are shown
 */
public record ApprovalsView(List<ApprovalQuestion> questions, List<String> remarks, boolean unsigned) {
    public ApprovalsView {
        questions = List.copyOf(questions);
        remarks = List.copyOf(remarks);
    }
}
