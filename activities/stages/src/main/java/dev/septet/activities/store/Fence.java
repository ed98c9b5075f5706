package dev.septet.activities.store;

import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The right to write in a scope, held by one attempt (fencing). When a later attempt of the same
 * scope has opened its fence, every commit of an earlier attempt is refused.
 *
 * @param scope what the attempts compete for, such as {@code <run>/train}
 * @param token increases from attempt to attempt
 */
public record Fence(String scope, FencingToken token) {
    /**
     * A fence outside of activities, or of an activity that is requested once.
     *
     * @param attempt number of the attempt, from 1
     */
    public Fence(String scope, int attempt) {
        this(scope, new FencingToken(0, attempt));
    }

    /**
     * Takes over a scope in which the last command to begin wins. No clock decides which one that is: a fence that a machine with a
     * wrong clock left behind stops nobody.
     *
     * @param millis present time by this machine's clock
     * @return the opened fence
     */
    public static Fence takeOver(ArtifactStore store, String scope, long millis) throws IOException {
        Fence fence = new Fence(scope, new FencingToken(millis, 1));
        while (true) {
            try {
                store.open(fence);
                return fence;
            } catch (FencedException later) {
                FencingToken newest = later.newest();
                if (newest == null) {
                    throw later;
                }
                fence = new Fence(scope, new FencingToken(newest.scheduledMillis() + 1, 1));
            }
        }
    }

    /** The attempt's number within its request. */
    public int attempt() {
        return token.attempt();
    }

    /**
     * The fences that this process opened. An attempt that opened a fence may not write after the
     * fence was removed. A writer that never opens one, such as a command, is refused only after a
     * later attempt has opened the fence.
     */
    public static final class Opened {
        /**
         * Maximum number of remembered fences of ended attempts. A thread that still writes after
         * so many later attempts is not detected.
         */
        private static final int MAX_ENDED = 10_000;

        private final Set<Fence> open = new HashSet<>();
        private final Set<Fence> ended = new LinkedHashSet<>();

        public synchronized void add(Fence fence) {
            ended.remove(fence);
            open.add(fence);
        }

        public synchronized boolean contains(Fence fence) {
            return open.contains(fence) || ended.contains(fence);
        }

        public synchronized void end(Fence fence) {
            open.remove(fence);
            ended.add(fence);
            Iterator<Fence> oldest = ended.iterator();
            while (ended.size() > MAX_ENDED && oldest.hasNext()) {
                oldest.next();
                oldest.remove();
            }
        }
    }
}
