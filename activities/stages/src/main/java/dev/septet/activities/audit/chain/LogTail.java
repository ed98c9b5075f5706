package dev.septet.activities.audit.chain;

import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.RepairEvent;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.Sha256;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The end of the log: the file that new lines go to, and the last line of the chain. */
public final class LogTail implements Closeable {
    /** Folder for the bytes of unfinished lines. */
    public static final String TORN = "torn";

    private static final int MAX_TORN_READ = 2 * LineScan.MAX_LINE_BYTES;

    private final Path folder;
    private final LineEncryption lines;
    private final Segment segment;
    private final FileChannel out;
    private final Instant since;
    private long sequence;
    private String digest;
    private long end;
    private boolean uncertain;

    private LogTail(Path folder, LineEncryption lines, Segment segment, Instant since, long sequence, String digest)
            throws IOException {
        this.folder = folder;
        this.lines = lines;
        this.segment = segment;
        this.since = since;
        this.sequence = sequence;
        this.digest = digest;
        out = FileModes.OWNER.open(segment.file(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        end = out.size();
        out.position(end);
    }

    /** The end of the log, and the repair that was needed there. */
    public record Opened(LogTail tail, @Nullable RepairEvent repair) {}

    /** Finds the end of a folder's log. */
    public static Opened open(Path folder, LineEncryption lines, Disk disk, Instant now) throws IOException {
        List<Segment> segments = Segment.in(folder);
        if (segments.isEmpty()) {
            return new Opened(new LogTail(folder, lines, Segment.at(folder, 0), now, 0, ChainedLine.NONE_BEFORE), null);
        }
        Segment last = segments.get(segments.size() - 1);
        RepairEvent repair = repaired(folder, last, disk, now);
        LastLogLine line = LastLogLine.of(segments, lines).orElse(null);
        LogHead head = LogHead.in(folder).orElse(null);
        // Whatever was done to the log, the chain continues from its last valid line. The verifier reports the place.
        long sequence = line != null ? line.line().sequence() : head != null ? head.sequence() : 0;
        String digest = line != null ? line.line().digest() : head != null ? head.sha256() : ChainedLine.NONE_BEFORE;
        Instant since = Files.getLastModifiedTime(last.file()).toInstant();
        return new Opened(new LogTail(folder, lines, last, first(last, lines).orElse(since), sequence, digest), repair);
    }

    public long sequence() {
        return sequence;
    }

    public String digest() {
        return digest;
    }

    /** Whether the next line starts a new file. A clock that was set back never starts one. */
    public boolean full(AuditSettings settings, Instant now) {
        return end > 0 && (end >= settings.segmentBytes() || !now.isBefore(since.plus(settings.segmentAge())));
    }

    /** Starts a new file. */
    public LogTail next(Disk disk, Instant now) throws IOException {
        LogTail next = new LogTail(folder, lines, Segment.at(folder, segment.base() + end), now, sequence, digest);
        disk.sync(folder);
        close();
        return next;
    }

    public void append(byte[] line, Disk disk) throws IOException {
        if (uncertain) {
            restore();
        }
        byte[] stored = lines.stored(sequence + 1, line);
        uncertain = true;
        try {
            disk.append(segment.file(), out, stored);
        } catch (IOException e) {
            restoreQuietly();
            throw e;
        }
        uncertain = false;
        end += stored.length;
        sequence++;
        digest = ChainedLine.digestIn(line);
    }

    public void force() throws IOException {
        out.force(false);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Cuts off the bytes of a failed append. */
    private void restore() throws IOException {
        out.truncate(end);
        out.position(end);
        uncertain = false;
    }

    private void restoreQuietly() {
        try {
            restore();
        } catch (IOException stillUncertain) {
            // The next append tries again before it writes; until then the line has no line end.
        }
    }

    private static @Nullable RepairEvent repaired(Path folder, Segment last, Disk disk, Instant now)
            throws IOException {
        long whole;
        try (LineScan scan = new LineScan(last.file(), 0)) {
            while (scan.next()) {
                // to the end
            }
            whole = scan.start();
        }
        long torn = Files.size(last.file()) - whole;
        if (torn == 0) {
            return null;
        }
        byte[] bytes = read(last.file(), whole, (int) Math.min(torn, MAX_TORN_READ));
        disk.folder(folder.resolve(TORN));
        disk.write(folder.resolve(TORN).resolve((last.base() + whole) + ".bin"), bytes);
        try (FileChannel channel = FileChannel.open(last.file(), StandardOpenOption.WRITE)) {
            channel.truncate(whole);
            channel.force(true);
        }
        return new RepairEvent(now, torn, Sha256.of(bytes));
    }

    private static byte[] read(Path file, long from, int count) throws IOException {
        try (var in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            return Arrays.copyOf(in.readNBytes(count), count);
        }
    }

    private static Optional<Instant> first(Segment segment, LineEncryption lines) throws IOException {
        try (LineScan scan = new LineScan(segment.file(), 0)) {
            byte[] line = scan.next() ? scan.line() : null;
            Optional<ChainedLine> first = line == null ? Optional.empty() : lines.parse(line);
            return first.flatMap(one -> EventJson.event(one.kind(), one.event()))
                    .map(AuditEvent::time);
        }
    }
}
