package dev.septet.activities.store;

/** A later attempt has taken over; this one must stop writing. */
public final class FencedException extends RuntimeException {
    /** An attempt that has ended, but whose process continues and writes. */
    public FencedException(Fence fence) {
        super("attempt %s of %s may not write: it has ended".formatted(fence.token(), fence.scope()));
    }

    /** The message names both attempts. */
    public FencedException(Fence fence, FencingToken newest) {
        super("attempt %s of %s may not write: attempt %s has taken over"
                .formatted(fence.token(), fence.scope(), newest));
    }
}
