package dev.septet.workers.doctor;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.encryption.AtRestCount;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Checks whether the store and the audit logs are encrypted at rest, by which keys, and whether
 * this process has these keys.
 *
 * @param deep whether to read every file, however many there are
 */
record EncryptionChecks(ArtifactStore store, AuditLogs logs, boolean deep) {
    private static final int SAMPLE = 2_000;
    private static final long SAMPLE_BYTES = 64L << 20;

    List<Finding> look() {
        try {
            return List.of(
                    finding(
                            "encrypted store",
                            "artifacts, checkpoints and records",
                            store.atRest(deep ? Integer.MAX_VALUE : SAMPLE),
                            "run the pipelines again in a new store (SEPTET_STORE), then remove the" + " old one"),
                    finding(
                            "encrypted audit",
                            "lines",
                            logs.atRest(deep ? Long.MAX_VALUE : SAMPLE_BYTES),
                            "they stay plain until they are deleted for their age; or begin new"
                                    + " logs: move the folder %s away".formatted(logs.root())));
        } catch (MissingKeyException replaced) {
            return List.of(Finding.fail(
                    "encrypted store", "a key was replaced under its name", String.valueOf(replaced.getMessage())));
        } catch (IOException | RuntimeException e) {
            return List.of(Finding.fail(
                    "encrypted store",
                    "cannot check what is encrypted: " + e.getMessage(),
                    "check that the store and the audit logs can be read"));
        }
    }

    private static Finding finding(String check, String what, AtRestCount count, String cure) {
        if (!count.missing().isEmpty()) {
            return Finding.fail(
                    check,
                    "%s are encrypted with keys that are not here: %s"
                            .formatted(what, String.join(", ", count.missing())),
                    "set %s to the file with these keys, or add their lines again"
                            .formatted(Setting.STORE_KEYS.variable()));
        }
        if (count.current().isEmpty()) {
            return Finding.ok(
                    check, "%s is not set: %s are not encrypted".formatted(Setting.STORE_KEYS.variable(), what));
        }
        String keys = String.format(
                Locale.ROOT,
                "the key '%s' encrypts new files; %d of %d %s are encrypted%s",
                count.current().get(),
                count.encrypted(),
                count.encrypted() + count.plain(),
                what,
                older(count));
        return count.plain() == 0
                ? Finding.ok(check, keys)
                : Finding.warn(check, keys + "; the others are plain, from before encryption", cure);
    }

    private static String older(AtRestCount count) {
        List<String> older = new ArrayList<>();
        new TreeMap<>(count.byKey()).forEach((key, number) -> {
            if (!count.current().equals(java.util.Optional.of(key))) {
                older.add(String.format(Locale.ROOT, "%d by '%s'", number, key));
            }
        });
        return older.isEmpty() ? "" : ", of these " + String.join(", ", older);
    }
}
