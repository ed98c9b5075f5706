package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.DamagedCiphertextException;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A store's marker, the file {@code encrypted}. It declares that the store is encrypted, so that no
 * process writes unencrypted files into it by mistake. It also stores a key check for each key: a
 * known text that was encrypted with the key. A replaced key fails its check, so it is not mistaken
 * for damaged files.
 *
 * <pre>
 * What is written here is encrypted; see SEPTET_STORE_KEYS.
 * {"encrypted":"base64","key":"first"}     the check of the key 'first'
 * unproven second                          a key without a check, which has encrypted something
 * </pre>
 *
 * A key gets its check before it encrypts anything. So a marker with lines of either kind names all
 * keys that have ever encrypted something in this store. A marker of an earlier version has only
 * the sentence. Then the store's texts are read once. A key gets its check if it decrypts more than
 * half of the texts that name it, because single texts may be damaged. Otherwise the key stays
 * unproven, until a process opens the store with a key of this name that decrypts them.
 */
final class KeyChecks {
    private static final String SENTENCE =
            "What is written here is encrypted; see " + Setting.STORE_KEYS.variable() + ".";
    private static final String UNPROVEN = "unproven ";
    private static final int TRIES = 5;

    private final AtRestEncryption encryption;
    private final Storage storage;
    private final boolean once;
    private volatile @Nullable String right;

    /** The current key when the marker was found right. */
    private volatile String checked = "";

    /**
     * The checks of a store.
     *
     * @param once whether this process stops reading the marker after it was valid once, because in
     *     a bucket each read is a request
     */
    KeyChecks(AtRestEncryption encryption, Storage storage, boolean once) {
        this.encryption = encryption;
        this.storage = storage;
        this.once = once;
    }

    /**
     * Creates or completes the marker. Must be called before anything is written.
     *
     * @throws MissingKeyException when the store is encrypted and there are no keys, or a key is
     *     not the one that the store was written with
     */
    void open() throws IOException {
        encryption.refresh();
        String current = encryption.currentKey().orElse("");
        if (once && right != null && current.equals(checked)) {
            return;
        }
        for (int tries = 0; tries < TRIES; tries++) {
            Optional<String> marker = marker();
            if (!encryption.encrypts()) {
                if (marker.isPresent()) {
                    throw withoutKeys();
                }
                right = "";
                return;
            }
            if (marker.isPresent() && marker.get().equals(right) && current.equals(checked)) {
                return;
            }
            String next = completed(marker.orElse(""));
            if (marker.equals(Optional.of(next)) || storage.putIf(StoreNames.MARKER, marker, next)) {
                right = next;
                checked = current;
                return;
            }
        }
        throw new IOException("%s lost every conditional write to another process; try again"
                .formatted(storage.at(StoreNames.MARKER)));
    }

    /**
     * Verifies that a key is the one that the store was written with, as far as the marker knows.
     *
     * @throws MissingKeyException when it is not
     */
    void verify(String key) throws IOException {
        verify(key, Lines.of(marker().orElse("")).checks().get(key));
    }

    /** Verifies all keys that this process has. */
    void verify() throws IOException {
        verify(Lines.of(marker().orElse("")));
    }

    private void verify(Lines lines) throws MissingKeyException {
        for (Map.Entry<String, String> check : lines.checks().entrySet()) {
            verify(check.getKey(), check.getValue());
        }
    }

    private void verify(String key, @Nullable String check) throws MissingKeyException {
        if (check != null && encryption.hasKey(key) && !encryption.passes(check, key)) {
            throw encryption.replaced(key, storage.at(StoreNames.MARKER));
        }
    }

    private String completed(String marker) throws IOException {
        Lines lines = Lines.of(marker);
        verify(lines);
        if (lines.isEmpty() || lines.unproven().stream().anyMatch(encryption::hasKey)) {
            prove(lines);
        }
        String current = encryption.currentKey().orElseThrow();
        if (!lines.unproven().contains(current)) {
            lines.checks().computeIfAbsent(current, encryption::keyCheck);
        }
        return lines.text();
    }

    /**
     * Verifies keys with the texts in the store. A text that cannot be decrypted may be damaged, or
     * encrypted with another key.
     */
    private void prove(Lines lines) throws IOException {
        SortedMap<String, Integer> decrypted = new TreeMap<>();
        storage.texts(text -> {
            Optional<String> key = AtRestEncryption.keyOfText(text.stored());
            if (key.isPresent() && !lines.checks().containsKey(key.get())) {
                decrypted.merge(key.get(), decrypts(key.get(), text) ? 1 : -1, Integer::sum);
            }
            return true;
        });
        lines.unproven().clear();
        decrypted.forEach((key, moreThanNot) -> {
            if (moreThanNot > 0) {
                lines.checks().put(key, encryption.keyCheck(key));
            } else {
                lines.unproven().add(key);
            }
        });
    }

    private boolean decrypts(String key, Storage.Text text) throws MissingKeyException {
        try {
            if (!encryption.hasKey(key)) {
                return false;
            }
            encryption.decrypted(text.stored(), text.name(), text.place());
            return true;
        } catch (DamagedCiphertextException damagedOrAnotherKey) {
            return false;
        }
    }

    private Optional<String> marker() throws IOException {
        return storage.get(StoreNames.MARKER);
    }

    private MissingKeyException withoutKeys() {
        return new MissingKeyException(
                "this store is encrypted, but this process has no keys. Set %s to the file with the keys. To write plain files from now on, remove %s."
                        .formatted(Setting.STORE_KEYS.variable(), storage.at(StoreNames.MARKER)));
    }

    /**
     * The content of a marker.
     *
     * @param checks by the key's name
     */
    private record Lines(SortedMap<String, String> checks, SortedSet<String> unproven) {
        static Lines of(String text) {
            Lines lines = new Lines(new TreeMap<>(), new TreeSet<>());
            for (String line : text.lines().toList()) {
                Optional<String> key = AtRestEncryption.keyOfText(line);
                if (key.isPresent()) {
                    lines.checks().put(key.get(), line);
                } else if (line.startsWith(UNPROVEN)) {
                    lines.unproven().add(line.substring(UNPROVEN.length()));
                }
            }
            return lines;
        }

        boolean isEmpty() {
            return checks.isEmpty() && unproven.isEmpty();
        }

        String text() {
            StringBuilder text = new StringBuilder(SENTENCE).append('\n');
            checks.values().forEach(check -> text.append(check).append('\n'));
            unproven.forEach(key -> text.append(UNPROVEN).append(key).append('\n'));
            return text.toString();
        }
    }
}
