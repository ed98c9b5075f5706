package dev.septet.llm.sandbox;

import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores verdicts by the files' digest in a private folder of this user. */
record SandboxVerdicts(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxVerdicts.class);
    private static final String SAFE = "safe";
    private static final String DEADLY = "deadly";

    /** The verdicts in the user's cache folder, shared by all checkouts and state folders. */
    static SandboxVerdicts of(Map<String, String> environment, Path home) {
        String named = Setting.XDG_CACHE_HOME.text(environment);
        Path cache = named.isEmpty() ? home.resolve(".cache") : Path.of(named);
        return new SandboxVerdicts(cache.resolve("septet").resolve("verdicts"));
    }

    Optional<SandboxVerdict> find(String key) {
        try {
            String[] lines = Files.readString(folder.resolve(key)).split("\n", 2);
            if (lines[0].equals(SAFE)) {
                return Optional.of(SandboxVerdict.SAFE);
            }
            return lines[0].equals(DEADLY) && lines.length == 2
                    ? Optional.of(SandboxVerdict.fatal(lines[1].strip()))
                    : Optional.empty();
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("cannot read {}: {}", folder.resolve(key), e.toString());
            return Optional.empty();
        }
    }

    void store(String key, SandboxVerdict verdict) {
        try {
            Path temporary = Files.createTempFile(privateFolder(), ".new", "");
            Files.writeString(temporary, verdict.safe() ? SAFE : DEADLY + "\n" + verdict.ending());
            Files.move(temporary, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // The next process then repeats the check, which is slower but equally safe.
            LOG.warn("cannot keep a verdict in {}: {}", folder, e.toString());
        }
    }

    /** Creates a folder that only this user can access, for one child process. */
    Path scratch() throws IOException {
        return Files.createTempDirectory(privateFolder(), ".probe");
    }

    private Path privateFolder() throws IOException {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] own = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        return Files.createDirectories(folder, own);
    }
}
