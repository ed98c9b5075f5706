package dev.septet.activities.store;

import org.jspecify.annotations.Nullable;

/** A later attempt has taken over; this one must stop writing. */
public final class FencedException extends RuntimeException {
    private final transient @Nullable FencingToken newest;

    /** An attempt that has ended, but whose process continues and writes. */
    public FencedException(Fence fence) {
        super("attempt %s of %s may not write: it has ended".formatted(fence.token(), fence.scope()));
        this.newest = null;
    }

    /** The message names both attempts. */
    public FencedException(Fence fence, FencingToken newest) {
        super("attempt %s of %s may not write: attempt %s has taken over"
                .formatted(fence.token(), fence.scope(), newest));
        this.newest = newest;
    }

    /** The attempt that has taken over; null when this one has ended. */
    @Nullable
    FencingToken newest() {
        return newest;
    }
}
