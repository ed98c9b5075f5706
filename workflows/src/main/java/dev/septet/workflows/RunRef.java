package dev.septet.workflows;

/**
 * Which run a request belongs to.
 *
 * @param pipeline name of the pipeline
 * @param runId Temporal's run id of the pipeline workflow
 * @param folder absolute path of the pipeline file's folder, against which its paths resolve
 * @param specDigest sha256 of the pipeline's spec
 */
public record RunRef(String pipeline, String runId, String folder, String specDigest) {}
