package dev.septet.workers.serve.model;

import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.guard.ServedGuard;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A back end with a count of the requests that use it. A retired back end takes no new request. It
 * is closed when its last request ends, so that a swap of models drops no request.
 */
public final class HostedBackend {
    private static final Logger LOG = LoggerFactory.getLogger(HostedBackend.class);

    private final String version;
    private final ModelBackend backend;
    private final @Nullable ServedGuard guard;
    private int users;
    private boolean retired;
    private boolean closed;

    /**
     * @param version identifies this model's bytes; answers contain it
     */
    public HostedBackend(String version, ModelBackend backend) {
        this(version, backend, null);
    }

    /**
     * @param guard judges requests and answers; closed with the back end; null for none
     */
    public HostedBackend(String version, ModelBackend backend, @Nullable ServedGuard guard) {
        this.version = version;
        this.backend = backend;
        this.guard = guard;
    }

    /** Judges requests and answers; null for none. */
    public @Nullable ServedGuard guard() {
        return guard;
    }

    /** Whether it has this guard, or none when null. */
    boolean guardedBy(@Nullable String digest) {
        return Objects.equals(guard == null ? null : guard.digest(), digest);
    }

    /** Identifies this model's bytes. */
    public String version() {
        return version;
    }

    /** The back end; only for a request that has taken it. */
    public ModelBackend backend() {
        return backend;
    }

    /**
     * Takes the back end for a request. Returns false when it is retired; after true, {@link
     * #release} must follow.
     */
    synchronized boolean acquire() {
        if (retired) {
            return false;
        }
        users++;
        return true;
    }

    void release() {
        boolean last;
        synchronized (this) {
            users--;
            last = lastUse();
        }
        if (last) {
            close();
        }
    }

    /** Refuses requests from now on. */
    public void retire() {
        boolean last;
        synchronized (this) {
            retired = true;
            last = lastUse();
        }
        if (last) {
            close();
        }
    }

    private boolean lastUse() {
        boolean last = retired && users == 0 && !closed;
        closed |= last;
        return last;
    }

    /**
     * Closes the back end on a new thread, because the caller may be one of the back end's own
     * threads.
     */
    private void close() {
        Thread closing = new Thread(
                () -> {
                    backend.close();
                    if (guard != null) {
                        guard.close();
                    }
                    LOG.info("closed model version {}", version);
                },
                "close-" + version);
        closing.start();
    }
}
