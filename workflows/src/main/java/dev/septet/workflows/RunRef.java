package dev.septet.workflows;

import java.util.List;

/**
 * Which run a request belongs to.
 *
 * @param pipeline name of the pipeline
 * @param runId Temporal's run id of the pipeline workflow
 * @param folder absolute path of the pipeline file's folder, against which its paths resolve
 * @param specDigest sha256 of the pipeline's spec
 * @param searchable names of the search attributes that the run's server knows
 */
public record RunRef(
        String pipeline, String runId, String folder, String specDigest, List<String> searchable) {
    @SuppressWarnings("NullAway") // a tolerant reader: absent in JSON is null here
    public RunRef {
        searchable = searchable == null ? List.of() : List.copyOf(searchable);
    }

    /** On a server that knows none of Septet's search attributes. */
    public RunRef(String pipeline, String runId, String folder, String specDigest) {
        this(pipeline, runId, folder, specDigest, List.of());
    }
}
