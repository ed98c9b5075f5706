package dev.septet.activities.review;

/**
 * The origin of a row: two lines of the audit log, by their digests.
 *
 * @param answer id of the answer
 * @param answerLine sha256 of the answer's line
 * @param feedback id of the feedback
 * @param feedbackLine sha256 of the feedback's line
 * @param version version of the model that answered
 * @param time time of the feedback, ISO 8601
 */
public record Evidence(
        String answer, String answerLine, String feedback, String feedbackLine, String version, String time) {}
