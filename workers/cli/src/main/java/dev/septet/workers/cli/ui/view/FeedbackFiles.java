package dev.septet.workers.cli.ui.view;

import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.review.ReviewBook;
import dev.septet.activities.review.ReviewCandidate;
import dev.septet.activities.review.ReviewCandidates;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.workers.cli.audit.PhoneRegions;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The feedback on the served models of this machine, and the decisions on it, as {@code septet review} has them. */
public final class FeedbackFiles {
    private final Session session;

    public FeedbackFiles(Session session) {
        this.session = session;
    }

    /**
     * All candidates of a pipeline, also decided ones. Personal data is masked.
     *
     * @throws CliProblem NOT_FOUND when this machine has no audit log of the pipeline's model
     */
    public ReviewCandidates candidates(String pipeline) throws IOException {
        if (!requested(pipeline)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no feedback on pipeline '%s' on this machine: its model has had no request yet"
                            .formatted(pipeline));
        }
        return read(pipeline);
    }

    private ReviewCandidates read(String pipeline) throws IOException {
        return ReviewCandidates.read(session.auditLogs().reader(pipeline), pipeline, false, PhoneRegions.of(session));
    }

    private boolean requested(String pipeline) throws IOException {
        session.localPipelines().require(pipeline);
        return AuditReader.isLog(session.auditLogs().folder(pipeline));
    }

    /** Opens a pipeline's decisions for additions. */
    public ReviewBook open(String pipeline) throws IOException {
        return new ReviewedRows(session.state().reviewed()).open(pipeline);
    }

    /** The candidates that wait for a decision. */
    FeedbackView pending(String pipeline) throws IOException {
        ReviewedRows rows = new ReviewedRows(session.state().reviewed());
        if (!requested(pipeline)) {
            return new FeedbackView(pipeline, false, List.of(), 0, rows.count(pipeline));
        }
        ReviewCandidates all = read(pipeline);
        Set<String> decided = rows.decided(pipeline);
        List<ReviewCandidate> pending = all.all().stream()
                .filter(candidate -> !decided.contains(candidate.id()))
                .toList();
        return new FeedbackView(
                pipeline,
                true,
                pending.stream()
                        .limit(FeedbackView.MOST)
                        .map(FeedbackView.Candidate::of)
                        .toList(),
                pending.size(),
                rows.count(pipeline));
    }
}
