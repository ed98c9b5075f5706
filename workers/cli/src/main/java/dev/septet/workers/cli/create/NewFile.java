package dev.septet.workers.cli.create;

import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a new file as a whole or not at all, and never over another one unless that is requested. */
final class NewFile {
    private NewFile() {}

    /**
     * Refuses a file that exists.
     *
     * @throws CliProblem RUN_FAILED
     */
    static void requireAbsent(Path file, boolean overwrite) {
        if (Files.isDirectory(file)) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED, "%s is a folder, expected the name of a file".formatted(shown(file)));
        }
        if (!overwrite && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(file);
        }
    }

    /**
     * Writes the file, and its folder if it is missing.
     *
     * @throws CliProblem RUN_FAILED when it exists, or when it cannot be written; nothing is left behind
     */
    static void write(Path file, String text, boolean overwrite) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        Path written = null;
        try {
            Files.createDirectories(folder);
            written = Files.createTempFile(folder, ".septet-", ".part");
            Files.write(written, text.getBytes(StandardCharsets.UTF_8));
            readableAsOthers(written);
            if (overwrite) {
                move(written, file);
            } else {
                // A link is created as a whole, and fails where the name is taken meanwhile.
                link(file, written);
            }
        } catch (FileAlreadyExistsException e) {
            throw e.getFile() != null && Path.of(e.getFile()).endsWith(file.getFileName())
                    ? exists(file)
                    : new CliProblem(
                            ExitCode.RUN_FAILED, "%s is not a folder".formatted(PublicText.file(e.getFile() + "")));
        } catch (AccessDeniedException e) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "%s may not be written: check the permissions of the folder %s"
                            .formatted(shown(file), PublicText.file(String.valueOf(folder))));
        } catch (IOException e) {
            String reason = e instanceof FileSystemException at ? at.getReason() : e.getMessage();
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "%s cannot be written%s: check the folder %s"
                            .formatted(
                                    shown(file),
                                    reason == null ? "" : " (%s)".formatted(PublicText.said(reason)),
                                    PublicText.file(String.valueOf(folder))));
        } finally {
            delete(written);
        }
    }

    private static void link(Path file, Path written) throws IOException {
        try {
            Files.createLink(file, written);
        } catch (UnsupportedOperationException | FileSystemException e) {
            if (e instanceof FileAlreadyExistsException || Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            Files.move(written, file); // a file system without links
        }
    }

    private static void move(Path written, Path file) throws IOException {
        try {
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Gives the temporary file the permissions of an ordinary new file. */
    private static void readableAsOthers(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    private static void delete(@org.jspecify.annotations.Nullable Path written) {
        try {
            if (written != null) {
                Files.deleteIfExists(written);
            }
        } catch (IOException stays) {
            // The next command finds a small file with the ending .part.
        }
    }

    private static CliProblem exists(Path file) {
        return new CliProblem(
                ExitCode.RUN_FAILED,
                "%s exists already and was not changed; give --overwrite to replace it, or another name"
                        .formatted(shown(file)));
    }

    private static PublicText shown(Path file) {
        return PublicText.file(file.toString());
    }
}
