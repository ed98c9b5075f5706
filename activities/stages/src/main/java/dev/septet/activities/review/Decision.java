package dev.septet.activities.review;

/**
 * That a candidate will not be learned as it is.
 *
 * @param id the candidate's
 * @param outcome {@code rejected}, or {@code replaced} by a row that a reviewer wrote
 */
record Decision(String id, String outcome, String by, String time) {}
