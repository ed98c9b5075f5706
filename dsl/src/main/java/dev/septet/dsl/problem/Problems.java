package dev.septet.dsl.problem;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the problems of one file. */
public final class Problems {
    /** As many as an author can use; a hostile file could have hundreds of thousands. */
    public static final int MOST = 100;

    private static final Comparator<Problem> BY_PLACE =
            Comparator.comparingInt((Problem p) -> p.location().line())
                    .thenComparingInt(p -> p.location().column());

    private final SourceText source;
    private final List<Problem> found = new ArrayList<>();

    public Problems(SourceText source) {
        this.source = source;
    }

    public SourceText source() {
        return source;
    }

    /** Adds a problem whose message says all there is to say. */
    public void add(ProblemId id, SourceLocation at, String message) {
        add(id, at, message, "");
    }

    /** Adds a problem and what to do about it. */
    public void add(ProblemId id, SourceLocation at, String message, String hint) {
        var problem = new Problem(id, at, message, hint, source.line(at.line()));
        if (found.size() < MOST && !found.contains(problem)) {
            found.add(problem);
        }
    }

    /** How many so far. */
    public int count() {
        return found.size();
    }

    /** In the order of the file. */
    public List<Problem> list() {
        return found.stream().sorted(BY_PLACE).toList();
    }
}
