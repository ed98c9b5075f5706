package dev.septet.activities.encryption;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * The keys of a running process. Threads replace them at the same time: one after a change of the current key, another because
 * it read an unknown key's name. A replacement that began with older keys is computed again, so the former key never
 * becomes the current key again.
 */
public final class StoreKeyHolder {
    private final AtomicReference<StoreKeyFile> keys;

    /** Holds the keys that the process read at its start. */
    public StoreKeyHolder(StoreKeyFile first) {
        keys = new AtomicReference<>(first);
    }

    /** The keys as they are now, without a look at the file. */
    public StoreKeyFile now() {
        return Objects.requireNonNull(keys.get());
    }

    /** The keys after a look at the file; see {@link StoreKeyFile#refreshed}. */
    public StoreKeyFile refreshed() {
        return replaced(StoreKeyFile::refreshed);
    }

    /** The keys with that of this name, if the file has it; see {@link StoreKeyFile#knowing}. */
    public StoreKeyFile knowing(String name) {
        return replaced(known -> known.knowing(name));
    }

    /** {@code change} may run more than once. */
    StoreKeyFile replaced(UnaryOperator<StoreKeyFile> change) {
        return keys.updateAndGet(change);
    }
}
