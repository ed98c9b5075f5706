package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The run that a request belongs to.
 *
 * @param pipeline name of the pipeline
 * @param runId Temporal's run id of the pipeline workflow
 * @param folder absolute path of the pipeline file's folder, against which its paths resolve
 * @param specDigest sha256 of the pipeline's spec
 * @param searchable names of the search attributes that the run's server knows
 * @param anewFrom word of the first stage that must compute its results again; null = all stages may reuse results
 * @param ticket proof that a worker read this run's file from its catalogue; null in runs that earlier versions started
 * @param sharedStore whether several machines may share the run's store; work on the pipeline's files then runs on the
 *     pipeline's host
 * @param team the team to which the run's use is counted; null where the operator of the workers counts no use
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunRef(
        String pipeline,
        String runId,
        String folder,
        String specDigest,
        List<String> searchable,
        @Nullable String anewFrom,
        @Nullable String ticket,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean sharedStore,
        @Nullable String team) {
    @SuppressWarnings("NullAway") // lenient reader: a property absent in JSON is null here
    public RunRef {
        searchable = searchable == null ? List.of() : List.copyOf(searchable);
    }

    /** A reference without a ticket. */
    public RunRef(
            String pipeline,
            String runId,
            String folder,
            String specDigest,
            List<String> searchable,
            @Nullable String anewFrom) {
        this(pipeline, runId, folder, specDigest, searchable, anewFrom, null, false, null);
    }

    /** The same run with its ticket. */
    public RunRef withTicket(String ticket) {
        return new RunRef(pipeline, runId, folder, specDigest, searchable, anewFrom, ticket, sharedStore, team);
    }

    /** The same run, whose store several machines may share. */
    public RunRef withSharedStore() {
        return new RunRef(pipeline, runId, folder, specDigest, searchable, anewFrom, ticket, true, team);
    }

    /** The same run, whose use is counted to a team. */
    public RunRef withTeam(String team) {
        return new RunRef(pipeline, runId, folder, specDigest, searchable, anewFrom, ticket, sharedStore, team);
    }

    /**
     * Whether a message comes from this run. A run of an earlier version has no ticket, so it accepts every message.
     */
    public boolean sent(@Nullable String messageTicket) {
        return ticket == null || ticket.equals(messageTicket);
    }

    /** A run on a server that knows none of Septet's search attributes. */
    public RunRef(String pipeline, String runId, String folder, String specDigest) {
        this(pipeline, runId, folder, specDigest, List.of(), null);
    }

    /**
     * Whether this run must compute a stage's results itself, even if an earlier run finished them.
     *
     * @param stage the stage's word
     */
    public boolean reruns(String stage) {
        Stage from = Stage.of(anewFrom);
        Stage requested = Stage.of(stage);
        return from != null && requested != null && requested.compareTo(from) >= 0;
    }
}
