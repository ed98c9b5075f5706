package dev.septet.activities.store;

/** A later attempt has taken over; this one must stop writing. */
public final class FencedException extends RuntimeException {
    /** An attempt that has ended, and wakes. */
    FencedException(Fence fence) {
        super(
                "attempt %d of %s may not write: it has ended"
                        .formatted(fence.attempt(), fence.scope()));
    }

    /** Names who lost to whom. */
    public FencedException(Fence fence, int newest) {
        super(
                "attempt %d of %s may not write: attempt %d has taken over"
                        .formatted(fence.attempt(), fence.scope(), newest));
    }
}
