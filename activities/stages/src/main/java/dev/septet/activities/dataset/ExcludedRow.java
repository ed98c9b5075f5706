package dev.septet.activities.dataset;

/** A row that the pipeline does not want. */
public record ExcludedRow(RowPlace place) implements Reading {}
