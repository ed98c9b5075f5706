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
import dev.septet.activities.audit.chain.Segment;
import dev.septet.activities.encryption.AtRestCount;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.workflows.monitor.AuditHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        if (Files.isDirectory(root)) {
            List<Path> logs;
            try (Stream<Path> folders = Files.list(root)) {
                logs = folders.sorted().toList();
            }
            for (Path log : logs) {
                count(log, bytes, counting);
            }
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
