package dev.septet.activities.store;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The fences that this process opened. An attempt that opened a fence may not write when the fence
 * is removed. A process that never opens one, such as a command, is stopped only by later attempts.
 */
final class OpenedFences {
    /**
     * Maximum number of remembered ended attempts; a thread that outlives its attempt by more is
     * not stopped.
     */
    private static final int MOST_ENDED = 10_000;

    private final Set<Fence> open = new HashSet<>();
    private final Set<Fence> ended = new LinkedHashSet<>();

    synchronized void add(Fence fence) {
        ended.remove(fence);
        open.add(fence);
    }

    synchronized boolean contains(Fence fence) {
        return open.contains(fence) || ended.contains(fence);
    }

    synchronized void end(Fence fence) {
        open.remove(fence);
        ended.add(fence);
        Iterator<Fence> oldest = ended.iterator();
        while (ended.size() > MOST_ENDED && oldest.hasNext()) {
            oldest.next();
            oldest.remove();
        }
    }
}
