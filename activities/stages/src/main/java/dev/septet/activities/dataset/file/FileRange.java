package dev.septet.activities.dataset.file;

import dev.septet.activities.store.Sha256;
import dev.septet.dsl.text.PublicText;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Whole lines of a file of JSON lines.
 *
 * @param from position of the first byte
 * @param to position after the last byte
 * @param firstLine number of the first line in the file, from 1
 * @param sha256 digest of the bytes, which are verified while they are read
 */
public record FileRange(long from, long to, long firstLine, String sha256) implements SourceContent {
    @Override
    public InputStream open(Path path, String name) throws IOException {
        FileChannel file = FileChannel.open(path);
        try {
            return new Verified(Channels.newInputStream(file.position(from)), name);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public long size(Path path, String name) {
        return to - from;
    }

    @Override
    public String title() {
        return Container.LINES.title();
    }

    /** Ends after the range, and fails there when the bytes are not those of the digest. */
    private final class Verified extends FilterInputStream {
        private final String name;
        private final MessageDigest digest = Sha256.start();
        private long left = to - from;
        private boolean ended;

        Verified(InputStream in, String name) {
            super(in);
            this.name = name;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int at, int length) throws IOException {
            int read = left == 0 ? -1 : in.read(bytes, at, (int) Math.min(length, left));
            if (read > 0) {
                digest.update(bytes, at, read);
                left -= read;
                return read;
            }
            if (!ended
                    && (left > 0 || !HexFormat.of().formatHex(digest.digest()).equals(sha256))) {
                throw changed(name);
            }
            ended = true;
            return read;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    /** The problem of a file whose content is not the planned one. */
    public static DatasetProblem changed(String name) {
        return new DatasetProblem(
                DatasetProblem.Blame.PIPELINE,
                PublicText.of(
                        "%s changed while its rows were prepared; start the run again when nothing writes to the file",
                        PublicText.file(name)));
    }
}
