package dev.septet.llm.gguf;

import dev.septet.llm.format.FileRanges;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.RegularFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A GGUF file, mapped read-only: typed metadata, then tensors in blocks.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The format</a>
 */
public final class GgufFile {
    private final Path file;
    private final Map<String, GgufValue> metadata;
    private final Map<String, GgufTensor> tensors;

    private GgufFile(Path file, Map<String, GgufValue> metadata, Map<String, GgufTensor> tensors) {
        this.file = file;
        this.metadata = Collections.unmodifiableMap(metadata);
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Opens and checks a file.
     *
     * @throws FormatProblem when it is missing, not a regular file or not GGUF, or when its header
     *     is inconsistent
     */
    public static GgufFile open(Path file) {
        try (FileChannel channel = RegularFile.open(file)) {
            long size = channel.size();
            ByteBuffer start = channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(size, Integer.MAX_VALUE));
            GgufHeader header = GgufHeader.read(file, start, size);
            List<ByteBuffer> views = FileRanges.map(
                    channel,
                    header.entries().stream().map(GgufHeader.Entry::range).toList());
            Map<String, GgufTensor> tensors = new LinkedHashMap<>();
            for (int i = 0; i < views.size(); i++) {
                GgufHeader.Entry entry = header.entries().get(i);
                tensors.put(entry.name(), new GgufTensor(entry.name(), entry.type(), entry.shape(), views.get(i)));
            }
            return new GgufFile(file, header.metadata(), tensors);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    public Path file() {
        return file;
    }

    /** All metadata, in the order of the file. */
    public Map<String, GgufValue> metadata() {
        return metadata;
    }

    /** All tensors by name, in the order of their bytes. */
    public Map<String, GgufTensor> tensors() {
        return tensors;
    }

    /** The tensor with this name. */
    public GgufTensor tensor(String name) {
        GgufTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new FormatProblem(file, "has no tensor named " + name);
        }
        return tensor;
    }

    /** The value of an integer key. */
    public Optional<Long> integer(String key) {
        return typed(key, Long.class);
    }

    /** The value of a floating-point key. */
    public Optional<Double> number(String key) {
        return typed(key, Double.class);
    }

    public Optional<String> text(String key) {
        return typed(key, String.class);
    }

    public Optional<Boolean> flag(String key) {
        return typed(key, Boolean.class);
    }

    /** The value of a required integer key. */
    public long requiredInteger(String key) {
        return integer(key).orElseThrow(() -> missing(key));
    }

    /** The value of a required string key. */
    public String requiredText(String key) {
        return text(key).orElseThrow(() -> missing(key));
    }

    /** The value of a required array key, with elements of this type. */
    public <T> List<T> requiredList(String key, Class<T> type) {
        GgufValue value = Optional.ofNullable(metadata.get(key)).orElseThrow(() -> missing(key));
        return value.elements().stream()
                .map(element -> cast(key, element, type))
                .toList();
    }

    private <T> Optional<T> typed(String key, Class<T> type) {
        return Optional.ofNullable(metadata.get(key)).map(value -> cast(key, value, type));
    }

    private <T> T cast(String key, GgufValue value, Class<T> type) {
        if (!type.isInstance(value.value())) {
            throw new FormatProblem(file, "value of " + key + " has type " + value.type() + ", which was not expected");
        }
        return type.cast(value.value());
    }

    private FormatProblem missing(String key) {
        return new FormatProblem(file, "lacks the metadata value " + key);
    }
}
