package dev.septet.activities.setup;

import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Digest of the files of a folder that is not stored. */
final class FolderDigest {
    private static final int BUFFER = 1 << 16;

    private FolderDigest() {}

    /** Depends on the names and the bytes of all files. */
    static String of(Path folder) throws IOException {
        StringBuilder lines = new StringBuilder();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            MessageDigest digest = Sha256.start();
            byte[] buffer = new byte[BUFFER];
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                while (in.read(buffer) >= 0) {
                    // the stream feeds the digest
                }
            }
            lines.append(folder.relativize(file)).append(' ');
            lines.append(HexFormat.of().formatHex(digest.digest())).append('\n');
        }
        return Sha256.of(lines.toString());
    }
}
