package dev.septet.activities.deploy;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The moves of a pipeline's alias, oldest first.
 *
 * @param targets folders that hold the alias
 * @param former folders that held it before the pipeline's file named other ones, and keep their versions; null in a record of
 *     an earlier version
 */
public record AliasHistory(
        List<Target> targets,
        List<Move> moves,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Target> former) {
    /** Number of moves that are kept. */
    static final int MAX = 100;

    /** Why an alias moved. */
    public enum Reason {
        PUBLISH,
        PROMOTE,
        ROLL_BACK
    }

    /**
     * A place that a model was published to.
     *
     * @param type the target's name in the pipeline language
     * @param folder absolute path, or {@code s3://bucket/prefix}
     * @param endpoint URL of the bucket's server; null for the one in the environment variables
     * @param region region of the bucket; null for the one in the environment variables
     * @param server name of a vLLM server in the operator's file that loads the adapter; null for none
     * @param name the adapter's name at the server; null without a server
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Target(
            String type,
            String folder,
            @Nullable String endpoint,
            @Nullable String region,
            @Nullable String server,
            @Nullable String name) {
        public Target(String type, String folder) {
            this(type, folder, null, null);
        }

        public Target(String type, String folder, @Nullable String endpoint, @Nullable String region) {
            this(type, folder, endpoint, region, null, null);
        }
    }

    /**
     * One move of the alias.
     *
     * @param sha256 digest of the new export
     * @param previous digest of the previous export, null for the first
     * @param runId run that published the new export, empty when a person moved the alias
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Move(String sha256, @Nullable String previous, Reason reason, String runId) {}

    public AliasHistory {
        targets = List.copyOf(targets);
        moves = List.copyOf(moves);
        former = former == null ? List.of() : List.copyOf(former);
    }

    /** No model was published. */
    public static final AliasHistory EMPTY = new AliasHistory(List.of(), List.of(), List.of());

    /** The last move; null before the first. */
    public @Nullable Move last() {
        return moves.isEmpty() ? null : moves.get(moves.size() - 1);
    }

    /** Digest of the export that the alias points at; null before the first. */
    public @Nullable String current() {
        Move last = last();
        return last == null ? null : last.sha256();
    }

    /**
     * Digest of the export that was live before the present one, without exports that were rolled
     * back. Repeated rollbacks therefore go further back each time. Null when there is none.
     */
    public @Nullable String before() {
        List<String> live = new ArrayList<>();
        for (Move move : moves) {
            String previous = move.previous();
            if (live.isEmpty() && previous != null) {
                live.add(previous); // older moves are no longer kept
            }
            int back = live.lastIndexOf(move.sha256());
            if (move.reason() == Reason.ROLL_BACK && back >= 0) {
                live.subList(back + 1, live.size()).clear();
            } else {
                live.add(move.sha256());
            }
        }
        return live.size() < 2 ? null : live.get(live.size() - 2);
    }

    /** This history with one more move; {@code to} replaces the targets. */
    AliasHistory moved(List<Target> to, String sha256, Reason reason, String runId) {
        List<Move> more = new ArrayList<>(moves);
        more.add(new Move(sha256, current(), reason, runId));
        return new AliasHistory(to, more.subList(Math.max(0, more.size() - MAX), more.size()), left(to));
    }

    /** All folders with versions: the present ones, then the former ones. */
    public List<Target> places() {
        List<Target> all = new ArrayList<>(targets);
        all.addAll(former);
        return all;
    }

    /** The former folders after the pipeline moves to these. */
    private List<Target> left(List<Target> to) {
        List<Target> left = new ArrayList<>();
        for (Target place : places()) {
            if (Stream.concat(to.stream(), left.stream())
                    .noneMatch(other -> other.folder().equals(place.folder()))) {
                left.add(place);
            }
        }
        return left.subList(Math.max(0, left.size() - MAX), left.size());
    }
}
