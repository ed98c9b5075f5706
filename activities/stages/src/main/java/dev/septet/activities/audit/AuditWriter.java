package dev.septet.activities.audit;

import dev.septet.activities.audit.chain.AuditException;
import dev.septet.activities.audit.chain.ChainedLine;
import dev.septet.activities.audit.chain.LineEncryption;
import dev.septet.activities.audit.chain.LogErasureOrder;
import dev.septet.activities.audit.chain.LogHead;
import dev.septet.activities.audit.chain.LogInUseException;
import dev.septet.activities.audit.chain.LogRetention;
import dev.septet.activities.audit.chain.LogTail;
import dev.septet.activities.audit.chain.Segment;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.time.SteadyClock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to an audit log. A log has one writer at a time: a second writer is refused while the
 * first one is open, in this process or another. Any number of threads may append.
 *
 * <p>The log stays intact whatever interrupts an append. Bytes of an unfinished line are cut off
 * again. Bytes that a killed process left are moved beside the log at the next opening, and a
 * {@link RepairEvent} records that.
 */
public final class AuditWriter implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditWriter.class);

    private static final String COPY = ".new";

    /** Seconds after which a failed erasure is tried again. */
    private static final int RESTS = 60;

    /** The longest that the end waits for a file that is replaced. */
    private static final long PATIENCE_SECONDS = 30;

    /** Time in which an operator notices a wrong clock. */
    private static final Duration CLOCK_IS_TRUSTED = Duration.ofDays(1);

    private final Path folder;
    private final LineEncryption lines;
    private final AuditSettings settings;
    private final Clock clock;
    private final SteadyClock ages;
    private final boolean silent;
    private final Disk disk;
    private final AuditRedaction redaction;
    private final FileChannel lock;
    private final ScheduledExecutorService syncing;
    private final @Nullable Future<?> everySecond;
    private final Future<?> erasing;
    private final Future<?> retaining;
    private LogTail tail;
    private @Nullable LogHead forced;
    private final Object erasure = new Object();
    private int erasureRests;
    private volatile boolean closing;

    /** Opens a log with unencrypted lines; for tests. */
    public static AuditWriter open(Path folder, AuditSettings settings) throws IOException {
        return open(folder, settings, LineEncryption.none());
    }

    /**
     * Opens a folder; creates it when it does not exist.
     *
     * @param lines encrypts the lines when keys are configured
     * @throws AuditException when another writer has it open
     */
    public static AuditWriter open(Path folder, AuditSettings settings, LineEncryption lines) throws IOException {
        return open(folder, settings, lines, Clock.systemUTC(), SteadyClock.system(), new Disk());
    }

    /**
     * Opens a log only to delete what is too old, by {@link #rotateAndRetain}.
     *
     * @param clock a clock that the caller has compared with another one: a log whose newest line is too old is no doubt about it
     */
    static AuditWriter forRetention(Path folder, AuditSettings settings, LineEncryption lines, Clock clock)
            throws IOException {
        SteadyClock ages = new SteadyClock(clock, System::nanoTime);
        return open(folder, settings, lines, clock, ages, new Disk(), true);
    }

    /** Opens a log with a test's clock and disk. */
    public static AuditWriter open(Path folder, AuditSettings settings, Clock clock, Disk disk) throws IOException {
        SteadyClock ages = new SteadyClock(
                clock, () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos());
        return open(folder, settings, LineEncryption.none(), clock, ages, disk);
    }

    /** Opens a log with a test's clocks. */
    static AuditWriter open(Path folder, AuditSettings settings, Clock clock, SteadyClock ages) throws IOException {
        return open(folder, settings, LineEncryption.none(), clock, ages, new Disk());
    }

    private static AuditWriter open(
            Path folder, AuditSettings settings, LineEncryption lines, Clock clock, SteadyClock ages, Disk disk)
            throws IOException {
        return open(folder, settings, lines, clock, ages, disk, false);
    }

    private static AuditWriter open(
            Path folder,
            AuditSettings settings,
            LineEncryption lines,
            Clock clock,
            SteadyClock ages,
            Disk disk,
            boolean onlyRetains)
            throws IOException {
        disk.folder(folder);
        FileChannel lock = locked(folder);
        try {
            return new AuditWriter(folder, settings, lines, clock, ages, disk, lock, onlyRetains);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private AuditWriter(
            Path folder,
            AuditSettings settings,
            LineEncryption lines,
            Clock clock,
            SteadyClock ages,
            Disk disk,
            FileChannel lock,
            boolean onlyRetains)
            throws IOException {
        this.folder = folder;
        this.lines = lines;
        this.settings = settings;
        this.clock = clock;
        this.ages = ages;
        this.disk = disk;
        this.lock = lock;
        redaction = new AuditRedaction(settings);
        silent = !onlyRetains && isSilent();
        removeCopies();
        LogTail.Opened opened = LogTail.open(folder, lines, disk, clock.instant());
        tail = opened.tail();
        if (opened.repair() != null) {
            RepairEvent repair = opened.repair();
            LOG.warn(
                    "{}: the last line was torn by a crash; its {} bytes are in {} now",
                    folder,
                    repair.bytes(),
                    folder.resolve(LogTail.TORN));
            write(repair);
        }
        // Two threads: an erasure reads the whole log, and must not delay a sync.
        syncing = Executors.newScheduledThreadPool(2, work -> {
            Thread thread = new Thread(work, "septet-audit");
            thread.setDaemon(true);
            return thread;
        });
        if (!onlyRetains) { // a line about the deletion in the newest file would keep that file for another period
            retain();
        }
        eraseOrLog();
        erasing = syncing.scheduleWithFixedDelay(this::eraseOrLog, 1, 1, TimeUnit.SECONDS);
        retaining = syncing.scheduleWithFixedDelay(this::retainOrLog, 1, 1, TimeUnit.HOURS);
        everySecond = settings.sync() == AuditSettings.Sync.EVERY_FILE
                ? null
                : syncing.scheduleWithFixedDelay(this::syncOrLog, 1, 1, TimeUnit.SECONDS);
    }

    /**
     * Appends one line.
     *
     * @return the line's digest, with which a training row can name its source
     * @throws dev.septet.activities.store.DiskFullException when the disk is full; the log is
     *     unchanged, and the next append may succeed
     */
    public String append(AuditEvent event) throws IOException {
        return append(redacted(event));
    }

    /**
     * An event as it will be written: redacted and cut to the length limits. The slow part of an
     * append happens here; any number of threads may call it.
     */
    public Redacted redacted(AuditEvent event) {
        return new Redacted(redaction.drawn(event));
    }

    /**
     * An answer event whose question was {@link #redacted(AuditedQuestion) redacted} before the
     * answer was finished.
     */
    public Redacted redacted(AnswerEvent event, AuditedQuestion question) {
        return new Redacted(redaction.answer(event, question));
    }

    /** A question as it will be written. */
    public AuditedQuestion redacted(AuditedQuestion question) {
        return redaction.question(question);
    }

    /** A redacted event, ready to be written. */
    public static final class Redacted {
        private final AuditEvent event;

        private Redacted(AuditEvent event) {
            this.event = event;
        }
    }

    /** Appends one line, as {@link #append(AuditEvent)} does. */
    public synchronized String append(Redacted event) throws IOException {
        if (!lock.isOpen()) {
            throw new AuditException("%s: this audit log was closed".formatted(folder));
        }
        rotateIfFull();
        write(event.event);
        if (settings.sync() == AuditSettings.Sync.EVERY_LINE) {
            tail.force();
        }
        return tail.digest();
    }

    private void rotateIfFull() throws IOException {
        if (tail.full(settings, clock.instant())) {
            sync();
            tail = tail.next(disk, clock.instant());
            retain();
        }
    }

    /** Deletes lines for their age, also in a log that gets no new lines. */
    synchronized void rotateAndRetain() throws IOException {
        if (lock.isOpen() && settings.keep() != null) {
            rotateIfFull();
            retain();
        }
    }

    private void retainOrLog() {
        try {
            rotateAndRetain();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: cannot delete old lines of the audit log: {}", folder, e.getMessage());
        }
    }

    /** Forces everything to the device. */
    public synchronized void sync() throws IOException {
        LogHead head = new LogHead(tail.sequence(), tail.digest());
        if (tail.sequence() > 0 && !head.equals(forced)) {
            tail.force(); // before the head, which must never be ahead of the lines
            head.write(folder, disk);
            forced = head;
        }
    }

    @Override
    public void close() throws IOException {
        if (everySecond != null) {
            everySecond.cancel(false);
        }
        closing = true;
        erasing.cancel(false);
        retaining.cancel(false);
        syncing.shutdown();
        try {
            syncing.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            if (lock.isOpen()) {
                try {
                    sync();
                } finally {
                    tail.close();
                    lock.close();
                }
            }
        }
    }

    private void write(AuditEvent event) throws IOException {
        tail.append(ChainedLine.bytes(tail.sequence() + 1, tail.digest(), event), disk);
    }

    /**
     * Deletes files whose lines are all older than the retention time, after a line records the
     * deletion. A jump of the clock does not count. If even the newest line is too old, the clock may have jumped before this
     * process began, so nothing is deleted in its first day.
     */
    private void retain() throws IOException {
        Duration keep = settings.keep();
        if (keep == null) {
            return;
        }
        Instant before = ages.instant().minus(keep);
        if (silent && ages.elapsed().compareTo(CLOCK_IS_TRUSTED) < 0) {
            return;
        }
        var expired = LogRetention.expired(folder, before, lines);
        if (expired.isPresent()) {
            write(expired.get().event(clock.instant()));
            sync();
            for (Segment segment : expired.get().segments()) {
                disk.remove(segment.file());
            }
        }
        removeTorn(before);
    }

    /** Deletes old ends of lines that crashes left. */
    private void removeTorn(Instant before) throws IOException {
        Path torn = folder.resolve(LogTail.TORN);
        if (!Files.isDirectory(torn)) {
            return;
        }
        try (DirectoryStream<Path> ends = Files.newDirectoryStream(torn)) {
            for (Path end : ends) {
                if (Files.getLastModifiedTime(end).toInstant().isBefore(before)) {
                    disk.remove(end);
                }
            }
        }
    }

    /** Whether even the newest line is older than the retention, by this machine's clock. */
    private boolean isSilent() throws IOException {
        Duration keep = settings.keep();
        if (keep == null) {
            return false;
        }
        Optional<Instant> newest = LogRetention.newest(folder, lines);
        if (newest.isEmpty() || !newest.get().isBefore(ages.instant().minus(keep))) {
            return false;
        }
        LOG.warn(
                "{}: even the newest line, of {}, is older than the retention of {} days. If this machine's clock is right, old files are deleted after this process has run for a day; if not, set the clock. `septet doctor` compares it",
                folder,
                newest.get(),
                keep.toDays());
        return true;
    }

    /** Carries out an order of {@code septet audit erase}, if there is one. */
    private void eraseOrLog() {
        if (erasureRests > 0) {
            erasureRests--;
            return;
        }
        try {
            Optional<LogErasureOrder> order = LogErasureOrder.in(folder);
            if (order.isPresent()) {
                erase(order.get());
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: cannot erase lines of the audit log; it is tried again: {}", folder, e.getMessage());
            erasureRests = RESTS;
        }
    }

    /**
     * Erases the content of lines now.
     *
     * @throws AuditException when an earlier order is there and cannot be carried out
     */
    void eraseNow(LogErasureOrder order) throws IOException {
        Optional<LogErasureOrder> earlier = LogErasureOrder.in(folder);
        if (earlier.isPresent()) {
            erase(earlier.get());
        }
        if (!order.give(folder)) {
            throw new AuditException("%s: another command gives an order now; give yours again".formatted(folder));
        }
        erase(order);
    }

    /**
     * Records which lines are erased, replaces them in their files, and removes the order. After a
     * crash, the next call does what is left.
     */
    private void erase(LogErasureOrder order) throws IOException {
        synchronized (erasure) {
            LogErasureOrder.Left left = order.left(folder, lines);
            synchronized (this) {
                if (!lock.isOpen()) {
                    return; // the next writer carries out the order
                }
                if (left.content() > 0) {
                    sync();
                    if (!left.unrecorded().isEmpty()
                            || !order.erased(newest(), lines).isEmpty()) {
                        tail = tail.next(disk, clock.instant()); // nothing is appended to a file that is replaced
                    }
                    for (List<ErasureEvent.Line> some : LogErasureOrder.events(left.unrecorded())) {
                        write(new ErasureEvent(clock.instant(), order.reason(), some));
                    }
                    sync();
                }
            }
            List<Segment> segments = Segment.in(folder);
            for (Segment segment : segments.subList(0, Math.max(0, segments.size() - 1))) {
                replace(segment, order);
            }
            synchronized (this) {
                if (closing || !lock.isOpen()) {
                    return; // files may be left; the next writer replaces them
                }
                if (LogErasureOrder.in(folder).filter(order::equals).isPresent()) { // else another command's
                    disk.remove(LogErasureOrder.file(folder));
                }
            }
            LOG.info("{}: the content of {} lines was erased", folder, left.content());
        }
    }

    private Segment newest() throws IOException {
        List<Segment> segments = Segment.in(folder);
        return segments.get(segments.size() - 1);
    }

    private void replace(Segment segment, LogErasureOrder order) throws IOException {
        if (closing) {
            return;
        }
        Path coming = folder.resolve(segment.file().getFileName() + COPY);
        try {
            Optional<byte[]> erased = order.erased(segment, lines);
            if (erased.isEmpty()) {
                return;
            }
            disk.write(coming, erased.get());
        } catch (NoSuchFileException expired) {
            return; // retention deleted the file
        }
        synchronized (this) { // retention deletes files under this lock; a move would bring one back
            if (lock.isOpen() && Files.exists(segment.file())) {
                disk.move(coming, segment.file());
            }
        }
        disk.remove(coming);
    }

    /** Removes copies that a killed erasure left. */
    private void removeCopies() throws IOException {
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(folder, "audit-*" + COPY)) {
            for (Path copy : copies) {
                disk.remove(copy);
            }
        }
    }

    private void syncOrLog() {
        try {
            sync();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: cannot force the audit log to disk: {}", folder, e.getMessage());
        }
    }

    private static FileChannel locked(Path folder) throws IOException {
        FileChannel channel = FileModes.OWNER.open(
                folder.resolve("writer.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException sameProcess) {
            // reported below
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new LogInUseException(
                ("%s: another process is writing this audit log; stop it, or give this one a" + " separate folder")
                        .formatted(folder));
    }
}
