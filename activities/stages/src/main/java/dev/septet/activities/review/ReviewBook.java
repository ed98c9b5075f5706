package dev.septet.activities.review;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.FileModes;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One pipeline's decisions, open for additions. Each decision is on the device before it is
 * reported. An incomplete decision after a crash is cut off, because it was never reported.
 */
public final class ReviewBook implements Closeable {
    static final String DECISIONS = "decisions.jsonl";

    private final Path folder;
    private final FileChannel lock;
    private final Disk disk = new Disk();
    private final Set<String> accepted = new HashSet<>();
    private final Set<String> declined = new HashSet<>();
    private final Map<String, String> questions = new HashMap<>();

    private ReviewBook(Path folder, FileChannel lock) throws IOException {
        this.folder = folder;
        this.lock = lock;
        Path rows = folder.resolve(ReviewedRows.ROWS);
        repair(rows);
        repair(folder.resolve(DECISIONS));
        List<String> lines = ReviewedRows.lines(rows);
        for (int at = 0; at < lines.size(); at++) {
            ReviewedRow row = ReviewedRow.read(lines.get(at)).orElseThrow(damaged(rows, at + 1));
            accepted.add(row.id());
            questions.put(row.question(), row.id());
        }
        for (String line : ReviewedRows.lines(folder.resolve(DECISIONS))) {
            declined.add(decision(line).id());
        }
    }

    static ReviewBook open(Path folder) throws IOException {
        new Disk().folder(folder);
        FileChannel lock = FileModes.OWNER.open(
                folder.resolve("review.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() == null) {
                throw inUse(folder);
            }
            return new ReviewBook(folder, lock);
        } catch (OverlappingFileLockException sameProcess) {
            lock.close();
            throw inUse(folder);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Whether the candidate is undecided. */
    public boolean pending(ReviewCandidate candidate) {
        String id = candidate.id();
        return !accepted.contains(id) && !declined.contains(id);
    }

    /** Number of rows accepted so far. */
    public int rows() {
        return accepted.size();
    }

    /**
     * Adds the row, unless it was added already.
     *
     * @return whether it was added
     * @throws ReviewProblem when another answer to the same question was accepted: a model cannot
     *     learn both
     */
    public boolean accept(ReviewCandidate candidate, String by, Clock clock) throws IOException {
        if (accepted.contains(candidate.id())) {
            return false;
        }
        String other = questions.get(candidate.question());
        if (other != null) {
            throw new ReviewProblem("%s contradicts row %s, which gives another answer to the same question; reject it"
                    .formatted(shortened(candidate.id()), shortened(other)));
        }
        ReviewedRow row = ReviewedRow.of(candidate, by, time(clock));
        append(ReviewedRows.ROWS, row.line(candidate));
        accepted.add(row.id());
        questions.put(row.question(), row.id());
        return true;
    }

    /** Rejects the candidate permanently. */
    public void reject(ReviewCandidate candidate, String by, Clock clock) throws IOException {
        decline(candidate, "rejected", by, clock);
    }

    /** Accepts the question with another answer, and marks the candidate as replaced. */
    public ReviewCandidate replace(ReviewCandidate candidate, String answer, String by, Clock clock)
            throws IOException {
        ReviewCandidate edited = candidate.edited(answer);
        accept(edited, by, clock);
        if (!edited.id().equals(candidate.id())) {
            decline(candidate, "replaced", by, clock);
        }
        return edited;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    /** The short form of an id that people type. */
    public static String shortened(String id) {
        return id.substring(0, 12);
    }

    private void decline(ReviewCandidate candidate, String outcome, String by, Clock clock) throws IOException {
        if (declined.add(candidate.id())) {
            Decision decision = new Decision(candidate.id(), outcome, by, time(clock));
            append(DECISIONS, SpecJson.mapper().writeValueAsString(decision));
        }
    }

    private void append(String name, String line) throws IOException {
        Path file = folder.resolve(name);
        boolean isNew = !Files.exists(file);
        try (FileChannel out = FileModes.OWNER.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.position(out.size());
            disk.append(file, out, (line + "\n").getBytes(StandardCharsets.UTF_8));
            out.force(true);
        }
        if (isNew) {
            disk.sync(folder);
        }
    }

    private static String time(Clock clock) {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Cuts off the bytes after the last whole line. */
    private static void repair(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        byte[] bytes = Files.readAllBytes(file);
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != '\n') {
            whole--;
        }
        if (whole < bytes.length) {
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
                out.truncate(whole);
                out.force(true);
            }
        }
    }

    static Decision decision(String line) throws ReviewProblem {
        try {
            return SpecJson.mapper().readValue(line, Decision.class);
        } catch (JsonProcessingException e) {
            throw new ReviewProblem(
                    "a line of decisions.jsonl is not a decision; restore the file, or delete this line: "
                            + e.getMessage());
        }
    }

    private static java.util.function.Supplier<ReviewProblem> damaged(Path file, int line) {
        return () -> new ReviewProblem(String.format(
                Locale.ROOT, "%s:%d: is not a reviewed row; restore the file, or delete this line", file, line));
    }

    private static ReviewProblem inUse(Path folder) {
        return new ReviewProblem("%s: another review is in progress; wait until it has ended".formatted(folder));
    }
}
