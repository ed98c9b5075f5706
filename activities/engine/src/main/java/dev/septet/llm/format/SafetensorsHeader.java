package dev.septet.llm.format;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checked header of a safetensors file.
 *
 * @param metadata free-form strings of the writer
 * @param entries in the order of their bytes; they cover the data exactly, without gap or overlap
 * @param dataStart offset in the file of the first tensor's first byte
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries, long dataStart) {
    static final String METADATA = "__metadata__";

    /** The limit of the reference implementation. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    /** One tensor; begin and end are offsets from the start of the data. */
    public record Entry(String name, ElementType type, Shape shape, long begin, long end) {}

    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw new FormatProblem(file, "is " + size + " bytes long, too short to be safetensors");
        }
        ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        RegularFile.readFully(channel, head, 0, file);
        if (Pickles.startsLike(head)) {
            throw new FormatProblem(file, Pickles.REFUSAL);
        }
        long length = head.getLong(0);
        if (length < 2 || length > MAX_HEADER_BYTES) {
            throw new FormatProblem(
                    file,
                    "header length is "
                            + Long.toUnsignedString(length)
                            + ", expected 2 to "
                            + MAX_HEADER_BYTES
                            + ": not a safetensors file, or damaged");
        }
        if (length > size - 8) {
            throw new FormatProblem(
                    file, "header length is " + length + " but the file ends after " + (size - 8) + " more bytes");
        }
        ByteBuffer json = ByteBuffer.allocate((int) length);
        RegularFile.readFully(channel, json, 8, file);
        return parse(file, json.array(), size - 8 - length, 8 + length);
    }

    private static SafetensorsHeader parse(Path file, byte[] json, long dataSize, long dataStart) throws IOException {
        ObjectNode header = StrictJson.object(file, "the header", json);
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals(METADATA)) {
                field.getValue()
                        .properties()
                        .forEach(item ->
                                metadata.put(item.getKey(), item.getValue().asText()));
            } else {
                entries.add(entry(file, field.getKey(), field.getValue()));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        requireExactCover(file, entries, dataSize);
        return new SafetensorsHeader(metadata, List.copyOf(entries), dataStart);
    }

    private static Entry entry(Path file, String name, JsonNode node) {
        ElementType type = type(file, name, node.path("dtype").asText());
        JsonNode dimensions = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!dimensions.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw new FormatProblem(file, "tensor " + name + " lacks its shape or its two data_offsets");
        }
        long[] shape = new long[dimensions.size()];
        long bytes = type.bytes();
        for (int i = 0; i < shape.length; i++) {
            shape[i] = natural(file, name, dimensions.get(i));
            try {
                bytes = Math.multiplyExact(bytes, shape[i]);
            } catch (ArithmeticException e) {
                throw new FormatProblem(file, "tensor " + name + " has an impossible shape " + dimensions, e);
            }
        }
        long begin = natural(file, name, offsets.get(0));
        long end = natural(file, name, offsets.get(1));
        if (end < begin || end - begin != bytes) {
            throw new FormatProblem(
                    file,
                    "tensor "
                            + name
                            + " of shape "
                            + dimensions
                            + " and type "
                            + type
                            + " needs "
                            + bytes
                            + " bytes, but its data_offsets are "
                            + offsets);
        }
        return new Entry(name, type, new Shape(shape), begin, end);
    }

    private static ElementType type(Path file, String name, String word) {
        for (ElementType type : ElementType.values()) {
            if (type.name().equals(word)) {
                return type;
            }
        }
        throw new FormatProblem(file, "tensor " + name + " has the unknown type \"" + word + "\"");
    }

    private static long natural(Path file, String name, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
            throw new FormatProblem(file, "tensor " + name + " has " + node + " where a size or offset belongs");
        }
        return node.asLong();
    }

    private static void requireExactCover(Path file, List<Entry> entries, long dataSize) {
        long expected = 0;
        for (Entry entry : entries) {
            if (entry.begin() != expected) {
                throw new FormatProblem(
                        file,
                        "tensor "
                                + entry.name()
                                + " starts at "
                                + entry.begin()
                                + " where "
                                + expected
                                + " was expected: tensors must neither overlap nor leave gaps");
            }
            expected = entry.end();
        }
        if (expected != dataSize) {
            throw new FormatProblem(
                    file,
                    "holds "
                            + dataSize
                            + " bytes of data but its header describes "
                            + expected
                            + ": truncated, or something was appended; copy or download it again");
        }
    }
}
