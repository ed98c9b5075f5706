package dev.septet.workers.serve.model;

import dev.septet.workers.serve.backend.ModelBackend;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A back end and how many requests use it. A retired one takes no new request and is closed when
 * the last one that has it is over, so that a swap drops nobody.
 */
public final class HostedBackend {
    private static final Logger LOG = LoggerFactory.getLogger(HostedBackend.class);

    private final String version;
    private final ModelBackend backend;
    private int users;
    private boolean retired;
    private boolean closed;

    /**
     * @param version what tells this model's bytes from others, as answers name it
     */
    public HostedBackend(String version, ModelBackend backend) {
        this.version = version;
        this.backend = backend;
    }

    /** What tells this model's bytes from others. */
    public String version() {
        return version;
    }

    /** The back end, while a request has it. */
    public ModelBackend backend() {
        return backend;
    }

    /** Whether a request may use it; if so, {@link #giveBack} must follow. */
    synchronized boolean take() {
        if (retired) {
            return false;
        }
        users++;
        return true;
    }

    void giveBack() {
        boolean last;
        synchronized (this) {
            users--;
            last = lastUse();
        }
        if (last) {
            close();
        }
    }

    /** Takes no request from here on. */
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

    /** On a thread of its own: the caller may be a thread of this very back end. */
    private void close() {
        Thread closing = new Thread(
                () -> {
                    backend.close();
                    LOG.info("closed model version {}", version);
                },
                "close-" + version);
        closing.start();
    }
}
