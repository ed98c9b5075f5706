package dev.septet.activities.dataset;

/** A row that the pipeline does not want. */
public record LeftOut(Place place) implements Reading {}
