package dev.septet.activities.audit.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.ErasureEvent;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
public record ErasureOrder(String reason, Set<String> digests) {
    private static final String NAME = "erase.json";

    /** Maximum number of lines that one event names, so that no line becomes too long. */
    private static final int LINES_OF_AN_EVENT = 1000;

    public ErasureOrder {
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
    public static Optional<ErasureOrder> in(Path folder) throws IOException {
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
                return Optional.of(new ErasureOrder(json.path("reason").textValue(), digests));
            }
        } catch (JsonProcessingException damaged) {
            // reported below
        }
        throw new AuditException(
                "%s: is no order of `septet audit erase`; remove the file and give the order again".formatted(file));
    }

    /** Writes the order into a log's folder. */
    public void write(Path folder) throws IOException {
        Disk disk = new Disk();
        Path coming = folder.resolve(NAME + ".new");
        disk.write(
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
        disk.move(coming, file(folder));
    }

    /** The lines of the order that still have their content. */
    public List<ErasureEvent.Line> lines(Path folder, LineEncryption encryption) throws IOException {
        List<ErasureEvent.Line> found = new ArrayList<>();
        for (Segment segment : Segment.in(folder)) {
            try (LineScan scan = new LineScan(segment.file(), 0)) {
                while (scan.next()) {
                    line(scan, encryption)
                            .ifPresent(line -> found.add(new ErasureEvent.Line(line.sequence(), line.digest())));
                }
            }
        }
        return found;
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
                Optional<ChainedLine> line = line(scan, encryption);
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

    /** The scanned line if the order has it and its content is still there. */
    private Optional<ChainedLine> line(LineScan scan, LineEncryption encryption) throws IOException {
        byte[] bytes = scan.line();
        return bytes == null
                ? Optional.empty()
                : encryption
                        .parse(bytes)
                        .filter(line -> digests.contains(line.digest()) && ErasedLine.replaces(line.kind()));
    }
}
