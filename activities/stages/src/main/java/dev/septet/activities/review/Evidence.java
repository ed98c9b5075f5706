package dev.septet.activities.review;

/**
 * Where a row comes from: two lines of the audit log, by their digests.
 *
 * @param answer id of the answer that was judged
 * @param answerLine sha256 of the answer's line
 * @param feedback id of the feedback
 * @param feedbackLine sha256 of the feedback's line
 * @param version which version of the model answered
 * @param time when the feedback came, ISO 8601
 */
public record Evidence(
        String answer, String answerLine, String feedback, String feedbackLine, String version, String time) {}
