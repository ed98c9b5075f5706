package dev.septet.activities.evaluate.votes;

import dev.septet.activities.audit.chain.ChainedLine;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.FileModes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Appends to a votes file. Each line is on the device before it is acknowledged. The bytes of a line that a killed process
 * did not finish are cut off at the next opening, because they were never acknowledged. A file has one writer at a time.
 */
public final class VoteWriter implements Closeable {
    private final Path file;
    private final FileChannel out;
    private final Disk disk = new Disk();
    private final VoteFile before;
    private long end;
    private long sequence;
    private int samples;
    private String digest;

    private VoteWriter(Path file, FileChannel out) throws IOException {
        this.file = file;
        this.out = out;
        if (out.size() > VoteFile.LARGEST) {
            throw new VoteProblem(String.format(
                    Locale.ROOT, "is larger than %d MiB; begin another one with --votes", VoteFile.LARGEST >> 20));
        }
        byte[] bytes = Channels.newInputStream(out.position(0)).readAllBytes();
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != '\n') {
            whole--;
        }
        before = VoteFile.read(text(bytes, whole)); // a file that is no votes file stays as it is
        if (whole < bytes.length) {
            out.truncate(whole);
            out.force(true);
        }
        end = whole;
        sequence = before.lines();
        samples = before.samples().size();
        digest = before.digest();
    }

    /**
     * Opens a file; creates it when it does not exist.
     *
     * @throws VoteProblem when it is in use, was changed, or is something else
     */
    public static VoteWriter open(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new VoteProblem("is not a regular file; name another one with --votes");
        }
        boolean isNew = Files.notExists(file);
        FileChannel out = FileModes.OWNER.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (out.tryLock() == null) {
                throw inUse();
            }
            VoteWriter writer = new VoteWriter(file, out);
            Path folder = file.toAbsolutePath().getParent();
            if (isNew && folder != null) {
                try (FileChannel named = FileChannel.open(folder, StandardOpenOption.READ)) {
                    named.force(true);
                }
            }
            return writer;
        } catch (OverlappingFileLockException sameProcess) {
            out.close();
            throw inUse();
        } catch (IOException | RuntimeException e) {
            out.close();
            throw e;
        }
    }

    /** What the file had when it was opened. */
    public VoteFile before() {
        return before;
    }

    /** Appends a sample. */
    public synchronized void append(PairSample sample) throws IOException {
        if (samples == VoteFile.MOST_SAMPLES) {
            throw new VoteProblem("has too many samples; begin another one with --votes");
        }
        append(VoteFile.SAMPLE, VoteFile.fields(sample));
        samples++;
    }

    /** Appends a vote. */
    public void append(Vote vote) throws IOException {
        append(VoteFile.VOTE, VoteFile.fields(vote));
    }

    private synchronized void append(String kind, Object fields) throws IOException {
        byte[] line = ChainedLine.bytes(sequence + 1, digest, kind, fields);
        if (end + line.length > VoteFile.LARGEST) {
            throw new VoteProblem("is full; begin another one with --votes");
        }
        out.truncate(end); // of an append that failed
        out.position(end);
        disk.append(file, out, line);
        out.force(true);
        end += line.length;
        sequence++;
        digest = ChainedLine.digestIn(line);
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }

    private static String text(byte[] bytes, int whole) throws VoteProblem {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, whole))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new VoteProblem("is not UTF-8 text, so it is no votes file; name another one with --votes");
        }
    }

    private static VoteProblem inUse() {
        return new VoteProblem("another review has it open; use that one's address, or end it first");
    }
}
