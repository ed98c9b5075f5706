package dev.septet.llm.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file, mapped read-only. Opening it reads only the header; tensors are views of the
 * mapping.
 *
 * <p>Layout: 8 bytes header length (little-endian), a JSON header {@code {name: {dtype, shape,
 * data_offsets}}}, then the tensors' bytes without gaps. The mapping is released when its last
 * buffer is garbage-collected, so there is nothing to close.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">The format</a>
 */
public final class Safetensors {
    private final Path file;
    private final Map<String, String> metadata;
    private final Map<String, StoredTensor> tensors;

    private Safetensors(Path file, Map<String, String> metadata, Map<String, StoredTensor> tensors) {
        this.file = file;
        this.metadata = Collections.unmodifiableMap(metadata);
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Opens and checks a file.
     *
     * @throws FormatProblem when the file is missing, not a regular file or a pickle, or when its
     *     header is inconsistent
     */
    public static Safetensors open(Path file) {
        try (FileChannel channel = RegularFile.open(file)) {
            SafetensorsHeader header = SafetensorsHeader.read(file, channel);
            return new Safetensors(file, header.metadata(), map(file, channel, header));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** The file that the tensors come from. */
    public Path file() {
        return file;
    }

    /** The header's {@code __metadata__}; empty if there is none. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** All tensors, in the order of their bytes in the file. */
    public Collection<StoredTensor> tensors() {
        return tensors.values();
    }

    /** Names of all tensors, in the order of their bytes in the file. */
    public Collection<String> names() {
        return tensors.keySet();
    }

    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    /**
     * One tensor.
     *
     * @throws FormatProblem when the file has no tensor of this name
     */
    public StoredTensor tensor(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new FormatProblem(file, "has no tensor named " + name);
        }
        return tensor;
    }

    private static Map<String, StoredTensor> map(Path file, FileChannel channel, SafetensorsHeader header)
            throws IOException {
        List<FileRanges.Range> ranges = new ArrayList<>();
        for (SafetensorsHeader.Entry entry : header.entries()) {
            if (entry.end() - entry.begin() > Integer.MAX_VALUE) {
                throw new FormatProblem(
                        file, "tensor " + entry.name() + " is larger than 2 GiB, which is not supported");
            }
            ranges.add(new FileRanges.Range(header.dataStart() + entry.begin(), header.dataStart() + entry.end()));
        }
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        List<ByteBuffer> views = FileRanges.map(channel, ranges);
        for (int i = 0; i < views.size(); i++) {
            SafetensorsHeader.Entry entry = header.entries().get(i);
            tensors.put(
                    entry.name(),
                    new StoredTensor(
                            entry.name(),
                            entry.type(),
                            entry.shape(),
                            views.get(i),
                            file,
                            ranges.get(i).begin()));
        }
        return tensors;
    }
}
