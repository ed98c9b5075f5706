package dev.septet.activities.audit;

import dev.septet.activities.audit.chain.AuditException;
import dev.septet.activities.audit.chain.AuditSeal;
import dev.septet.activities.audit.chain.AuditVerifier;
import dev.septet.activities.audit.chain.ErasedLine;
import dev.septet.activities.audit.chain.LineEncryption;
import dev.septet.activities.audit.chain.LineScan;
import dev.septet.activities.audit.chain.LogErasureOrder;
import dev.septet.activities.audit.chain.LogHead;
import dev.septet.activities.audit.chain.LogInUseException;
import dev.septet.activities.audit.chain.LogRetention;
import dev.septet.activities.audit.chain.Segment;
import dev.septet.activities.encryption.AtRestCount;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.workflows.monitor.AuditHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The audit logs of a machine. Each served pipeline has a folder with the pipeline's name, which
 * consists of letters, digits and {@code -}.
 *
 * @param root the folder that holds these folders
 * @param encryption encrypts and decrypts the lines
 */
public record AuditLogs(Path root, AtRestEncryption encryption) {
    /**
     * What a retention did.
     *
     * @param shortened pipelines whose logs have lost their old lines
     * @param failed a sentence for each log that could not be read or changed
     */
    public record RetainedLogs(List<String> shortened, List<String> failed) {
        public RetainedLogs {
            shortened = List.copyOf(shortened);
            failed = List.copyOf(failed);
        }
    }

    /** Logs with unencrypted lines; for tests. */
    AuditLogs(Path root) {
        this(root, AtRestEncryption.none());
    }

    /** The folder of a pipeline's log; it need not exist yet. */
    public Path folder(String pipeline) {
        return root.resolve(pipeline);
    }

    /** The signed head of a pipeline's log: its last line. Empty before the first line. */
    public Optional<AuditHead> head(String pipeline) throws IOException {
        Optional<LogHead> head = LogHead.in(folder(pipeline));
        return head.isEmpty() ? Optional.empty() : Optional.of(seal().sealed(pipeline, head.get()));
    }

    /** Verifies a pipeline's log, see {@link AuditVerifier}. */
    public AuditVerifier verifier(String pipeline) {
        return new AuditVerifier(folder(pipeline), lines(folder(pipeline)), pipeline, seal());
    }

    private AuditSeal seal() {
        return new AuditSeal(root.toAbsolutePath().resolveSibling("audit.key"));
    }

    /** Reads a pipeline's log. */
    public AuditReader reader(String pipeline) {
        return reader(folder(pipeline));
    }

    /** Reads a log in any folder, with the same keys. */
    public AuditReader reader(Path folder) {
        return new AuditReader(folder, lines(folder));
    }

    /** Verifies a log in any folder, with the same keys. */
    public AuditVerifier verifier(Path folder) {
        return new AuditVerifier(folder, lines(folder), "", null);
    }

    /**
     * Opens a pipeline's log for writing; creates it when it does not exist.
     *
     * @throws AuditException when another writer has it open
     */
    public AuditWriter writer(String pipeline, AuditSettings settings) throws IOException {
        return AuditWriter.open(folder(pipeline), settings, lines(folder(pipeline)));
    }

    /**
     * Erases the content of lines of a log, see {@link LogErasureOrder}. If another process writes the log, this gives it the
     * order.
     *
     * @return whether the content is erased; else the process that writes the log erases it
     * @throws AuditException when it cannot be erased, or another order is not carried out yet
     */
    public boolean erase(Path folder, LogErasureOrder order) throws IOException {
        LogErasureOrder.requireOwner(folder);
        try (AuditWriter writer = AuditWriter.open(folder, AuditSettings.DEFAULT, lines(folder))) {
            writer.eraseNow(order);
            return true;
        } catch (LogInUseException written) {
            if (!order.give(folder)) {
                throw new AuditException(
                        "%s: an earlier order is not carried out yet by the process that writes the log; give yours again in a minute"
                                .formatted(LogErasureOrder.file(folder)));
            }
            return false;
        }
    }

    /**
     * Deletes lines for their age in the logs that no process writes, such as that of a model that is not served any more. A log
     * that a process writes is left to that process. Call this only when the clock was compared with another one.
     *
     * @param keep how long lines are kept
     */
    public RetainedLogs retain(Duration keep, Clock clock) throws IOException {
        List<String> shortened = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (Path log : logs()) {
            String pipeline = String.valueOf(log.getFileName());
            try {
                if (expires(log, clock.instant().minus(keep)) && shortens(log, keep, clock)) {
                    shortened.add(pipeline);
                }
            } catch (IOException | RuntimeException problem) {
                failed.add("%s: %s".formatted(pipeline, problem.getMessage()));
            }
        }
        return new RetainedLogs(shortened, failed);
    }

    /** The pipelines whose logs have lines that {@link #retain} deletes, unless a process writes the log. */
    public List<String> expired(Duration keep, Instant now) throws IOException {
        List<String> expired = new ArrayList<>();
        for (Path log : logs()) {
            if (expires(log, now.minus(keep))) {
                expired.add(String.valueOf(log.getFileName()));
            }
        }
        return expired;
    }

    /** Only reads: the lock of a log is taken for a moment, and only if there is something to delete. */
    private boolean expires(Path log, Instant before) throws IOException {
        LineEncryption lines = lines(log);
        if (Segment.in(log).isEmpty()) {
            return false;
        }
        Optional<Instant> newest = LogRetention.newest(log, lines);
        return (newest.isPresent() && newest.get().isBefore(before))
                || LogRetention.expired(log, before, lines).isPresent();
    }

    private boolean shortens(Path log, Duration keep, Clock clock) throws IOException {
        LogErasureOrder.requireOwner(log);
        AuditSettings settings = AuditSettings.DEFAULT.withRetention(keep);
        try (AuditWriter writer = AuditWriter.forRetention(log, settings, lines(log), clock)) {
            writer.rotateAndRetain();
        } catch (LogInUseException written) {
            return false; // that process deletes its old lines
        }
        if (LogErasureOrder.in(log).isPresent()) { // given while this process had the lock
            try (AuditWriter writer = AuditWriter.forRetention(log, settings, lines(log), clock)) {
                writer.sync();
            } catch (LogInUseException written) {
                return true;
            }
        }
        return true;
    }

    private List<Path> logs() throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    /** Whether no line of an order has its content any more. */
    public boolean erased(Path folder, LogErasureOrder order) throws IOException {
        return order.left(folder, lines(folder)).content() == 0;
    }

    /**
     * Counts the encrypted lines, newest files first.
     *
     * @param bytes limit of the bytes that are read of each log
     */
    public AtRestCount atRest(long bytes) throws IOException {
        AtRestCount.Counting counting = new AtRestCount.Counting();
        for (Path log : logs()) {
            count(log, bytes, counting);
        }
        return counting.result(encryption);
    }

    private static void count(Path log, long bytes, AtRestCount.Counting counting) throws IOException {
        List<Segment> segments = Segment.in(log);
        long left = bytes;
        for (int at = segments.size() - 1; at >= 0 && left > 0; at--) {
            try (LineScan scan = new LineScan(segments.get(at).file(), 0)) {
                while (scan.next()) {
                    byte[] line = scan.line();
                    if (line != null && ErasedLine.parse(line).isPresent()) {
                        continue; // an erased line has nothing to encrypt
                    }
                    counting.add(line == null ? Optional.empty() : LineEncryption.key(line));
                }
                left -= scan.end();
            }
        }
    }

    private LineEncryption lines(Path folder) {
        return new LineEncryption(encryption, folder);
    }
}
