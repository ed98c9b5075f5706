package dev.septet.activities.audit.chain;

import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.audit.ErasedEvent;
import dev.septet.activities.audit.ErasureEvent;
import dev.septet.activities.audit.RetentionEvent;
import dev.septet.activities.audit.chain.AuditBreak.Damage;
import dev.septet.workflows.monitor.AuditHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the hash chain from the oldest line to the newest one, and compares its end with the
 * head file beside it. Someone who can write to the folder can forge a chain from some line on; a
 * digest noted elsewhere (see {@link #verify(String)}) reveals that too.
 */
public final class AuditVerifier {
    private static final int TRIES = 10;

    private final Path folder;
    private final LineEncryption encryption;
    private final String pipeline;
    private final @Nullable AuditSeal seal;
    private final Map<Long, AuditHead> noted = new HashMap<>();
    private final Map<Long, String> retained = new HashMap<>();
    private final Map<Long, Unrecorded> unrecorded = new TreeMap<>();
    private long erased;
    private boolean metExpected;
    private String file = "";
    private long lineInFile;
    private long lines;
    private long first;
    private long last;
    private String digest = ChainedLine.NONE_BEFORE;

    /** The verifier of a log with unencrypted lines; for tests. */
    public AuditVerifier(Path folder) {
        this(folder, LineEncryption.none(), "", null);
    }

    public AuditVerifier(Path folder, LineEncryption encryption, String pipeline, @Nullable AuditSeal seal) {
        this.folder = folder;
        this.encryption = encryption;
        this.pipeline = pipeline;
        this.seal = seal;
    }

    /** Verifies the log; reads every line once. */
    public AuditVerdict verify() throws IOException {
        return verify(null);
    }

    /**
     * Verifies the log, and checks that it still contains every line that a monitor has recorded as
     * the log's last line.
     *
     * @param heads heads from the monitor's history
     */
    public AuditVerdict verify(@Nullable String expected, List<AuditHead> heads) throws IOException {
        for (AuditHead head : heads) {
            if (seal != null && !seal.signed(pipeline, head).orElse(true)) {
                return new AuditVerdict(
                        0,
                        0,
                        0,
                        0,
                        digest,
                        0,
                        0,
                        broken(
                                Damage.CHANGED,
                                head.sequence(),
                                String.format(
                                        Locale.ROOT,
                                        "the monitor's history has a head of line %d that this state folder's key did not sign",
                                        head.sequence())));
            }
            noted.put(head.sequence(), head);
        }
        return verify(expected);
    }

    /**
     * Verifies the log, and checks that a line with this digest is still part of the chain.
     *
     * @param expected digest from an earlier verdict; null for none
     */
    public AuditVerdict verify(@Nullable String expected) throws IOException {
        List<Segment> before = Segment.in(folder);
        AuditVerdict verdict = readOnce(expected);
        // A line may have been erased meanwhile, and its record may be in a file that was begun meanwhile.
        for (int tries = 0;
                tries < TRIES && !unrecorded.isEmpty() && !Segment.in(folder).equals(before);
                tries++) {
            before = Segment.in(folder);
            AuditVerifier again = new AuditVerifier(folder, encryption, pipeline, seal);
            again.noted.putAll(noted);
            verdict = again.readOnce(expected);
            if (again.unrecorded.isEmpty()) {
                return verdict;
            }
        }
        return verdict;
    }

    private AuditVerdict readOnce(@Nullable String expected) throws IOException {
        Optional<LogHead> head = LogHead.in(folder); // read before the lines, because lines may be added meanwhile
        List<Segment> segments = Segment.in(folder);
        for (Segment segment : segments) {
            LineScan.requireRegular(segment.file());
        }
        AuditBreak broken = null;
        long torn = 0;
        for (int at = 0; at < segments.size() && broken == null; at++) {
            file = String.valueOf(segments.get(at).file().getFileName());
            lineInFile = 0;
            try (LineScan scan = new LineScan(segments.get(at).file(), 0)) {
                while (broken == null && scan.next()) {
                    lineInFile++;
                    broken = step(scan, expected);
                }
                torn = scan.end() - scan.start();
            }
            boolean newest = at == segments.size() - 1;
            if (broken == null && !newest) {
                long end = segments.get(at).end();
                broken = gap(end, segments.get(at + 1).base());
            }
        }
        if (broken == null) {
            broken = end(head, expected);
        }
        return new AuditVerdict(segments.size(), lines, first, last, digest, broken == null ? torn : 0, erased, broken);
    }

    private @Nullable AuditBreak step(LineScan scan, @Nullable String expected) throws IOException {
        byte[] bytes = scan.line();
        ChainedLine line = bytes == null ? null : encryption.parse(bytes).orElse(null);
        if (line == null) {
            return broken(
                    Damage.CHANGED,
                    lines == 0 ? null : last + 1,
                    LineEncryption.key(bytes == null ? new byte[0] : bytes)
                            .map("the line was changed: the key '%s' does not decrypt it"::formatted)
                            .orElse("the line was changed: its digest does not match its bytes"));
        }
        AuditHead notedHead = noted.get(line.sequence());
        if (notedHead != null && !notedHead.sha256().equals(line.digest())) {
            return broken(
                    Damage.CHANGED,
                    line.sequence(),
                    String.format(
                            Locale.ROOT,
                            "line %d is not the one that the monitor noted in its history",
                            line.sequence()));
        }
        boolean oldest = lines == 0;
        if (!oldest && line.sequence() != last + 1) {
            return line.sequence() <= last
                    ? broken(
                            Damage.REORDERED,
                            line.sequence(),
                            String.format(Locale.ROOT, "line %d comes after line %d", line.sequence(), last))
                    : missing(scan, line);
        }
        if (!oldest && !line.previous().equals(digest)) {
            return broken(
                    Damage.CHANGED,
                    last,
                    String.format(
                            Locale.ROOT,
                            "line %d is not the line whose digest line %d records: it was replaced",
                            last,
                            line.sequence()));
        }
        if (oldest) {
            first = line.sequence();
            retained.put(first - 1, line.previous());
        }
        lines++;
        last = line.sequence();
        digest = line.digest();
        metExpected |= digest.equals(expected);
        AuditEvent event = EventJson.event(line.kind(), line.event()).orElse(null);
        if (event instanceof RetentionEvent retention) {
            allow(retention);
        } else if (event instanceof ErasureEvent erasure) {
            erasure.lines().forEach(this::allow);
        } else if (event instanceof ErasedEvent erasedEvent) {
            erased++;
            unrecorded.put(line.sequence(), new Unrecorded(line, erasedEvent, file, lineInFile));
        }
        return null;
    }

    /** The break when the expected next line comes later in the file, or is gone. */
    private AuditBreak missing(LineScan scan, ChainedLine current) throws IOException {
        long expected = last + 1;
        while (scan.next()) {
            byte[] bytes = scan.line();
            if (bytes != null
                    && encryption
                            .parse(bytes)
                            .filter(line -> line.sequence() == expected)
                            .isPresent()) {
                return broken(
                        Damage.REORDERED,
                        current.sequence(),
                        String.format(Locale.ROOT, "line %d comes before line %d", current.sequence(), expected));
            }
        }
        String lines = current.sequence() == expected + 1
                ? String.format(Locale.ROOT, "line %d is", expected)
                : String.format(Locale.ROOT, "lines %d to %d are", expected, current.sequence() - 1);
        return broken(
                Damage.DELETED,
                expected,
                String.format(Locale.ROOT, "%s missing before line %d", lines, current.sequence()));
    }

    private void allow(RetentionEvent event) {
        if (event.lastDigest().equals(retained.get(event.lastSequence()))) {
            retained.clear();
        }
    }

    private void allow(ErasureEvent.Line line) {
        Unrecorded earlier = unrecorded.get(line.sequence());
        if (earlier != null
                && earlier.line().digest().equals(line.digest())
                && earlier.line().previous().equals(line.previous())
                && earlier.event().equals(line.what())) {
            unrecorded.remove(line.sequence());
        }
    }

    private @Nullable AuditBreak gap(long end, long base) {
        if (end == base) {
            return null;
        }
        return end < base
                ? broken(
                        Damage.TRUNCATED,
                        last + 1,
                        String.format(
                                Locale.ROOT,
                                "%d bytes are missing between the end of this file and the next one",
                                base - end))
                : broken(
                        Damage.CHANGED,
                        last,
                        String.format(
                                Locale.ROOT,
                                "this file has %d bytes more than when the next one was begun",
                                end - base));
    }

    private @Nullable AuditBreak end(Optional<LogHead> head, @Nullable String expected) {
        boolean begins = first <= 1 || retained.isEmpty();
        if (!begins) {
            file = "";
            lineInFile = 0;
            return broken(
                    Damage.DELETED,
                    1L,
                    String.format(
                                    Locale.ROOT,
                                    "the log begins with line %d, and no line in it records that older ones were",
                                    first)
                            + " deleted for their age");
        }
        if (!unrecorded.isEmpty()) {
            var earliest = unrecorded.entrySet().iterator().next();
            file = earliest.getValue().file();
            lineInFile = earliest.getValue().lineInFile();
            return broken(
                    Damage.CHANGED,
                    earliest.getKey(),
                    String.format(
                            Locale.ROOT,
                            "line %d has no content, and no later line records that it was erased",
                            earliest.getKey()));
        }
        if (head.isPresent() && head.get().sequence() > last) {
            return broken(
                    Damage.TRUNCATED,
                    last + 1,
                    String.format(
                            Locale.ROOT,
                            "the log ends with line %d, but line %d had been written",
                            last,
                            head.get().sequence()));
        }
        long max = noted.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
        if (max > last) {
            return broken(
                    Damage.TRUNCATED,
                    last + 1,
                    String.format(
                            Locale.ROOT,
                            "the log ends with line %d, but the monitor noted line %d in its history",
                            last,
                            max));
        }
        if (expected != null && !metExpected) {
            return broken(Damage.CHANGED, null, "no line of the log has the digest %s".formatted(expected));
        }
        return null;
    }

    /** An erased line whose erasure no line has recorded yet. */
    private record Unrecorded(ChainedLine line, ErasedEvent event, String file, long lineInFile) {}

    private AuditBreak broken(Damage damage, @Nullable Long sequence, String what) {
        return new AuditBreak(damage, file, lineInFile, sequence, what);
    }
}
