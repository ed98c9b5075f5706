package dev.septet.activities.evaluate.report;

/** A line of a summary: what is told, and what it is. */
public record SummaryLine(String name, String value) {}
