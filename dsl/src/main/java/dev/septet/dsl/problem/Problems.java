package dev.septet.dsl.problem;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Collects the problems of one file and of the files that it includes. */
public final class Problems {
    /** The largest number of problems to report. A hostile file could have hundreds of thousands. */
    public static final int MAX = 100;

    private final Comparator<Problem> byPlace = Comparator.comparingInt(
                    (Problem p) -> fileOrder(p.location().file()))
            .thenComparingInt(p -> p.location().line())
            .thenComparingInt(p -> p.location().column());

    private final SourceText source;
    private final List<SourceText> included = new ArrayList<>();
    private final List<Problem> found = new ArrayList<>();
    private final List<Problem> remarks = new ArrayList<>();

    public Problems(SourceText source) {
        this.source = source;
    }

    public SourceText source() {
        return source;
    }

    /** Adds a problem without a hint. */
    public void add(ProblemId id, SourceLocation at, String message) {
        add(id, at, message, "");
    }

    /** Adds a problem, with a hint what to do about it. */
    public void add(ProblemId id, SourceLocation at, String message, String hint) {
        var problem = new Problem(id, at, message, hint, sourceOf(at).line(at.line()));
        List<Problem> kind = id.isRemark() ? remarks : found;
        if (kind.size() < MAX && !kind.contains(problem)) {
            kind.add(problem);
        }
    }

    /** Adds the problems of an included file; more may be found in that file later. */
    public void addAll(Problems other) {
        included.add(other.source());
        Stream.concat(other.list().stream(), other.remarks().stream())
                .forEach(p -> add(p.id(), p.location(), p.message(), p.hint()));
    }

    /** The text at a location within one line, of this file or of an included one. */
    public String excerpt(SourceLocation at) {
        return sourceOf(at).excerpt(at);
    }

    private SourceText sourceOf(SourceLocation at) {
        return included.stream()
                .filter(text -> text.file().equals(at.file()))
                .findFirst()
                .orElse(source);
    }

    private int fileOrder(String file) {
        for (int i = 0; i < included.size(); i++) {
            if (included.get(i).file().equals(file) && !file.equals(source.file())) {
                return i + 1;
            }
        }
        return 0;
    }

    /** The number of problems so far, without remarks. */
    public int count() {
        return found.size();
    }

    /** The problems in the order of the file, then those of the included files. */
    public List<Problem> list() {
        return found.stream().sorted(byPlace).toList();
    }

    /** The remarks: notes for the author about a valid file, in the order of the file. */
    public List<Problem> remarks() {
        return remarks.stream().sorted(byPlace).toList();
    }
}
