package dev.septet.activities.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * All disk operations of the store. Each one is durable when it returns: the bytes are forced to
 * the device, and so is the folder that names them. A {@link Watch} is called before each one;
 * tests end the process there.
 *
 * <p>Every write that finds the disk full throws {@link DiskFullException}.
 */
public final class Disk {
    private static final int BUFFER = 1 << 20;
    private static final int REMOVALS = 50;
    private static final long REMOVAL_PAUSE_MILLIS = 100;

    private final Watch watch;
    private final FileModes modes;

    /** Called before each operation; may refuse it. */
    @FunctionalInterface
    public interface Watch {
        void before(String action, Path path) throws IOException;
    }

    public Disk() {
        this((action, path) -> {});
    }

    public Disk(Watch watch) {
        this(watch, FileModes.OWNER);
    }

    private Disk(Watch watch, FileModes modes) {
        this.watch = watch;
        this.modes = modes;
    }

    /** This disk with other permissions for new files. */
    public Disk with(FileModes other) {
        return new Disk(watch, other);
    }

    /** Creates a folder and its missing parents. */
    public void folder(Path folder) throws IOException {
        act("folder", folder, () -> modes.folder(folder));
    }

    /** Writes a complete file; replaces a partial file of a killed attempt. */
    public void write(Path file, byte[] bytes) throws IOException {
        act("write", file, () -> {
            try (FileChannel out = create(file)) {
                writeAll(out, ByteBuffer.wrap(bytes));
                out.force(true);
            }
        });
    }

    /** Appends bytes to an open file without forcing them. */
    public void append(Path file, FileChannel out, byte[] bytes) throws IOException {
        act("append", file, () -> writeAll(out, ByteBuffer.wrap(bytes)));
    }

    /**
     * Copies a file.
     *
     * @param sum is updated with the copied bytes
     * @return number of copied bytes
     */
    public long copy(Path from, Path to, MessageDigest sum) throws IOException {
        long[] copied = {0};
        act("copy", to, () -> {
            try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                    FileChannel out = create(to)) {
                ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
                while (in.read(buffer) >= 0) {
                    buffer.flip();
                    sum.update(buffer.duplicate());
                    copied[0] += buffer.remaining();
                    writeAll(out, buffer);
                    buffer.clear();
                }
                out.force(true);
            }
        });
        return copied[0];
    }

    /** Writes bytes to a stream; need not close it. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file with generated content. */
    public void copy(Path to, Content content) throws IOException {
        act("copy", to, () -> {
            try (FileChannel channel = create(to)) {
                content.writeTo(new ChannelOutput(channel));
                channel.force(true);
            }
        });
    }

    /** Leaves the channel open, because it is forced after everything is written. */
    private static final class ChannelOutput extends OutputStream {
        private final FileChannel channel;

        ChannelOutput(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            writeAll(channel, ByteBuffer.wrap(bytes, offset, count));
        }
    }

    /** Forces bytes that other code wrote, and removes the access of other users. */
    public void sync(Path file) throws IOException {
        act("sync", file, () -> {
            modes.apply(file);
            force(file);
        });
    }

    /** Moves a file or folder atomically; an existing file is replaced atomically. */
    public void move(Path from, Path to) throws IOException {
        act("move", to, () -> {
            try {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                throw new IOException("%s and %s must be on one file system".formatted(from, to), e);
            }
            force(parent(to));
        });
    }

    /** Creates a symbolic link. */
    public void link(Path link, Path target) throws IOException {
        act("link", link, () -> {
            Files.createSymbolicLink(link, target);
            force(parent(link));
        });
    }

    /**
     * Gives a file a second name (hard link).
     *
     * @return whether the file system could
     */
    public boolean hardLink(Path link, Path existing) throws IOException {
        boolean[] linked = {false};
        act("hardlink", link, () -> {
            Files.deleteIfExists(link);
            try {
                Files.createLink(link, existing);
                linked[0] = true;
            } catch (UnsupportedOperationException | FileSystemException impossible) {
                // Another file system, or one without links, or one that allows no more links.
            }
        });
        return linked[0];
    }

    /**
     * Removes a file, or a folder with its content; links are removed, not followed. A process that ends meanwhile may
     * write new files there for at most 5 seconds.
     */
    public void remove(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        act("remove", path, () -> removeTree(path));
    }

    /** Nothing says when another process has ended, so a folder that has new files is removed again after a pause. */
    private static void removeTree(Path path) throws IOException {
        for (int left = REMOVALS; ; left--) {
            try {
                Files.walkFileTree(path, new Removal());
                return;
            } catch (DirectoryNotEmptyException written) {
                if (left == 1) {
                    throw written;
                }
                pause(REMOVAL_PAUSE_MILLIS, "a folder is removed");
            }
        }
    }

    /**
     * Waits for another process, of which nothing says that it has finished.
     *
     * @param what what happens meanwhile, for the message of an interruption
     */
    public static void pause(long millis, String what) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + what);
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private void act(String name, Path path, Action action) throws IOException {
        try {
            watch.before(name, path);
            action.run();
        } catch (IOException e) {
            throw DiskFullException.orSame(path, e);
        }
    }

    private FileChannel create(Path file) throws IOException {
        Files.deleteIfExists(file);
        return modes.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static Path parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path : parent;
    }

    private static void force(Path path) throws IOException {
        if (Files.isDirectory(path) && System.getProperty("os.name", "").startsWith("Windows")) {
            return; // a folder cannot be opened there, and NTFS journals its names
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // another attempt removes it at the same time
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
