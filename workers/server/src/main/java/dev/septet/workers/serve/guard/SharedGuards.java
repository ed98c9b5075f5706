package dev.septet.workers.serve.guard;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The open guards by their digest. Models with the same guard share it, so that its weights are in memory once. */
public final class SharedGuards {
    private final Map<String, ServedGuard> open = new HashMap<>();

    /** Opens a guard. */
    @FunctionalInterface
    public interface Opening {
        /** The guard; called only when it is not open already. */
        ServedGuard open() throws IOException;
    }

    /** The guard with this digest, which the caller closes. */
    public synchronized ServedGuard open(String digest, Opening opening) throws IOException {
        ServedGuard known = open.get(digest);
        if (known != null && known.retain()) {
            return known;
        }
        open.values().removeIf(ServedGuard::isClosed);
        ServedGuard opened = opening.open();
        open.put(digest, opened);
        return opened;
    }
}
