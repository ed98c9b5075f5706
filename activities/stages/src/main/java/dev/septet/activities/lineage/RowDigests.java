package dev.septet.activities.lineage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.record.JsonTexts;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keyed digests of records: HMAC-SHA256 of the canonical JSON, of which the first 128 bits are used. Equal records have
 * equal digests in all pipelines of a store. Without the store's key, nobody can find a short text by computing the digests
 * of guesses. For any number of threads.
 */
public final class RowDigests {
    /** Number of hexadecimal digits. */
    public static final int DIGITS = 32;

    /** The store record of the key. Its text is 64 hexadecimal digits, and encrypted in a store with keys. */
    static final String RECORD = "lineage/key";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    /** Before a row's texts. A record's JSON begins with a bracket, so no record has the digest of a row's texts. */
    private static final String CONTENT = "content\n";

    private final ThreadLocal<Mac> macs;

    /**
     * @param key 64 hexadecimal digits
     */
    RowDigests(String key) {
        SecretKeySpec secret = new SecretKeySpec(HexFormat.of().parseHex(key), ALGORITHM);
        macs = ThreadLocal.withInitial(() -> mac(secret));
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /** The digests of a store. The first caller of a store creates its key. */
    public static RowDigests of(ArtifactStore store, Fence fence) throws IOException {
        Optional<String> key = store.record(RECORD);
        while (key.isEmpty()) {
            byte[] random = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(random);
            String created = HexFormat.of().formatHex(random);
            key = store.replaceRecord(RECORD, Optional.empty(), created, fence)
                    ? Optional.of(created)
                    : store.record(RECORD);
        }
        return new RowDigests(key.get());
    }

    /** The digests of a store; empty when no row of it was traced yet. */
    public static Optional<RowDigests> in(ArtifactStore store) throws IOException {
        return store.record(RECORD).map(RowDigests::new);
    }

    /** The digest of a record or of a prepared row: 32 hexadecimal digits. Properties may be in any order. */
    public String of(JsonNode record) {
        return of(JsonTexts.canonical(record));
    }

    /**
     * The digest of a row's texts: 32 hexadecimal digits. Rows with equal texts, roles and tools have equal digests, whatever
     * other columns their records have. A difference in white space is another digest.
     */
    public String content(Row row) {
        return of(CONTENT + RowJson.canonical(row));
    }

    private String of(String text) {
        byte[] digest = macs.get().doFinal(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(Arrays.copyOf(digest, DIGITS / 2));
    }
}
