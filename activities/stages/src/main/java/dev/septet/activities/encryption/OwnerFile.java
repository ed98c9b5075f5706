package dev.septet.activities.encryption;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** A file with a secret, which only its owner may read or change. */
public final class OwnerFile {
    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private static final long LARGEST = 64 << 10;

    private OwnerFile() {}

    /**
     * Reads the file's text.
     *
     * @param variable environment variable that names the file, for the message
     * @throws KeyProblem when it cannot be read, or other users can read it
     */
    public static String read(String variable, Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new NoSuchFileException(file.toString());
            }
            if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
                Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
                if (!OWNERS.containsAll(permissions)) {
                    throw new KeyProblem("%s: others may use the file %s (%s). Run: chmod 600 %s"
                            .formatted(variable, file, PosixFilePermissions.toString(permissions), file));
                }
            }
            if (Files.size(file) > LARGEST) {
                throw new KeyProblem(String.format(
                        Locale.ROOT,
                        "%s: the file %s has %d bytes; expected at most %d",
                        variable,
                        file,
                        Files.size(file),
                        LARGEST));
            }
            return Files.readString(file);
        } catch (NoSuchFileException none) {
            throw new KeyProblem("%s: there is no file %s".formatted(variable, file), none);
        } catch (CharacterCodingException binary) {
            throw new KeyProblem("%s: the file %s is not text in UTF-8".formatted(variable, file), binary);
        } catch (IOException e) {
            throw new KeyProblem("%s: the file %s cannot be read: %s".formatted(variable, file, e.getMessage()), e);
        }
    }
}
