package dev.septet.activities.evaluate.report;

/** A line of a summary: a name and its value. */
public record SummaryLine(String name, String value) {}
