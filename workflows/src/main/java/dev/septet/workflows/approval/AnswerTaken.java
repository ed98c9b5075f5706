package dev.septet.workflows.approval;

/**
 * The result of an answer.
 *
 * @param state the state of the question
 * @param approvals how many different people have approved
 * @param quorum how many people must approve
 * @param message all of this in a sentence
 */
public record AnswerTaken(ApprovalStatus.State state, int approvals, int quorum, String message) {}
