package dev.septet.activities.audit.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.ErasedEvent;
import dev.septet.activities.audit.ErasureEvent;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An order to erase the content of lines. It is a file in the log's folder. The process that writes
 * the log carries it out and then removes the file. So an order works while a model server runs, and
 * it survives a crash.
 *
 * @param reason why, for the log; may be empty
 * @param digests digests of the lines
 */
public record LogErasureOrder(String reason, Set<String> digests) {
    private static final String NAME = "erase.json";

    /** Maximum number of lines that one event names, so that no line becomes too long. */
    private static final int LINES_OF_AN_EVENT = 1000;

    public LogErasureOrder {
        digests = Set.copyOf(digests);
    }

    /** The file of a log's order. */
    public static Path file(Path folder) {
        return folder.resolve(NAME);
    }

    /**
     * The order of a log; empty when there is none.
     *
     * @throws AuditException when the file is damaged
     */
    public static Optional<LogErasureOrder> in(Path folder) throws IOException {
        Path file = file(folder);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        LineScan.requireRegular(file);
        try {
            JsonNode json = SpecJson.mapper().readTree(Files.readAllBytes(file));
            Set<String> digests = new HashSet<>();
            json.path("digests").forEach(digest -> digests.add(digest.asText()));
            if (!digests.isEmpty() && json.path("reason").isTextual()) {
                return Optional.of(new LogErasureOrder(json.path("reason").textValue(), digests));
            }
        } catch (JsonProcessingException damaged) {
            // reported below
        }
        throw new AuditException(
                "%s: is no order of `septet audit erase`; remove the file and give the order again".formatted(file));
    }

    /**
     * Requires that this user owns a log. Another user's files could not be read by the process that writes the log.
     *
     * @throws AuditException naming the owner
     */
    public static void requireOwner(Path folder) throws IOException {
        UserPrincipal owner = Files.getOwner(folder);
        Path file = Files.createTempFile(folder, NAME, ".new");
        try {
            if (!owner.equals(Files.getOwner(file))) {
                throw new AuditException(
                        "%s belongs to the user '%s'; run the command as this user".formatted(folder, owner.getName()));
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /**
     * Writes the order into a log's folder.
     *
     * @return false when another order is there
     */
    public boolean give(Path folder) throws IOException {
        Path coming = Files.createTempFile(folder, NAME, ".new");
        try {
            new Disk()
                    .write(
                            coming,
                            SpecJson.mapper()
                                    .writeValueAsBytes(SpecJson.mapper()
                                            .createObjectNode()
                                            .put("reason", reason)
                                            .set(
                                                    "digests",
                                                    SpecJson.mapper()
                                                            .valueToTree(digests.stream()
                                                                    .sorted()
                                                                    .toList()))));
            Files.createLink(file(folder), coming); // fails if an order is there
            new Disk().sync(folder);
            return true;
        } catch (FileAlreadyExistsException another) {
            return false;
        } finally {
            Files.deleteIfExists(coming);
        }
    }

    /**
     * What is left to do for an order.
     *
     * @param unrecorded lines with content whose erasure no line records
     * @param content number of lines that still have their content
     */
    public record Left(List<ErasureEvent.Line> unrecorded, int content) {
        public Left {
            unrecorded = List.copyOf(unrecorded);
        }
    }

    /** What is left to do; reads the whole log. */
    public Left left(Path folder, LineEncryption encryption) throws IOException {
        Map<String, ErasureEvent.Line> found = new LinkedHashMap<>();
        Set<String> recorded = new HashSet<>();
        for (Segment segment : Segment.in(folder)) {
            try (LineScan scan = new LineScan(segment.file(), 0)) {
                while (scan.next()) {
                    byte[] bytes = scan.line();
                    ChainedLine line =
                            bytes == null ? null : encryption.parse(bytes).orElse(null);
                    if (line == null) {
                        continue;
                    }
                    if (takes(line)) {
                        Instant time = Instant.parse(line.event().path("time").asText());
                        found.put(
                                line.digest(),
                                new ErasureEvent.Line(
                                        line.sequence(),
                                        line.digest(),
                                        line.previous(),
                                        new ErasedEvent(time, line.kind())));
                    } else if (EventJson.event(line.kind(), line.event()).orElse(null)
                            instanceof ErasureEvent earlier) {
                        earlier.lines().forEach(erased -> recorded.add(erased.digest()));
                    }
                }
            } catch (NoSuchFileException expired) {
                // retention deleted the file
            }
        }
        int content = found.size();
        found.keySet().removeAll(recorded);
        return new Left(List.copyOf(found.values()), content);
    }

    /** Groups of lines, each small enough for one event. */
    public static List<List<ErasureEvent.Line>> events(List<ErasureEvent.Line> lines) {
        List<List<ErasureEvent.Line>> groups = new ArrayList<>();
        for (int at = 0; at < lines.size(); at += LINES_OF_AN_EVENT) {
            groups.add(lines.subList(at, Math.min(lines.size(), at + LINES_OF_AN_EVENT)));
        }
        return groups;
    }

    /**
     * The content of a file of the log without the content of the order's lines; empty when the file
     * has none of them. No writer may append to the file meanwhile.
     */
    public Optional<byte[]> erased(Segment segment, LineEncryption encryption) throws IOException {
        byte[] bytes = null;
        try (LineScan scan = new LineScan(segment.file(), 0)) {
            while (scan.next()) {
                byte[] stored = scan.line();
                Optional<ChainedLine> line = stored == null
                        ? Optional.empty()
                        : encryption.parse(stored).filter(this::takes);
                if (line.isPresent()) {
                    bytes = bytes == null ? Files.readAllBytes(segment.file()) : bytes;
                    int length = (int) (scan.end() - 1 - scan.start());
                    byte[] erased = ErasedLine.bytes(line.get(), length);
                    System.arraycopy(erased, 0, bytes, (int) scan.start(), length);
                }
            }
        }
        return Optional.ofNullable(bytes);
    }

    /** Whether the order has the line and its content is still there. */
    private boolean takes(ChainedLine line) {
        return digests.contains(line.digest()) && ErasedLine.replaces(line.kind());
    }
}
