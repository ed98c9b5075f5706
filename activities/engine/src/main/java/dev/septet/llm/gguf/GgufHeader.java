package dev.septet.llm.gguf;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.FileRanges;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.quantize.GgmlType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The checked header of a GGUF file, versions 2 and 3, little-endian.
 *
 * @param metadata in the order of the file
 * @param entries in the order of their bytes in the file; all are inside the file and none overlap
 */
record GgufHeader(Map<String, GgufValue> metadata, List<Entry> entries) {
    static final int MAGIC = 0x46554747; // "GGUF"
    static final int DEFAULT_ALIGNMENT = 32;
    static final String ALIGNMENT = "general.alignment";
    private static final int MAX_DIMENSIONS = 4;

    /** One tensor; the range is in bytes of the file. */
    public record Entry(String name, GgmlType type, Shape shape, FileRanges.Range range) {}

    /** A tensor as declared by the file; offset is relative to the start of the data. */
    private record Announced(String name, GgmlType type, Shape shape, long offset, long size) {}

    /** Reads a header from the file's first bytes. */
    static GgufHeader read(Path file, ByteBuffer start, long fileSize) {
        GgufCursor cursor = new GgufCursor(file, start);
        if (start.remaining() < 4 || cursor.int32("the magic") != MAGIC) {
            throw new FormatProblem(file, "does not start with GGUF: not a GGUF file");
        }
        int version = cursor.int32("the version");
        if (version != 2 && version != 3) {
            throw new FormatProblem(
                    file,
                    "is GGUF version "
                            + Integer.toUnsignedString(version)
                            + ", expected 2 or 3 in little-endian order; convert it again with a"
                            + " current llama.cpp");
        }
        int tensorCount = cursor.count("tensors", 8 + 4 + 4 + 8);
        int valueCount = cursor.count("metadata values", 8 + 4 + 1);
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        for (int i = 0; i < valueCount; i++) {
            String key = cursor.string("a metadata name");
            if (metadata.put(key, cursor.value(key)) != null) {
                throw new FormatProblem(file, "has two metadata values named " + key);
            }
        }
        List<Announced> announced = new ArrayList<>();
        for (int i = 0; i < tensorCount; i++) {
            announced.add(tensor(file, cursor));
        }
        long alignment = alignment(file, metadata);
        long dataStart = (cursor.position() + alignment - 1) / alignment * alignment;
        return new GgufHeader(metadata, entries(file, announced, dataStart, alignment, fileSize));
    }

    private static long alignment(Path file, Map<String, GgufValue> metadata) {
        GgufValue value = metadata.get(ALIGNMENT);
        long alignment = value == null ? DEFAULT_ALIGNMENT : value.value() instanceof Long number ? number : 0;
        if (alignment < 1 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
            throw new FormatProblem(file, ALIGNMENT + " is " + alignment + ", expected a power of two up to 1048576");
        }
        return alignment;
    }

    private static Announced tensor(Path file, GgufCursor cursor) {
        String name = cursor.string("a tensor name");
        int dimensions = cursor.int32("the dimensions of " + name);
        if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
            throw new FormatProblem(
                    file,
                    "tensor "
                            + name
                            + " has "
                            + Integer.toUnsignedString(dimensions)
                            + " dimensions, expected at most 4");
        }
        long[] shape = new long[dimensions];
        long elements = 1;
        for (int i = dimensions - 1; i >= 0; i--) {
            shape[i] = cursor.int64("a dimension of " + name);
            elements = shape[i] <= 0 || Math.multiplyHigh(elements, shape[i]) != 0 ? -1 : elements * shape[i];
            if (elements < 0) {
                throw new FormatProblem(file, "tensor " + name + " has an impossible shape");
            }
        }
        int id = cursor.int32("the type of " + name);
        GgmlType type = GgmlType.of(id)
                .orElseThrow(() -> new FormatProblem(
                        file,
                        "tensor "
                                + name
                                + " is stored as ggml type "
                                + Integer.toUnsignedString(id)
                                + ", which is not read here; take a file in"
                                + " F16, Q8_0, Q4_K_M or another common"
                                + " type"));
        long rowLength = dimensions == 0 ? 1 : shape[dimensions - 1];
        if (rowLength % type.blockSize() != 0) {
            throw new FormatProblem(file, "rows of tensor " + name + " do not fill blocks of " + type);
        }
        return new Announced(name, type, new Shape(shape), cursor.int64("the offset of " + name), elements);
    }

    private static List<Entry> entries(
            Path file, List<Announced> announced, long dataStart, long alignment, long fileSize) {
        List<Entry> entries = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>();
        for (Announced tensor : announced) {
            String name = tensor.name();
            if (!names.add(name)) {
                throw new FormatProblem(file, "has two tensors named " + name);
            }
            long space = fileSize - dataStart;
            if (tensor.offset() < 0 || tensor.offset() % alignment != 0 || tensor.offset() > space) {
                throw new FormatProblem(
                        file,
                        "tensor " + name + " has the impossible offset " + Long.toUnsignedString(tensor.offset()));
            }
            if (tensor.size() / tensor.type().blockSize()
                    > (space - tensor.offset()) / tensor.type().blockBytes()) {
                throw new FormatProblem(file, "ends inside tensor " + name + ": truncated; copy or download it again");
            }
            long size = tensor.type().bytes(tensor.size());
            if (size > Integer.MAX_VALUE) {
                throw new FormatProblem(file, "tensor " + name + " is larger than 2 GiB, which is not supported");
            }
            long begin = dataStart + tensor.offset();
            entries.add(new Entry(name, tensor.type(), tensor.shape(), new FileRanges.Range(begin, begin + size)));
        }
        entries.sort(Comparator.comparingLong((Entry entry) -> entry.range().begin())
                .thenComparingLong(entry -> entry.range().end()));
        requireDisjoint(file, entries);
        return List.copyOf(entries);
    }

    private static void requireDisjoint(Path file, List<Entry> entries) {
        for (int i = 1; i < entries.size(); i++) {
            if (entries.get(i).range().begin() < entries.get(i - 1).range().end()) {
                throw new FormatProblem(
                        file,
                        "tensors "
                                + entries.get(i - 1).name()
                                + " and "
                                + entries.get(i).name()
                                + " overlap");
            }
        }
    }
}
