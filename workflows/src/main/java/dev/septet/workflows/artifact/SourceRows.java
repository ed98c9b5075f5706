package dev.septet.workflows.artifact;

/**
 * Rows that another pipeline prepared for this one.
 *
 * @param pipeline the other pipeline's name
 * @param specDigest sha256 of its spec at that time
 * @param dataset the dataset that it prepared
 */
public record SourceRows(String pipeline, String specDigest, DatasetRef dataset) {}
