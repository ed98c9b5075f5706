package dev.septet.llm.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Opens untrusted files. Only regular files are opened, because a device or a pipe could block or
 * never end.
 */
public final class RegularFile {
    private RegularFile() {}

    public static FileChannel open(Path file) throws IOException {
        require(file);
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    static void require(Path file) {
        if (!Files.exists(file)) {
            throw new FormatProblem(file, "no such file");
        }
        if (Files.isDirectory(file)) {
            throw new FormatProblem(file, "is a folder, expected a file");
        }
        if (!Files.isRegularFile(file)) {
            throw new FormatProblem(file, "is a device, pipe or socket, expected a regular file");
        }
    }

    /** Reads the whole of a small text or JSON file. */
    public static byte[] bytes(Path file, long limit) throws IOException {
        try (FileChannel channel = open(file)) {
            long size = channel.size();
            if (size > limit) {
                throw new FormatProblem(file, "is " + size + " bytes long, expected at most " + limit);
            }
            ByteBuffer buffer = ByteBuffer.allocate((int) size);
            readFully(channel, buffer, 0, file);
            return buffer.array();
        }
    }

    static void readFully(FileChannel channel, ByteBuffer buffer, long position, Path file) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw new FormatProblem(file, "ends at byte " + at + ", expected more: copy or download it again");
            }
            at += read;
        }
        buffer.flip();
    }
}
