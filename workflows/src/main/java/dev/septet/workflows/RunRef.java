package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Which run a request belongs to.
 *
 * @param pipeline name of the pipeline
 * @param runId Temporal's run id of the pipeline workflow
 * @param folder absolute path of the pipeline file's folder, against which its paths resolve
 * @param specDigest sha256 of the pipeline's spec
 * @param searchable names of the search attributes that the run's server knows
 * @param anewFrom word of the stage from which on nothing finished is reused; null = all may be
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunRef(
        String pipeline,
        String runId,
        String folder,
        String specDigest,
        List<String> searchable,
        @Nullable String anewFrom) {
    @SuppressWarnings("NullAway") // a tolerant reader: absent in JSON is null here
    public RunRef {
        searchable = searchable == null ? List.of() : List.copyOf(searchable);
    }

    /** On a server that knows none of Septet's search attributes. */
    public RunRef(String pipeline, String runId, String folder, String specDigest) {
        this(pipeline, runId, folder, specDigest, List.of(), null);
    }

    /**
     * Whether this run makes a stage's results itself, even where an earlier run finished them.
     *
     * @param stage the stage's word
     */
    public boolean anew(String stage) {
        boolean behind = false;
        for (Stage known : Stage.values()) {
            behind |= known.word().equals(anewFrom);
            if (known.word().equals(stage)) {
                return behind;
            }
        }
        return false;
    }
}
