package dev.septet.activities.dataset.document;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.file.Slice;
import dev.septet.activities.dataset.file.Slicer;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a document as records with the fields {@code text} and {@code document}. A document that cannot be read
 * is one slice with a problem.
 */
public final class DocumentSlicer implements Slicer {
    /** The name of the field with the document's name. */
    public static final String DOCUMENT = "document";

    private final DocumentKind kind;
    private final SourceFile file;
    private final ChunkLimit limit;
    private @Nullable Chunks chunks;
    private boolean ended;
    private boolean keeping = true;

    public DocumentSlicer(DocumentKind kind, SourceFile file, ChunkLimit limit) {
        this.kind = kind;
        this.file = file;
        this.limit = limit;
    }

    /** Sets whether the next chunk is needed, or only counted. */
    public void keeping(boolean chunk) {
        keeping = chunk;
    }

    /** The part of the document that was read, 0 to 1. */
    public double progress() {
        return chunks == null ? 0 : chunks.progress();
    }

    @Override
    public Optional<Slice> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        try {
            Chunks open = chunks == null ? new Chunks(kind.text(file.path()), limit) : chunks;
            chunks = open;
            Optional<Chunks.Chunk> chunk = keeping ? open.next() : open.skip();
            ended = chunk.isEmpty();
            return chunk.isEmpty() ? Optional.empty() : Optional.of(slice(chunk.get()));
        } catch (UnreadableDocument e) {
            ended = true;
            return Optional.of(Slice.bad(e.line(), e.reason()));
        }
    }

    private Slice slice(Chunks.Chunk chunk) throws IOException {
        ObjectNode record = SpecJson.mapper().createObjectNode();
        record.put("text", chunk.text());
        record.put(DOCUMENT, file.name());
        byte[] bytes = SpecJson.mapper().writeValueAsBytes(record);
        return new Slice(chunk.place(), bytes, bytes.length, false);
    }
}
