package dev.septet.activities.review;

/**
 * The decision that a candidate is not used as it is.
 *
 * @param id id of the candidate
 * @param outcome {@code rejected}, or {@code replaced} by a row that a reviewer wrote
 */
record Decision(String id, String outcome, String by, String time) {}
