package dev.septet.workflows.approval;

/**
 * What became of an answer.
 *
 * @param state how the question stands with it
 * @param approvals how many different people have agreed
 * @param quorum how many must
 * @param message all of it in a sentence
 */
public record AnswerTaken(ApprovalStatus.State state, int approvals, int quorum, String message) {}
