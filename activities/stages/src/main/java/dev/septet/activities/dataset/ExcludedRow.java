package dev.septet.activities.dataset;

/** A row that the pipeline's filters exclude. */
public record ExcludedRow(RowPlace place) implements Reading {}
