package dev.septet.activities.dataset.columnar;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.github.luben.zstd.util.Native;
import dev.septet.llm.sandbox.SandboxedConversion;
import dev.septet.llm.sandbox.SandboxedConversion.Refusal;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.MessageMetadataResult;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Main class of the child process that converts an Arrow IPC file or stream, such as a Feather file of version 2. The
 * reader checks every access to memory; what it does not find is the end of this process only.
 *
 * @see <a href="https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format">Arrow columnar format</a>
 */
public final class ArrowLines {
    private static final byte[] FILE = "ARROW1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FEATHER_1 = "FEA1".getBytes(StandardCharsets.US_ASCII);

    /** The end of a stream: a continuation mark and a length of 0. */
    private static final byte[] END = {-1, -1, -1, -1, 0, 0, 0, 0};

    /** A file is {@link #FILE} with two zeros, then a stream. */
    private static final int BEFORE_STREAM = 8;

    private static final long MEMORY = 1500L << 20;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private ArrowLines() {}

    /**
     * @param arguments the file's path
     */
    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        BufferAllocator[] memory = new BufferAllocator[1];
        SandboxedConversion.run(
                List.of(file),
                () -> {
                    Native.load();
                    memory[0] = new RootAllocator(MEMORY);
                },
                out -> write(file, memory[0], out));
    }

    private static void write(Path file, BufferAllocator memory, OutputStream out) throws IOException {
        try (FileChannel in = FileChannel.open(file);
                ArrowReader reader = reader(in, memory);
                JsonGenerator json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
            json.setRootValueSeparator(null);
            ArrowColumns.check(declared(in));
            VectorSchemaRoot batch = reader.getVectorSchemaRoot();
            ArrowColumns.check(batch.getSchema()); // the end of a file may declare another one than its begin
            ArrowColumns columns = new ArrowColumns(reader, json);
            while (reader.loadNextBatch()) {
                for (int row = 0; row < batch.getRowCount(); row++) {
                    json.writeStartObject();
                    for (FieldVector column : batch.getFieldVectors()) {
                        json.writeFieldName(column.getField().getName());
                        columns.write(column, row);
                    }
                    json.writeEndObject();
                    json.writeRaw('\n');
                }
            }
        } catch (OutOfMemoryException e) {
            throw new Refusal(String.format(
                    Locale.ROOT, "has a batch of more than %d MB; write it with smaller batches", MEMORY >> 20));
        } catch (RuntimeException damaged) {
            if (damaged instanceof Refusal) {
                throw damaged;
            }
            // The reader's messages quote values.
            throw new Refusal("is damaged: the Arrow reader ends with %s"
                    .formatted(damaged.getClass().getSimpleName()));
        }
    }

    /**
     * The columns as the begin of the file declares them. A column that refers to a dictionary has the type of the dictionary's
     * values here. The reader's own columns have the type of the references, and it has none for some types.
     */
    private static Schema declared(FileChannel in) throws IOException {
        in.position(begins(in, 0, FILE) ? BEFORE_STREAM : 0);
        MessageMetadataResult message = MessageSerializer.readMessage(new ReadChannel(in));
        if (message == null || message.getMessage().headerType() != MessageHeader.Schema) {
            throw new Refusal("is damaged: it does not begin with its columns");
        }
        var declared =
                (org.apache.arrow.flatbuf.Schema) message.getMessage().header(new org.apache.arrow.flatbuf.Schema());
        List<Field> columns = new ArrayList<>();
        for (int at = 0; declared != null && at < declared.fieldsLength(); at++) {
            try {
                columns.add(Field.convertField(declared.fields(at)));
            } catch (IllegalArgumentException | UnsupportedOperationException unknown) {
                throw new Refusal(
                        "column %s has a type that is not known, such as a decimal of 32 bits; leave the column out"
                                .formatted(declared.fields(at).name()));
            }
        }
        in.position(0);
        return new Schema(columns);
    }

    private static ArrowReader reader(FileChannel in, BufferAllocator memory) throws IOException {
        if (begins(in, 0, FILE)) {
            if (!begins(in, in.size() - FILE.length, FILE)) {
                throw new Refusal("is cut: an Arrow file ends with the letters ARROW1");
            }
            return new ArrowFileReader(in, memory, CommonsCompressionFactory.INSTANCE);
        }
        if (begins(in, 0, FEATHER_1)) {
            throw new Refusal("is a Feather file of version 1; write it again with version 2");
        }
        if (!begins(in, 0, Arrays.copyOf(END, 4))) {
            throw new Refusal("is not an Arrow IPC file or stream");
        }
        if (!begins(in, in.size() - END.length, END)) {
            throw new Refusal("is cut: an Arrow stream ends with an end mark, so rows may be missing");
        }
        return new ArrowStreamReader(
                new BufferedInputStream(Channels.newInputStream(in), 1 << 16),
                memory,
                CommonsCompressionFactory.INSTANCE);
    }

    private static boolean begins(FileChannel in, long at, byte[] expected) throws IOException {
        ByteBuffer found = ByteBuffer.allocate(expected.length);
        while (at >= 0 && found.hasRemaining() && in.read(found, at + found.position()) >= 0) {
            // a read may give fewer bytes
        }
        return Arrays.equals(found.array(), expected);
    }
}
