package dev.septet.workflows.approval;

import dev.septet.workflows.artifact.Approval;
import java.util.List;
import java.util.Locale;

/** The texts about a question and its answers. */
final class ApprovalWords {
    private static final int SHORT = 12;

    private ApprovalWords() {}

    /** The first digits of a digest, enough to distinguish models. */
    static String digits(String sha256) {
        return sha256.length() <= SHORT ? sha256 : sha256.substring(0, SHORT);
    }

    static String question(ApprovalRequest request, List<Approval> answers) {
        return String.format(
                Locale.ROOT,
                "%s must approve model %s until %s; %d of %d agreed",
                request.role(),
                digits(request.artifact()),
                request.until(),
                answers.size(),
                request.quorum());
    }

    static String accepted(ApprovalStatus.State state, int approvals, ApprovalRequest request, boolean repeated) {
        String model = digits(request.artifact());
        return switch (state) {
            case APPROVED -> "model %s is approved".formatted(model);
            case REJECTED -> "model %s is rejected and is not published".formatted(model);
            default ->
                String.format(
                        Locale.ROOT,
                        "%d of %d agreed%s",
                        approvals,
                        request.quorum(),
                        repeated ? "; you had agreed already, which counts once" : "");
        };
    }

    static String closed(ApprovalStatus status) {
        ApprovalRequest request = status.question();
        return switch (status.state()) {
            case NOT_NEEDED -> "the pipeline's file asks nobody, so there is nothing to answer";
            case NOT_ASKED, WAITING -> "nothing is asked yet: the model is still being exported";
            case APPROVED ->
                "the question was answered already: model %s is approved"
                        .formatted(request == null ? "" : digits(request.artifact()));
            case REJECTED ->
                "the question was answered already: model %s is rejected"
                        .formatted(request == null ? "" : digits(request.artifact()));
            case EXPIRED -> "the question expired at %s".formatted(request == null ? "" : request.until());
        };
    }

    static String rejected(Approval rejection) {
        String reason = rejection.comment();
        return "%s (%s) rejected model %s%s. It was not published."
                .formatted(
                        rejection.approver(),
                        rejection.role(),
                        digits(rejection.artifact()),
                        reason == null || reason.isBlank() ? "" : ": " + reason.strip());
    }

    static String expired(ApprovalRequest request, int approvals) {
        return String.format(
                Locale.ROOT,
                "the question whether model %s may be published expired at %s: %d of %d of %s agreed. It was not published; a new run asks again.",
                digits(request.artifact()),
                request.until(),
                approvals,
                request.quorum(),
                request.role());
    }
}
