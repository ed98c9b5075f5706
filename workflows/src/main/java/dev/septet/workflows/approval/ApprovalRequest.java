package dev.septet.workflows.approval;

/**
 * What people are asked: may this model, of which this report speaks, be published?
 *
 * @param role whose people are asked
 * @param quorum how many different people must agree
 * @param until when the question expires, ISO 8601 in UTC
 * @param artifact sha256 of the export
 * @param report sha256 of the evaluation report
 */
public record ApprovalRequest(String role, int quorum, String until, String artifact, String report) {
    /** Whether it is about the same bytes. */
    boolean sameAs(ApprovalRequest other) {
        return artifact.equals(other.artifact) && report.equals(other.report);
    }
}
