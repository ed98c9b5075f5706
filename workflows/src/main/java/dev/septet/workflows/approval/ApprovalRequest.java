package dev.septet.workflows.approval;

/**
 * The question whether a model may be published, given its evaluation report.
 *
 * @param role the role whose members are asked
 * @param quorum how many different people must approve
 * @param until when the question expires, ISO 8601 in UTC
 * @param artifact sha256 of the export
 * @param report sha256 of the evaluation report
 */
public record ApprovalRequest(String role, int quorum, String until, String artifact, String report) {
    /** Whether both questions are about the same bytes. */
    boolean sameAs(ApprovalRequest other) {
        return artifact.equals(other.artifact) && report.equals(other.report);
    }
}
