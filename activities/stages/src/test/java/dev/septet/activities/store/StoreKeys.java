package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Files with keys, for tests. */
public final class StoreKeys {
    private StoreKeys() {}

    /**
     * Encryption by the last of these keys; each name is a key of its own, and {@code one=other} is
     * another key of the name {@code one}.
     */
    public static AtRest of(Path folder, @Nullable Path scratch, String... keys) throws IOException {
        StringBuilder text = new StringBuilder();
        String name = "";
        for (String named : keys) {
            name = named.replaceFirst("=.*", "");
            byte[] key = new byte[32];
            byte[] own = Sha256.of(named).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            System.arraycopy(own, 0, key, 0, key.length);
            text.append(name).append(": ").append(Base64.getEncoder().encodeToString(key));
            text.append('\n');
        }
        text.append("current: ").append(name).append('\n');
        Path file = folder.resolve("keys-" + String.join("-", keys) + ".txt");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return new AtRest(
                AtRestEncryption.of(Map.of(Setting.STORE_KEYS.variable(), file.toString())),
                scratch,
                AtRest.CacheBound.of(Map.of()));
    }
}
