package dev.septet.activities.store;

import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The permissions of files and folders that Septet creates. The state folder, the store, the audit
 * logs and the targets are created by this class, so the process's umask has no effect. File systems
 * without POSIX permissions keep their own rules.
 */
public enum FileModes {
    /** 0700 and 0600: only the user that Septet runs as. */
    OWNER("rwx------", "rw-------"),
    /** 0750 and 0640: the group may read. */
    GROUP_READS("rwxr-x---", "rw-r-----");

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private static final Set<PosixFilePermission> NOT_OWNER = EnumSet.complementOf(EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));

    private final String folders;
    private final String files;

    FileModes(String folders, String files) {
        this.folders = folders;
        this.files = files;
    }

    /**
     * The permissions of published models.
     *
     * @throws IllegalArgumentException with a message for users when the variable has another value
     */
    public static FileModes ofTargets(Map<String, String> environment) {
        return Setting.TARGET_MODE.text(environment).equals("group") ? GROUP_READS : OWNER;
    }

    /** Creates a folder and its missing parents; existing ones keep their permissions. */
    public Path folder(Path folder) throws IOException {
        if (!POSIX) {
            return Files.createDirectories(folder);
        }
        List<Path> missing = new ArrayList<>();
        Path at = folder.toAbsolutePath();
        while (at != null && Files.notExists(at)) {
            missing.add(at);
            at = at.getParent();
        }
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(bits(folders)));
        for (Path created : missing) {
            Files.setPosixFilePermissions(created, bits(folders)); // the umask may have removed the group's permissions
        }
        return folder;
    }

    /** Opens a file; a new file is created with these permissions. */
    public FileChannel open(Path file, OpenOption... options) throws IOException {
        if (!POSIX) {
            return FileChannel.open(file, options);
        }
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(bits(files));
        boolean isNew = this != OWNER && Files.notExists(file);
        FileChannel channel = FileChannel.open(file, Set.copyOf(Arrays.asList(options)), mode);
        if (isNew) {
            Files.setPosixFilePermissions(file, bits(files));
        }
        return channel;
    }

    /** Writes a small file, replacing an existing one. */
    public Path write(Path file, String text) throws IOException {
        try (FileChannel out =
                open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            apply(file); // an older version may have left it readable by others
            ByteBuffer left = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (left.hasRemaining()) {
                out.write(left);
            }
        }
        return file;
    }

    /**
     * Replaces a small file in one step: a reader finds the former text or the new one, and so does the next process after a
     * kill. Only one process at a time may write the file.
     */
    public Path replace(Path file, String text) throws IOException {
        Path fresh = write(file.resolveSibling(file.getFileName() + ".new"), text);
        return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether the permissions of a file let nobody write, and let only the owner read. */
    static boolean isReadOnly(Path file) throws IOException {
        return POSIX
                && Set.of(PosixFilePermission.OWNER_READ)
                        .containsAll(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    }

    /** Sets these permissions on a file or folder that other code created. */
    void apply(Path path) throws IOException {
        if (POSIX) {
            Files.setPosixFilePermissions(path, bits(Files.isDirectory(path) ? folders : files));
        }
    }

    /**
     * Finds entries of a folder, including the folder itself, that users other than the owner can
     * access. Links are skipped, because their target's permissions count.
     *
     * @param max maximum number of entries to read
     */
    public static List<Path> openToOthers(Path root, int max) throws IOException {
        List<Path> open = new ArrayList<>();
        if (!POSIX || !Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return open;
        }
        int[] left = {max};
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes is) throws IOException {
                return seen(path);
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes is) throws IOException {
                return is.isSymbolicLink() ? FileVisitResult.CONTINUE : seen(path);
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException missing) {
                return FileVisitResult.CONTINUE; // runs may create and remove files meanwhile
            }

            private FileVisitResult seen(Path path) throws IOException {
                if (left[0]-- <= 0) {
                    return FileVisitResult.TERMINATE;
                }
                if (!closed(path)) {
                    open.add(path);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return open;
    }

    /** Removes all permissions of users other than the owner. */
    public static void closeToOthers(Path path) throws IOException {
        try {
            Set<PosixFilePermission> fewer = EnumSet.noneOf(PosixFilePermission.class);
            fewer.addAll(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
            fewer.removeAll(NOT_OWNER);
            Files.setPosixFilePermissions(path, fewer);
        } catch (NoSuchFileException missing) {
            // A file that is gone is readable by nobody.
        }
    }

    private static Set<PosixFilePermission> bits(String text) {
        return PosixFilePermissions.fromString(text);
    }

    private static boolean closed(Path path) throws IOException {
        try {
            for (PosixFilePermission one : Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)) {
                if (NOT_OWNER.contains(one)) {
                    return false;
                }
            }
            return true;
        } catch (NoSuchFileException missing) {
            return true;
        }
    }
}
